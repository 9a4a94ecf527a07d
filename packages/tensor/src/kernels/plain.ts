import type { Kernels } from "./kernels.ts";
import type { LinearMemory } from "./linear-memory.ts";
import { attention } from "./plain/attention.ts";
import { elementwise } from "./plain/elementwise.ts";
import { losses } from "./plain/losses.ts";
import { matrices } from "./plain/matrices.ts";
import { normalise } from "./plain/normalise.ts";
import { optimise } from "./plain/optimise.ts";
import { pairs } from "./plain/pairs.ts";
import { recurrent } from "./plain/recurrent.ts";
import { spans } from "./plain/spans.ts";
import { Views } from "./plain/views.ts";
import { windows } from "./plain/windows.ts";

/**
 * The twin of every kernel in plain TypeScript: the same call and the same effect on the same
 * memory, written as the formula it stands for. It runs without WebAssembly SIMD, and tests hold
 * the fast kernels against it.
 */
export function plainKernels(memory: LinearMemory): Kernels {
  const views = new Views(memory);
  return {
    ...elementwise(views),
    ...matrices(views),
    ...recurrent(views),
    ...attention(views),
    ...losses(views),
    ...normalise(views),
    ...pairs(views),
    ...spans(views),
    ...windows(views),
    ...optimise(views),
  };
}
