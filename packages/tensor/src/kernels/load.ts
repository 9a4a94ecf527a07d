import { namedKernels } from "./calls.generated.ts";
import type { Kernels, PositionalKernels } from "./kernels.ts";
import { plainKernels } from "./plain.ts";
import { wasmBuilds, wasmDigests } from "./wasm.generated.ts";

/**
 * `relaxed` uses fused multiply-add and differs in the last bits between processors; `baseline` is the same everywhere that WebAssembly
 * SIMD runs; `plain` is the twin in TypeScript, for tests and for runtimes without SIMD.
 */
export type KernelBuild = "relaxed" | "baseline" | "plain";

/** The fastest build this runtime accepts, found by validating the module itself. */
export function bestBuild(): KernelBuild {
  for (const build of ["relaxed", "baseline"] as const) {
    if (WebAssembly.validate(decodeBase64(wasmBuilds[build].private))) return build;
  }
  return "plain";
}

/**
 * Tells builds of the kernels apart to the byte: the name of the build and the SHA-256 of its module. Two trainings under the same mark, on
 * the same kind of processor where it is `relaxed`, round alike. `plain` has no module and is its name alone.
 */
export function kernelMark(build: KernelBuild): string {
  return build === "plain" ? build : `${build} ${wasmDigests[build]}`;
}

/** Kernels that work on `memory`; whether it is shared decides which of the two forms of a build is taken. */
export function loadKernels(build: KernelBuild, memory: WebAssembly.Memory): Kernels {
  if (build === "plain") return plainKernels(memory);
  const shared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const module = compiled(build, shared ? "shared" : "private");
  return namedKernels(new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as PositionalKernels);
}

const modules = new Map<string, WebAssembly.Module>();

function compiled(build: "relaxed" | "baseline", form: "private" | "shared"): WebAssembly.Module {
  const key = `${build}/${form}`;
  let module = modules.get(key);
  if (module === undefined) {
    module = new WebAssembly.Module(decodeBase64(wasmBuilds[build][form]));
    modules.set(key, module);
  }
  return module;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
