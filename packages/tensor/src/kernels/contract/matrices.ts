import { accumulated, count, flag, inOut, input, items, jointKernel, kernel, output, stride } from "./descriptor.ts";
import { cells, picked, rows } from "./extent.ts";

/** Rows, transposes and products. */
export const matrices = {
  fillRows: kernel("y[i, :] = x for each of m rows", [
    items("m"),
    count("n"),
    input("x", cells("n")),
    output("y", rows("m", "n", "yStride")),
    stride("yStride"),
  ]),

  sumRows: jointKernel("y += Σ_i x[i, :]; n is a multiple of 4", [
    count("m"),
    count("n"),
    input("x", rows("m", "n", "xStride")),
    stride("xStride"),
    inOut("y", cells("n")),
  ]),

  gatherRows: kernel("y[i, :n] = x[index[i], :n]", [
    items("m"),
    count("n"),
    input("index", cells("m"), "i32"),
    input("x", picked("index", "n", "xStride")),
    stride("xStride"),
    output("y", rows("m", "n", "yStride")),
    stride("yStride"),
  ]),

  scatterRows: jointKernel("y[index[i], :n] += x[i, :n], in the order of i", [
    count("m"),
    count("n"),
    input("index", cells("m"), "i32"),
    input("x", rows("m", "n", "xStride")),
    stride("xStride"),
    inOut("y", picked("index", "n", "yStride")),
    stride("yStride"),
  ]),

  transpose: kernel("y[n, m] = x[m, n] transposed", [
    items("m"),
    count("n"),
    input("x", rows("m", "n", "xStride")),
    stride("xStride"),
    output("y", rows("n", "m", "yStride")),
    stride("yStride"),
  ]),

  transposeAdd: kernel("y[n, m] += x[m, n] transposed", [
    items("m"),
    count("n"),
    input("x", rows("m", "n", "xStride")),
    stride("xStride"),
    inOut("y", rows("n", "m", "yStride")),
    stride("yStride"),
  ]),

  gemm: kernel("c[m, n] = a[m, k] · b[k, n], added to c if `accumulate`; n is a multiple of 4", [
    items("m"),
    count("n"),
    count("k"),
    input("a", rows("m", "k", "aStride")),
    stride("aStride"),
    input("b", rows("k", "n", "bStride")),
    stride("bStride"),
    accumulated("c", rows("m", "n", "cStride"), "accumulate"),
    stride("cStride"),
    flag("accumulate"),
  ]),

  affine: kernel("y[m, n] = a[m, k] · b[k, n] + bias[n], which is added to the finished sum; n is a multiple of 4", [
    items("m"),
    count("n"),
    count("k"),
    input("a", rows("m", "k", "aStride")),
    stride("aStride"),
    input("b", rows("k", "n", "bStride")),
    stride("bStride"),
    input("bias", cells("n")),
    output("y", rows("m", "n", "yStride")),
    stride("yStride"),
  ]),

  gemmTransposed: kernel("c[m, n] = a[k, m]ᵀ · b[k, n], added to c if `accumulate`; n is a multiple of 4", [
    items("m"),
    count("n"),
    count("k"),
    input("a", rows("k", "m", "aStride")),
    stride("aStride"),
    input("b", rows("k", "n", "bStride")),
    stride("bStride"),
    accumulated("c", rows("m", "n", "cStride"), "accumulate"),
    stride("cStride"),
    flag("accumulate"),
  ]),
};
