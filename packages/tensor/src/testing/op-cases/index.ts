import type * as operations from "../../tape/operations/index.ts";
import type { OpCase } from "../op-case.ts";
import { elementwiseCases } from "./elementwise.ts";
import { lossCases } from "./losses.ts";
import { pairCases } from "./pairs.ts";
import { recurrentCases } from "./recurrent.ts";
import { rowCases } from "./rows.ts";
import { windowCases } from "./windows.ts";

/**
 * Every operation with its formula on plain arrays. An operation without a case is a type error.
 */
export const opCases: { readonly [Name in keyof typeof operations]: readonly OpCase[] } = {
  ...rowCases,
  ...elementwiseCases,
  ...recurrentCases,
  ...windowCases,
  ...pairCases,
  ...lossCases,
};
