import { attention } from "./attention.ts";
import type { Descriptor } from "./descriptor.ts";
import { elementwise } from "./elementwise.ts";
import { losses } from "./losses.ts";
import { matrices } from "./matrices.ts";
import { normalise } from "./normalise.ts";
import { optimise } from "./optimise.ts";
import { pairs } from "./pairs.ts";
import { recurrent } from "./recurrent.ts";
import { spans } from "./spans.ts";
import { windows } from "./windows.ts";

/**
 * Every kernel: its parameters in the order of a positional call, and what it returns. The types,
 * the calls by named fields, the range checks, the cases of the contract suite and the C header all
 * come from this table.
 */
export const contract = {
  ...elementwise,
  ...matrices,
  ...recurrent,
  ...attention,
  ...losses,
  ...normalise,
  ...pairs,
  ...spans,
  ...windows,
  ...optimise,
} satisfies Readonly<Record<string, Descriptor>>;
