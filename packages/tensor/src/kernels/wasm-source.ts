/**
 * Where the WebAssembly modules of the kernels come from. There are two files that implement it,
 * and the manifest's `imports` choose one: `wasm-modules.ts` embeds the modules, and
 * `wasm-modules-fetched.ts`, under the condition `weft-fetched`, fetches one.
 */
interface WasmSource {
  /** The SHA-256 of the module for private memory. */
  readonly digest: string;
  /** The module for one thread's memory or for shared memory; undefined if it is not here. */
  bytes(form: "private" | "shared"): Uint8Array<ArrayBuffer> | undefined;
}

/** The builds, by the instructions that they use. */
export type WasmModules = Readonly<Record<"baseline" | "relaxed", WasmSource>>;
