import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { KernelProvider, Kernels, LinearMemory } from "@weft-nlp/tensor";
import { type Addon, type InstructionSet, loadAddon } from "./load-addon.ts";
import { recordedCalls, recordWords } from "./recorded-calls.generated.ts";
import type { Recorder } from "./recorder.ts";

/** The native kernels of this machine, or one line that says why there are none. */
export type NativeKernels =
  | {
      readonly provider: KernelProvider;
      /** The instruction set in use. */
      readonly instructionSet: InstructionSet;
      /** All sets of this processor, the fastest first. */
      readonly instructionSets: readonly InstructionSet[];
    }
  | { readonly reason: string };

/**
 * The provider of the native kernels, to be installed with `installProvider`.
 *
 * @param options.instructionSet defaults to the fastest that the processor has
 */
export function nativeKernels(options: { readonly instructionSet?: InstructionSet } = {}): NativeKernels {
  const loaded = loadAddon();
  if ("reason" in loaded) return loaded;
  const { addon, file } = loaded;
  const { instructionSets } = addon;
  const set = options.instructionSet ?? instructionSets[0] ?? "generic";
  if (!instructionSets.includes(set)) return { reason: `this processor has no ${set}; it has ${instructionSets.join(", ")}` };
  const provider: KernelProvider = {
    name: `native-${set}`,
    build: "native",
    isAvailable: () => true,
    mark: () => `native ${set} ${digestOf(file)}`,
    load: (memory) => bind(addon, memory, set),
  };
  return { provider, instructionSet: set, instructionSets };
}

function bind(addon: Addon, memory: LinearMemory, set: InstructionSet): Kernels {
  // A small typed array without a buffer of its own would move when the heap is collected.
  const record = new ArrayBuffer(recordWords * 4);
  const words = new Uint32Array(record);
  let bytes = new Uint8Array(memory.buffer);
  const run = addon.bind(bytes, words, set);
  // Growing a memory of one thread detaches its buffer and may move it. Shared memory never moves.
  const follow = (): void => {
    if (bytes.byteLength !== 0) return;
    bytes = new Uint8Array(memory.buffer);
    run.attach(bytes);
  };
  const recorder: Recorder = { follow, words, scalars: new Float32Array(record), run };
  return recordedCalls(recorder);
}

const digests = new Map<string, string>();

/** The SHA-256 of the addon, which identifies its bits. */
function digestOf(file: string): string {
  let digest = digests.get(file);
  if (digest === undefined) {
    digest = createHash("sha256").update(readFileSync(file)).digest("hex");
    digests.set(file, digest);
  }
  return digest;
}
