import { installProvider, providers } from "@weft-nlp/tensor";
import { describeKernels } from "@weft-nlp/tensor/testing";
import { describe, expect, test } from "vitest";
import { nativeKernels } from "./native-provider.ts";

const native = nativeKernels();
const sets = "reason" in native ? [] : native.instructionSets;

describe.each(sets)("native kernels, %s", (instructionSet) => {
  const found = nativeKernels({ instructionSet });
  if ("reason" in found) throw new Error(found.reason);
  const { provider } = found;

  describeKernels("those on private memory", (memory) => provider.load(memory));
  describeKernels("those on shared memory", (memory) => provider.load(memory), { shared: true });

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

  test("two memories do not share anything", () => {
    const [one, other] = [new WebAssembly.Memory({ initial: 1 }), new WebAssembly.Memory({ initial: 1 })];
    const [first, second] = [provider.load(one), provider.load(other)];
    new Float32Array(one.buffer).fill(1);
    new Float32Array(other.buffer).fill(2);
    expect(first.sum({ n: 8, x: 1024 })).toBe(8);
    expect(second.sum({ n: 8, x: 1024 })).toBe(16);
    expect(first.sum({ n: 8, x: 1024 })).toBe(8);
  });
});
