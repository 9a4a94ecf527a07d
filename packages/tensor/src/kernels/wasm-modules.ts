import { wasmBuilds, wasmDigests } from "./wasm.generated.ts";
import type { WasmModules } from "./wasm-source.ts";

/** The WebAssembly modules of the kernels, embedded in the program: nothing is fetched. */
export const wasmModules: WasmModules = {
  baseline: { digest: wasmDigests.baseline, bytes: (form) => moduleBytes("baseline", form) },
  relaxed: { digest: wasmDigests.relaxed, bytes: (form) => moduleBytes("relaxed", form) },
};

/**
 * Gets ready the fastest build that this runtime accepts, in programs that fetch it. The modules
 * are embedded here, so there is nothing to do.
 */
export async function fetchWasmModules(_urls: Readonly<Record<keyof WasmModules, () => URL>>): Promise<void> {
  // Nothing to fetch.
}

function moduleBytes(build: keyof typeof wasmBuilds, form: "private" | "shared"): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(wasmBuilds[build].private);
  if (form === "private") return bytes;
  const { at, remove, insert } = wasmBuilds[build].shared;
  const inserted = decodeBase64(insert);
  const shared = new Uint8Array(bytes.length - remove + inserted.length);
  shared.set(bytes.subarray(0, at));
  shared.set(inserted, at);
  shared.set(bytes.subarray(at + remove), at + inserted.length);
  return shared;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
