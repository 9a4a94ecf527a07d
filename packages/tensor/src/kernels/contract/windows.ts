import { count, flag, inOut, input, integer, items, jointKernel, kernel, output } from "./descriptor.ts";
import { cells, reached } from "./extent.ts";

/**
 * Six numbers a window: rows pooled and rows seen, both half-open, and the rows of both entities.
 */
const windowList = cells("count", 6);
const wordSums = reached("windows", "taps", "width");
const offsetSums = cells("rows", "taps", "width");

/**
 * Convolutions over the words of a sentence for many pairs of its entities, from sums along the
 * diagonals of products.
 */
export const windows = {
  diagonalSums: jointKernel(
    "u[r, t] = Σ x[r + first + t', t'] over t' ≥ t; rows off x add nothing, or the nearest row if `clipped`",
    [
      count("n"),
      count("rows"),
      integer("first"),
      flag("clipped"),
      count("taps"),
      count("width"),
      input("x", cells("n", "taps", "width")),
      output("u", cells("rows", "taps", "width")),
    ],
  ),

  diagonalSumsBackward: jointKernel("dx[r + first + t, t] += Σ du[r, t'] over t' ≤ t", [
    count("n"),
    count("rows"),
    integer("first"),
    flag("clipped"),
    count("taps"),
    count("width"),
    input("du", cells("rows", "taps", "width")),
    inOut("dx", cells("n", "taps", "width")),
  ]),

  windowMax: kernel(
    "y[k, :] = bias + the highest sum of a window that k pools, relu of it if `rectified`; arg its row, −1 if none",
    [
      items("count"),
      count("taps"),
      count("width"),
      input("windows", windowList, "i32"),
      input("words", wordSums),
      input("first", offsetSums),
      input("second", offsetSums),
      count("rows"),
      input("bias", cells("width")),
      flag("rectified"),
      output("y", cells("count", "width")),
      output("arg", cells("count", "width"), "i32"),
    ],
  ),

  windowMaxBackward: jointKernel("the gradient of windowMax, for the windows that won", [
    count("count"),
    count("taps"),
    count("width"),
    input("windows", windowList, "i32"),
    count("rows"),
    flag("rectified"),
    input("y", cells("count", "width")),
    input("arg", cells("count", "width"), "i32"),
    input("dy", cells("count", "width")),
    inOut("dWords", wordSums),
    inOut("dFirst", offsetSums),
    inOut("dSecond", offsetSums),
    inOut("dBias", cells("width")),
  ]),

  windowMean: kernel("y[k, :] = the mean of bias + the sums of the windows that k pools, each after relu if `rectified`", [
    items("count"),
    count("taps"),
    count("width"),
    input("windows", windowList, "i32"),
    input("words", wordSums),
    input("first", offsetSums),
    input("second", offsetSums),
    count("rows"),
    input("bias", cells("width")),
    flag("rectified"),
    output("y", cells("count", "width")),
  ]),

  windowMeanBackward: jointKernel("the gradient of windowMean; it computes again what relu let through", [
    count("count"),
    count("taps"),
    count("width"),
    input("windows", windowList, "i32"),
    input("words", wordSums),
    input("first", offsetSums),
    input("second", offsetSums),
    count("rows"),
    input("bias", cells("width")),
    flag("rectified"),
    input("dy", cells("count", "width")),
    inOut("dWords", wordSums),
    inOut("dFirst", offsetSums),
    inOut("dSecond", offsetSums),
    inOut("dBias", cells("width")),
  ]),
};
