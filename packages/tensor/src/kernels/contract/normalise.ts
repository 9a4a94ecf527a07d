import { count, inOut, input, items, jointKernel, kernel, output, scalar, stride } from "./descriptor.ts";
import { cells } from "./extent.ts";

/** Normalisation by mean and variance: of columns, and of rows. `width` is a multiple of 4. */
export const normalise = {
  columnMoments: jointKernel("mean[j] = Σ_i x[i, j] / m, variance[j] = Σ_i (x[i, j] − mean[j])² / m, for m ≥ 1", [
    count("m"),
    count("width"),
    input("x", cells("m", "width")),
    output("mean", cells("width")),
    output("variance", cells("width")),
  ]),

  normaliseRows: kernel("y[i, j] = scale[j]·(x[i, j] − mean[j]) / √(variance[j] + epsilon) + shift[j]", [
    items("m"),
    count("width"),
    input("x", cells("m", "width")),
    input("mean", cells("width")),
    input("variance", cells("width")),
    scalar("epsilon"),
    input("scale", cells("width")),
    input("shift", cells("width")),
    output("y", cells("m", "width")),
  ]),

  normaliseRowsBackward: jointKernel(
    "the gradient of normaliseRows; share is 1/m if mean and variance are those of these rows, 0 if they come from elsewhere",
    [
      count("m"),
      count("width"),
      input("x", cells("m", "width")),
      input("mean", cells("width")),
      input("variance", cells("width")),
      scalar("epsilon"),
      input("scale", cells("width")),
      scalar("share"),
      input("dy", cells("m", "width")),
      inOut("dx", cells("m", "width")),
      inOut("dScale", cells("width")),
      inOut("dShift", cells("width")),
    ],
  ),

  layerNormForward: kernel(
    "y[i, j] = scale[j]·(x[i, j] − mean[i])·inverse[i] + shift[j], inverse[i] = 1 / √(Var_j x[i, j] + epsilon)",
    [
      items("m"),
      count("columns"),
      stride("stride"),
      input("x", cells("m", "stride")),
      scalar("epsilon"),
      input("scale", cells("stride")),
      input("shift", cells("stride")),
      output("y", cells("m", "stride")),
      output("mean", cells("m")),
      output("inverse", cells("m")),
    ],
  ),

  layerNormBackward: jointKernel("the gradient of layerNormForward, from its means and inverse deviations", [
    count("m"),
    count("columns"),
    stride("stride"),
    input("x", cells("m", "stride")),
    input("mean", cells("m")),
    input("inverse", cells("m")),
    input("scale", cells("stride")),
    input("dy", cells("m", "stride")),
    inOut("dx", cells("m", "stride")),
    inOut("dScale", cells("stride")),
    inOut("dShift", cells("stride")),
  ]),
};
