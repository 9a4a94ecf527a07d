import { plainKernels } from "#plain-kernels";
import { wasmModules } from "#wasm-modules";
import { namedKernels } from "./calls.generated.ts";
import type { Kernels, PositionalKernels } from "./kernels.ts";
import type { LinearMemory } from "./linear-memory.ts";

/** An implementation of the kernels on a linear memory. */
export interface KernelProvider {
  /** The full name, for reports. */
  readonly name: string;
  /** The short name in configurations, messages between threads and marks of checkpoints. */
  readonly build: KernelBuild;
  /** Whether this runtime can load it. */
  isAvailable(): boolean;
  /**
   * Identifies the provider to the byte. Two trainings with the same mark round equally; with fused
   * multiply-add, only on the same kind of processor.
   */
  mark(): string;
  /** Loads the kernels on `memory`, which may be shared between threads. */
  load(memory: LinearMemory): Kernels;
}

/**
 * The name of a build in configurations, messages between threads and marks of checkpoints.
 * `native` is machine code, which a host installs; `relaxed` uses fused multiply-add and differs in
 * the last bits between processors; `baseline` gives the same bits wherever WebAssembly SIMD runs;
 * `plain` is the twin in TypeScript, for tests and for runtimes without SIMD.
 */
export type KernelBuild = "native" | "relaxed" | "baseline" | "plain";

const known: KernelProvider[] = [
  wasmProvider("relaxed"),
  wasmProvider("baseline"),
  { name: "plain", build: "plain", isAvailable: () => true, mark: () => "plain", load: plainKernels },
];

/** All providers of this thread, the fastest first. */
export const providers: readonly KernelProvider[] = known;

/**
 * Adds a provider in front of the others, as the fastest, for example the native kernels on Node.
 * It replaces one of the same build. Each thread installs its own.
 */
export function installProvider(provider: KernelProvider): void {
  const index = known.findIndex(({ build }) => build === provider.build);
  if (index >= 0) known.splice(index, 1);
  known.unshift(provider);
}

/** The fastest build that this runtime accepts. */
export function bestBuild(): KernelBuild {
  return providers.find((provider) => provider.isAvailable())?.build ?? "plain";
}

/**
 * The mark of a build, which checkpoints store: its name and, for a WebAssembly build, the SHA-256
 * of its module.
 */
export function kernelMark(build: KernelBuild): string {
  return providerOf(build).mark();
}

/**
 * Loads the kernels of a build on `memory`.
 *
 * @throws {RangeError} if there is no such build
 */
export function loadKernels(build: KernelBuild, memory: LinearMemory): Kernels {
  return providerOf(build).load(memory);
}

function providerOf(build: KernelBuild): KernelProvider {
  const found = providers.find((provider) => provider.build === build);
  if (found !== undefined) return found;
  throw new RangeError(
    `unknown kernel build ${build}; expected one of ${providers.map((provider) => provider.build).join(", ")}`,
  );
}

/**
 * A WebAssembly build, whose module comes in two forms: for the memory of one thread, and for
 * shared memory.
 */
function wasmProvider(build: keyof typeof wasmModules): KernelProvider {
  const modules = new Map<"private" | "shared", WebAssembly.Module>();
  return {
    name: `wasm-${build}`,
    build,
    isAvailable: () => {
      const bytes = wasmModules[build].bytes("private");
      return bytes !== undefined && WebAssembly.validate(bytes);
    },
    mark: () => `${build} ${wasmModules[build].digest}`,
    load: (memory: LinearMemory): Kernels => {
      const isShared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
      const form = isShared ? "shared" : "private";
      const module = modules.get(form) ?? new WebAssembly.Module(bytesOf(build, form));
      modules.set(form, module);
      const { exports } = new WebAssembly.Instance(module, { env: { memory: memory as WebAssembly.Memory } });
      return namedKernels(exports as unknown as PositionalKernels);
    },
  };
}

function bytesOf(build: keyof typeof wasmModules, form: "private" | "shared"): Uint8Array<ArrayBuffer> {
  const bytes = wasmModules[build].bytes(form);
  if (bytes !== undefined) return bytes;
  throw new RangeError(`the ${build} kernels for ${form} memory are not loaded here`);
}
