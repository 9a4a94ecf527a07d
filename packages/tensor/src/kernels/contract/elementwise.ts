import {
  accumulated,
  count,
  flag,
  inOut,
  input,
  integer,
  items,
  jointKernel,
  kernel,
  output,
  scalar,
  stride,
} from "./descriptor.ts";
import { cells } from "./extent.ts";

/** Sums, activations and dropout. A count n is a multiple of 4 except that of `dropoutMask`. */
export const elementwise = {
  add: kernel("y += x", [items("n", 4), input("x", cells("n")), inOut("y", cells("n"))]),

  addScaled: kernel("y += factor·x", [items("n", 4), scalar("factor"), input("x", cells("n")), inOut("y", cells("n"))]),

  scale: kernel("y *= factor", [items("n", 4), scalar("factor"), inOut("y", cells("n"))]),

  multiply: kernel("y = x1·x2 cell by cell, added to y if `accumulate`", [
    items("n", 4),
    input("x1", cells("n")),
    input("x2", cells("n")),
    accumulated("y", cells("n"), "accumulate"),
    flag("accumulate"),
  ]),

  sum: jointKernel("Σ x", [count("n"), input("x", cells("n"))], "f32"),

  tanhForward: kernel("y = tanh x", [items("n", 4), input("x", cells("n")), output("y", cells("n"))]),

  tanhBackward: kernel("dx += dy·(1 − y²)", [
    items("n", 4),
    input("y", cells("n")),
    input("dy", cells("n")),
    inOut("dx", cells("n")),
  ]),

  reluForward: kernel("y = max(x, 0)", [items("n", 4), input("x", cells("n")), output("y", cells("n"))]),

  reluBackward: kernel("dx += dy where y > 0", [
    items("n", 4),
    input("y", cells("n")),
    input("dy", cells("n")),
    inOut("dx", cells("n")),
  ]),

  geluForward: kernel("y = x·Φ(x), Φ the distribution function of the normal distribution", [
    items("n", 4),
    input("x", cells("n")),
    output("y", cells("n")),
  ]),

  geluBackward: kernel("dx += dy·(Φ(x) + x·φ(x)), φ the density of the normal distribution", [
    items("n", 4),
    input("x", cells("n")),
    input("dy", cells("n")),
    inOut("dx", cells("n")),
  ]),

  sigmoidRows: kernel("y = 1 / (1 + e^−x) in the first `columns` of each row, 0 on the padding", [
    items("m"),
    count("columns"),
    stride("stride"),
    input("x", cells("m", "stride")),
    output("y", cells("m", "stride")),
  ]),

  sigmoidBackward: kernel("dx += dy·y·(1 − y)", [
    items("n", 4),
    input("y", cells("n")),
    input("dy", cells("n")),
    inOut("dx", cells("n")),
  ]),

  softmaxRows: kernel("y = softmax(x) over the first `columns` of each row, 0 on the padding", [
    items("m"),
    count("columns"),
    stride("stride"),
    input("x", cells("m", "stride")),
    output("y", cells("m", "stride")),
  ]),

  softmaxBackward: kernel("dx[i, :] += y·(dy − Σ_j dy·y)", [
    items("m"),
    stride("stride"),
    input("y", cells("m", "stride")),
    input("dy", cells("m", "stride")),
    inOut("dx", cells("m", "stride")),
  ]),

  dropoutMask: jointKernel("mask = 0 with probability `rate`, else 1 / (1 − rate); draw i depends on the seeds and i alone", [
    count("n"),
    scalar("rate"),
    integer("seed1"),
    integer("seed2"),
    output("mask", cells("n")),
  ]),
};
