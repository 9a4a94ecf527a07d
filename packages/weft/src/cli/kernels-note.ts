import { prepareKernels } from "@weft-nlp/node/workers";
import type { KernelBuild } from "@weft-nlp/tensor";

interface Choice {
  readonly kernels?: KernelBuild | undefined;
  readonly deterministic: boolean;
}

/**
 * One line that says why WebAssembly computes, for a user who did not choose it; undefined if
 * native kernels run.
 */
export function kernelsNote({ kernels, deterministic }: Choice): string | undefined {
  if (kernels !== undefined || deterministic) return undefined;
  const { missingNative } = prepareKernels();
  return missingNative === undefined ? undefined : `${missingNative}; WebAssembly computes instead`;
}
