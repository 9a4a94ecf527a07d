import type { KernelName } from "../../kernels/kernels.ts";
import type { Random } from "../../tensor/random.ts";
import type { KernelCall } from "../kernel-call.ts";
import { elementwiseCases } from "./elementwise.ts";
import { matrixCases } from "./matrices.ts";
import { normaliseCases } from "./normalise.ts";
import { optimiseCases } from "./optimise.ts";
import { pairCases } from "./pairs.ts";
import { recurrentCases } from "./recurrent.ts";
import { spanCases } from "./spans.ts";
import { windowCases } from "./windows.ts";

/** Calls of every kernel, over sizes and values on which a SIMD form can differ from its formula. A kernel without calls is a type error. */
export const kernelCases: { readonly [Name in KernelName]: (random: Random) => Generator<KernelCall> } = {
  ...elementwiseCases,
  ...matrixCases,
  ...normaliseCases,
  ...recurrentCases,
  ...pairCases,
  ...spanCases,
  ...windowCases,
  ...optimiseCases,
};
