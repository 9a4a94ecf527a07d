import v8 from "node:v8";
import { nativeKernels } from "@weft-nlp/native";
import { checkedKernels, installProvider, type KernelProvider, providers } from "@weft-nlp/tensor";

let prepared: { readonly missingNative: string | undefined } | undefined;

/**
 * Makes all kernels available that this thread can run: native ones, and those with relaxed SIMD,
 * which Node 20 and 21 hide behind a flag. With `WEFT_CHECK_KERNELS=1`, every call checks its
 * addresses before it runs.
 *
 * @returns why there are no native kernels; undefined if there are
 */
export function prepareKernels(): { readonly missingNative: string | undefined } {
  prepared ??= prepare();
  return prepared;
}

function prepare(): { readonly missingNative: string | undefined } {
  // Later versions always have relaxed SIMD, and reject the flag.
  if (Number(process.versions.node.split(".")[0]) < 22) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const native = nativeKernels();
  if ("provider" in native) installProvider(native.provider);
  if (process.env["WEFT_CHECK_KERNELS"] === "1") [...providers].reverse().map(checked).forEach(installProvider);
  return { missingNative: "reason" in native ? native.reason : undefined };
}

function checked(provider: KernelProvider): KernelProvider {
  return { ...provider, load: (memory) => checkedKernels(provider.load(memory), memory) };
}
