import { count, inOut, input, items, jointKernel, kernel, output, scalar, stride } from "./descriptor.ts";
import { cells, picked, reached, rows } from "./extent.ts";

/**
 * Rows picked by index, and convolutions over spans of rows whose products with the filters are
 * known.
 */
export const spans = {
  gatherAdd: kernel("y[i, :n] += factor·x[index[i], :n]; a negative index adds nothing", [
    items("m"),
    count("n"),
    scalar("factor"),
    input("index", cells("m"), "i32"),
    input("x", picked("index", "n", "xStride")),
    stride("xStride"),
    inOut("y", rows("m", "n", "yStride")),
    stride("yStride"),
  ]),

  scatterAdd: jointKernel("y[index[i], :n] += factor·x[i, :n], in the order of i; a negative index adds nothing", [
    count("m"),
    count("n"),
    scalar("factor"),
    input("index", cells("m"), "i32"),
    input("x", rows("m", "n", "xStride")),
    stride("xStride"),
    inOut("y", picked("index", "n", "yStride")),
    stride("yStride"),
  ]),

  spanMax: kernel("y[k, :] = relu(bias + max_p Σ_t x[p + t, t, :]) over the windows p of span k, arg the first p that won", [
    items("count"),
    count("taps"),
    count("width"),
    input("spans", cells("count", 2), "i32"),
    input("x", reached("spans", "taps", "width")),
    input("bias", cells("width")),
    output("y", cells("count", "width")),
    output("arg", cells("count", "width"), "i32"),
  ]),

  spanMaxBackward: jointKernel("the gradient of spanMax, for the windows that won", [
    count("count"),
    count("taps"),
    count("width"),
    input("spans", cells("count", 2), "i32"),
    input("y", cells("count", "width")),
    input("arg", cells("count", "width"), "i32"),
    input("dy", cells("count", "width")),
    inOut("dx", reached("spans", "taps", "width")),
    inOut("dBias", cells("width")),
  ]),
};
