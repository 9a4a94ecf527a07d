import { fetchPlainKernels } from "./plain-fetched.ts";
import { wasmDigests } from "./wasm.generated.ts";
import type { WasmModules } from "./wasm-source.ts";

const fetched = new Map<keyof WasmModules, Uint8Array<ArrayBuffer>>();

/** The WebAssembly modules of the kernels that were fetched, for the memory of one thread. */
export const wasmModules: WasmModules = {
  baseline: { digest: wasmDigests.baseline, bytes: (form) => (form === "private" ? fetched.get("baseline") : undefined) },
  relaxed: { digest: wasmDigests.relaxed, bytes: (form) => (form === "private" ? fetched.get("relaxed") : undefined) },
};

/**
 * Fetches the fastest build that this runtime accepts. Without SIMD it fetches the twin in
 * TypeScript; the same if the file of the build cannot be fetched.
 *
 * @param urls the file of each build
 */
export async function fetchWasmModules(urls: Readonly<Record<keyof WasmModules, () => URL>>): Promise<void> {
  const build = (["relaxed", "baseline"] as const).find((name) => WebAssembly.validate(new Uint8Array(features[name])));
  if (build !== undefined && fetched.has(build)) return;
  const answer = build === undefined ? undefined : await fetch(urls[build]()).catch(() => undefined);
  if (build === undefined || answer?.ok !== true) return fetchPlainKernels();
  fetched.set(build, new Uint8Array(await answer.arrayBuffer()));
}

/** The start of a module with one function, which returns a vector. */
const head = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0] as const;

/** The smallest modules that use an instruction of each build. */
const features = {
  /** `i8x16.popcnt (i8x16.splat 0)` */
  baseline: [...head, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
  /** `i8x16.relaxed_swizzle (i8x16.splat 1) (i8x16.splat 2)` */
  relaxed: [...head, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
} as const;
