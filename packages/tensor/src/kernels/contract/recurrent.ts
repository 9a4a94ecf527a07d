import { count, inOut, input, items, jointKernel, kernel, output, scratch, stride } from "./descriptor.ts";
import { cells, reached, rows } from "./extent.ts";

/** Rows of all visits: `starts` holds the first visit of each step, and the end. */
const visits = reached("starts", "width");
const gateVisits = reached("starts", 4, "width");

/**
 * The element-wise halves of recurrent cells, and whole directions of an LSTM. Gate blocks of
 * `width` cells (a multiple of 4) lie side by side in a row.
 */
export const recurrent = {
  lstmForward: kernel("c = f·c' + i·g, h = o·tanh c; gates i, f, g, o become their activations", [
    items("m"),
    count("width"),
    inOut("gates", cells("m", 4, "width")),
    input("previous", cells("m", "width"), "optional"),
    output("cell", cells("m", "width")),
    output("hidden", cells("m", "width")),
  ]),

  lstmBackward: kernel("the gradient of lstmForward: gates become that of the pre-activations, dCell that of the previous cell", [
    items("m"),
    count("width"),
    inOut("gates", cells("m", 4, "width")),
    input("previous", cells("m", "width"), "optional"),
    input("cell", cells("m", "width")),
    input("dHidden", cells("m", "width")),
    inOut("dCell", cells("m", "width")),
  ]),

  lstmSteps: jointKernel(
    "lstmForward for each step, after gates += hidden of the step before · w; a step continues the first rows of the step before",
    [
      count("count"),
      input("starts", cells("count"), "i32"),
      count("size"),
      count("width"),
      input("w", rows("size", [4, "width"], "wStride")),
      stride("wStride"),
      inOut("gates", gateVisits),
      output("cells", visits),
      output("hidden", visits),
    ],
  ),

  lstmStepsBackward: jointKernel(
    "the gradient of lstmSteps but for that of w: lstmBackward for each step, last first, then dHidden of the step before += gates · wt",
    [
      count("count"),
      input("starts", cells("count"), "i32"),
      count("size"),
      count("width"),
      input("wt", cells(4, "width", "width")),
      inOut("gates", gateVisits),
      input("cells", visits),
      inOut("dHidden", visits),
      scratch("dCells", visits),
    ],
  ),

  gruForward: kernel("out = (1 − z)·n + z·h, n = tanh(xn + r·hn); fromInput becomes r, z, n", [
    items("m"),
    count("width"),
    inOut("fromInput", cells("m", 3, "width")),
    input("fromHidden", cells("m", 3, "width")),
    input("hidden", cells("m", "width")),
    output("out", cells("m", "width")),
  ]),

  gruBackward: kernel("the gradient of gruForward: gates and fromHidden become those of the products, dHidden += z·dOut", [
    items("m"),
    count("width"),
    inOut("gates", cells("m", 3, "width")),
    inOut("fromHidden", cells("m", 3, "width")),
    input("hidden", cells("m", "width")),
    input("dOut", cells("m", "width")),
    inOut("dHidden", cells("m", "width")),
  ]),

  interactionGates: kernel("Sun et al. 2020, eq. 4, first half: gates become z, u = σ(gates); kept = u·h", [
    items("m"),
    count("width"),
    inOut("gates", cells("m", 2, "width")),
    input("hidden", cells("m", "width")),
    output("kept", cells("m", "width")),
  ]),

  interactionOutput: kernel("eq. 4, second half: fresh becomes tanh(fresh); out = (1 − z)·h + z·fresh", [
    items("m"),
    count("width"),
    input("gates", cells("m", 2, "width")),
    input("hidden", cells("m", "width")),
    inOut("fresh", cells("m", "width")),
    output("out", cells("m", "width")),
  ]),

  interactionOutputBackward: kernel(
    "the gradient of interactionOutput: fresh and z become those of the pre-activations, dHidden += (1 − z)·dOut",
    [
      items("m"),
      count("width"),
      inOut("gates", cells("m", 2, "width")),
      input("hidden", cells("m", "width")),
      inOut("fresh", cells("m", "width")),
      input("dOut", cells("m", "width")),
      inOut("dHidden", cells("m", "width")),
    ],
  ),

  interactionGatesBackward: kernel(
    "the gradient of u in interactionGates: u becomes that of its pre-activation, dHidden += u·dKept",
    [
      items("m"),
      count("width"),
      inOut("gates", cells("m", 2, "width")),
      input("hidden", cells("m", "width")),
      input("dKept", cells("m", "width")),
      inOut("dHidden", cells("m", "width")),
    ],
  ),
};
