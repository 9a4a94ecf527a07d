import { count, flag, inOut, input, jointKernel, output, scalar, scratch, stride } from "./descriptor.ts";
import { cells, type Extent, room } from "./extent.ts";

/** One row of pairs and its scores; n is rounded up to a multiple of 4. */
const pairRow = room("⌈n⌉₄ × (width + stride)", (of) => roundedUp(of("n")) * (of("width") + of("stride")));
/** The same with the gradient of the row. */
const pairRows = room("⌈n⌉₄ × (2·width + stride)", (of) => roundedUp(of("n")) * (2 * of("width") + of("stride")));
const perColumn: Extent = cells("stride");

/** Scores of all word pairs of one sentence: s_r(i, j) = w_r · relu(a_i + b_j) + bias_r. */
export const pairs = {
  pairMax: jointKernel(
    "Sun et al. 2020, eq. 5: y[i, r] = max_j σ(s_r(i, j)), arg the first j that reaches it, −1 if there is none; " +
      "row i is word own[i], or word i if own is 0",
    [
      count("m"),
      count("n"),
      count("width"),
      count("columns"),
      stride("stride"),
      flag("diagonal"),
      input("own", cells("m"), "i32", "optional"),
      input("a", cells("m", "width")),
      input("b", cells("n", "width")),
      input("w", cells("width", "stride")),
      input("bias", perColumn),
      scratch("scratch", pairRow),
      output("y", cells("m", "stride")),
      output("arg", cells("m", "stride"), "i32", "optional"),
    ],
  ),

  pairMaxBackward: jointKernel("the gradient of pairMax, which visits only the cells that reached a maximum", [
    count("n"),
    count("width"),
    count("columns"),
    stride("stride"),
    input("a", cells("n", "width")),
    input("b", cells("n", "width")),
    input("wt", cells("columns", "width")),
    input("y", cells("n", "stride")),
    input("arg", cells("n", "stride"), "i32"),
    input("dy", cells("n", "stride")),
    inOut("dA", cells("n", "width")),
    inOut("dB", cells("n", "width")),
    inOut("dWt", cells("columns", "width")),
    inOut("dBias", cells("columns")),
  ]),

  pairLoss: jointKernel(
    "eq. 8 for relations: Σ sigmoid cross-entropy over all cells, and weight times its gradient unless wt is 0",
    [
      count("n"),
      count("width"),
      count("columns"),
      stride("stride"),
      flag("diagonal"),
      input("a", cells("n", "width")),
      input("b", cells("n", "width")),
      input("w", cells("width", "stride")),
      input("bias", perColumn),
      input("gold", cells("count", 3), "i32"),
      count("count"),
      scalar("weight"),
      input("wt", cells("stride", "width"), "optional"),
      scratch("scratch", pairRows),
      inOut("dA", cells("n", "width"), "optional"),
      inOut("dB", cells("n", "width"), "optional"),
      inOut("dW", cells("width", "stride"), "optional"),
      inOut("dBias", perColumn, "optional"),
    ],
    "f64",
  ),

  pairPredict: jointKernel(
    "how many cells reach their threshold; the first `limit` of them as i, j, r and their probability",
    [
      count("n"),
      count("width"),
      count("columns"),
      stride("stride"),
      flag("diagonal"),
      input("a", cells("n", "width")),
      input("b", cells("n", "width")),
      input("w", cells("width", "stride")),
      input("bias", perColumn),
      input("thresholds", perColumn),
      scratch("scratch", pairRow),
      output("out", cells("limit", 4), "word"),
      count("limit"),
    ],
    "i32",
  ),

  pairProbabilities: jointKernel("p[i, j, r] = σ(s_r(i, j)), 0 on the padding and, without it, on the diagonal", [
    count("n"),
    count("width"),
    count("columns"),
    stride("stride"),
    flag("diagonal"),
    input("a", cells("n", "width")),
    input("b", cells("n", "width")),
    input("w", cells("width", "stride")),
    input("bias", perColumn),
    scratch("scratch", cells("n", "width")),
    output("p", cells("n", "n", "stride")),
  ]),
};

function roundedUp(n: number): number {
  return (n + 3) & ~3;
}
