import type { Contract } from "../../kernels/kernels.ts";
import type { CasesOf } from "../kernel-call.ts";
import { attentionCases } from "./attention.ts";
import { elementwiseCases } from "./elementwise.ts";
import { lossCases } from "./losses.ts";
import { matrixCases } from "./matrices.ts";
import { normaliseCases } from "./normalise.ts";
import { optimiseCases } from "./optimise.ts";
import { pairCases } from "./pairs.ts";
import { recurrentCases } from "./recurrent.ts";
import { spanCases } from "./spans.ts";
import { windowCases } from "./windows.ts";

/**
 * Calls of every kernel, over sizes and values on which a SIMD form can differ from its formula.
 */
export const kernelCases: CasesOf<Contract> = {
  ...elementwiseCases,
  ...matrixCases,
  ...recurrentCases,
  ...attentionCases,
  ...lossCases,
  ...normaliseCases,
  ...pairCases,
  ...spanCases,
  ...windowCases,
  ...optimiseCases,
};
