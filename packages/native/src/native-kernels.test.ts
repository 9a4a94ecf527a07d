import type { KernelName, KernelProvider, Kernels, LinearMemory } from "@weft-nlp/tensor";
import { describeKernels, rangesOf } from "@weft-nlp/tensor/testing";
import { describe, expect, test } from "vitest";
import { type Addon, loadAddon } from "./load-addon.ts";
import { nativeKernels } from "./native-provider.ts";

const native = nativeKernels();
const sets = "reason" in native ? [] : native.instructionSets;

describe.each(sets)("native kernels, %s", (instructionSet) => {
  const found = nativeKernels({ instructionSet });
  if ("reason" in found) throw new Error(found.reason);
  const { provider } = found;

  describeKernels("those on private memory", (memory) => load(provider, memory));
  describeKernels("those on shared memory", (memory) => load(provider, memory), { shared: true });

  test("follow a memory that grows", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const kernels = provider.load(memory);
    kernels.scale({ n: 4, factor: 2, y: 1024 });
    memory.grow(2000);
    const floats = new Float32Array(memory.buffer);
    const far = memory.buffer.byteLength - 16;
    floats.set([1, 2, 3, 4], far / 4);
    kernels.scale({ n: 4, factor: 2, y: far });
    expect([...floats.subarray(far / 4)]).toEqual([2, 4, 6, 8]);
  });

  test("subnormal numbers count as zero in a call, and in JavaScript as what they are", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const floats = new Float32Array(memory.buffer, 1024, 8);
    floats.set([1e-40, -1e-40, 2e-38, 1, 1, 1, 1, 1]);
    provider.load(memory).scale({ n: 8, factor: 0.25, y: 1024 });
    expect([...floats.subarray(0, 4)]).toEqual([0, -0, 0, 0.25]);
    const smallest = Math.min(Number.MIN_VALUE, ...floats.subarray(4));
    expect(smallest * 2).toBe(2 * Number.MIN_VALUE);
    expect(smallest).toBeGreaterThan(0);
  });

  test("two memories do not share anything", () => {
    const [one, other] = [new WebAssembly.Memory({ initial: 1 }), new WebAssembly.Memory({ initial: 1 })];
    const [first, second] = [provider.load(one), provider.load(other)];
    new Float32Array(one.buffer).fill(1);
    new Float32Array(other.buffer).fill(2);
    expect(first.sum({ n: 8, x: 1024 })).toBe(8);
    expect(second.sum({ n: 8, x: 1024 })).toBe(16);
    expect(first.sum({ n: 8, x: 1024 })).toBe(8);
  });

  test("the mark names the instruction set and the build", () => {
    expect(provider.mark()).toMatch(new RegExp(`^native ${instructionSet} [0-9a-f]{64}$`));
  });
});

test("an instruction set that the processor lacks is refused in one line", () => {
  const found = nativeKernels({ instructionSet: "mmx" as "avx2" });
  expect("reason" in found ? found.reason : "").toMatch(/^(this processor has no mmx; it has |there are no native kernels)/);
});

/** With the address sanitizer, only what the contract names is allowed during a call. */
function load(provider: KernelProvider, memory: LinearMemory): Kernels {
  const kernels = provider.load(memory);
  const loaded = loadAddon();
  return "addon" in loaded && loaded.addon.forbid !== undefined ? guarded(kernels, memory, loaded.addon) : kernels;
}

type AnyKernel = (call: Readonly<Record<string, number>>) => number | undefined;

function guarded(kernels: Kernels, memory: LinearMemory, addon: Addon): Kernels {
  const forbid = (from: number, to: number, forbidden: boolean): void =>
    addon.forbid?.(new Uint8Array(memory.buffer), from, to, forbidden);
  const wrapped = Object.entries(kernels as unknown as Readonly<Record<string, AnyKernel>>).map(([name, run]) => {
    const guardedRun: AnyKernel = (call) => {
      const ranges = rangesOf(name as KernelName, call, memory);
      forbid(0, memory.buffer.byteLength, true);
      for (const { from, to } of ranges) forbid(from, to, false);
      const result = run(call);
      forbid(0, memory.buffer.byteLength, false);
      return result;
    };
    return [name, guardedRun];
  });
  return Object.fromEntries(wrapped) as Kernels;
}
