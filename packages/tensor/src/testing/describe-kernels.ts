import { beforeAll, describe, expect, test } from "vitest";
import { checkedKernels } from "../kernels/checked-kernels.ts";
import { contract } from "../kernels/contract/index.ts";
import type { KernelName, Kernels } from "../kernels/kernels.ts";
import { plainKernels } from "../kernels/plain.ts";
import { Random } from "../tensor/random.ts";
import { KernelCall, type KernelCase, memoryPages } from "./kernel-call.ts";
import { kernelCases } from "./kernel-cases/index.ts";
import { sequencesWithOtherBits } from "./sequences.ts";

const names = Object.keys(kernelCases) as KernelName[];
const independent = names.filter((name) => contract[name].parameters.some((parameter) => "piece" in parameter));

/**
 * Tests the contract of any provider's kernels: each computes what its twin in plain TypeScript
 * computes, up to rounding. It reads only the cells that the contract names, and writes only its
 * outputs. Independent items have the same bits alone as in any batch.
 *
 * @param load the kernels on a memory of the suite's own, as `KernelProvider.load`
 * @param options.shared whether that memory is shared between threads; defaults to false
 */
export function describeKernels(
  name: string,
  load: (memory: WebAssembly.Memory) => Kernels,
  { shared = false }: { readonly shared?: boolean } = {},
): void {
  describeItems(name, load, { shared });
  describe(`${name} keep the contract`, () => {
    let benches: ReadonlyMap<number, Bench>;
    beforeAll(() => {
      benches = benchesFor(load, shared);
    });

    test.each(names)("%s does what its twin does, and writes nothing else", (kernel) => {
      const random = Random.of(4711, kernel);
      let index = 0;
      for (const given of kernelCases[kernel](random) as Iterable<KernelCase>) {
        const call = new KernelCall(kernel, given, random);
        expect(problems(call), `call ${index} with ${JSON.stringify(call.fields)}`).toEqual([]);
        index++;
      }
      expect(index).toBeGreaterThan(0);
      for (const { memory, constants } of benches.values()) expect(lowMemory(memory)).toEqual(constants);
    });

    test("pairLoss: a pair that is surely unrelated has a gradient of zero, and none is subnormal", () => {
      const { kernels, memory } = benches.get(memoryPages[0]) as Bench;
      const [n, width, columns, stride] = [5, 4, 3, 4];
      let end = 1024;
      const floats = (count: number, value = 0): number => {
        const at = end;
        end += 4 * count + 64;
        new Float32Array(memory.buffer, at, count).fill(value);
        return at;
      };
      const [a, b] = [floats(n * width, 1), floats(n * width, 1)];
      const [w, wt] = [floats(width * stride, 0.01), floats(stride * width, 0.01)];
      const [bias, scratch] = [floats(stride, -85), floats(8 * (2 * width + stride))];
      const gradients = { dA: n * width, dB: n * width, dW: width * stride, dBias: stride };
      const at = Object.fromEntries(Object.entries(gradients).map(([name, count]) => [name, floats(count)])) as Record<
        keyof typeof gradients,
        number
      >;
      const sizes = { n, width, columns, stride, diagonal: 0, count: 0, weight: 0.02 };
      kernels.pairLoss({ ...sizes, ...at, a, b, w, wt, bias, scratch, gold: 0 });
      const found = Object.entries(at).flatMap(([name, from]) => [
        ...new Float32Array(memory.buffer, from, gradients[name as keyof typeof gradients]),
      ]);
      expect(found.filter((value) => value !== 0)).toEqual([]);
    });

    function problems(call: KernelCall): string[] {
      const { kernels, memory, twin, twinMemory } = benches.get(call.pages) as Bench;
      const expected = call.run(twin, twinMemory);
      const got = call.run(kernels, memory);
      const found = [...call.differences(expected.bytes, expected.bytes)].map((text) => `the twin: ${text}`);
      found.push(...call.differences(got.bytes, expected.bytes));
      if (expected.returned !== undefined || got.returned !== undefined) {
        const [x, y] = [got.returned ?? Number.NaN, expected.returned ?? Number.NaN];
        if (!call.close(x, y)) found.push(`returned ${x} instead of ${y}`);
      }
      return found.slice(0, 5);
    }
  });
}

/** The part of the suite that needs no twin, so that the twin itself can be held against it. */
export function describeItems(
  name: string,
  load: (memory: WebAssembly.Memory) => Kernels,
  { shared = false }: { readonly shared?: boolean } = {},
): void {
  describe(`${name} take items one by one`, () => {
    let benches: ReadonlyMap<number, Bench>;
    beforeAll(() => {
      benches = benchesFor(load, shared);
    });

    test.each(independent)("%s: each item has the same bits alone as in any batch", (kernel) => {
      const random = Random.of(4711, kernel);
      let batches = 0;
      for (const given of kernelCases[kernel](random) as Iterable<KernelCase>) {
        const call = new KernelCall(kernel, given, random);
        if (call.itemCount < 2) continue;
        const { kernels, memory } = benches.get(call.pages) as Bench;
        const together = call.run(kernels, memory).bytes.slice();
        const found = [...call.unequalBits(together, call.runItemByItem(kernels, memory))].slice(0, 5);
        expect(found, JSON.stringify(call.fields)).toEqual([]);
        batches++;
      }
      expect(batches).toBeGreaterThan(0);
    });

    test("lstmSteps: each sequence has the same bits alone as among others", () => {
      const { kernels, memory } = benches.get(memoryPages[1]) as Bench;
      expect([...sequencesWithOtherBits(kernels, memory)]).toEqual([]);
    });
  });
}

/** Kernels and their twin, each on a memory of its own of the same size. */
interface Bench {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  readonly twinMemory: WebAssembly.Memory;
  readonly twin: Kernels;
  /** What the kernels keep in low memory. */
  readonly constants: Uint8Array;
}

/** One for each size of memory. */
function benchesFor(load: (memory: WebAssembly.Memory) => Kernels, shared: boolean): ReadonlyMap<number, Bench> {
  const benchOf = (pages: number): Bench => {
    const memory = new WebAssembly.Memory(shared ? { initial: pages, maximum: 65536, shared } : { initial: pages });
    const twinMemory = new WebAssembly.Memory({ initial: pages });
    const kernels = checkedKernels(load(memory), memory);
    return { memory, kernels, twinMemory, twin: plainKernels(twinMemory), constants: lowMemory(memory) };
  };
  return new Map(memoryPages.map((pages) => [pages, benchOf(pages)]));
}

function lowMemory(memory: WebAssembly.Memory): Uint8Array {
  return Uint8Array.from(new Uint8Array(memory.buffer).subarray(0, 1024));
}
