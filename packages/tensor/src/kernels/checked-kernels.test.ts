import { expect, test } from "vitest";
import { checkedKernels } from "./checked-kernels.ts";
import { plainKernels } from "./plain.ts";

const memory = new WebAssembly.Memory({ initial: 1 });
const kernels = checkedKernels(plainKernels(memory), memory);
const end = memory.buffer.byteLength;

test("a call that keeps the contract runs, and returns what the kernel returns", () => {
  new Float32Array(memory.buffer, 1024, 4).set([1, 2, 3, 4]);
  kernels.scale({ n: 4, factor: 2, y: 1024 });
  expect(kernels.sum({ n: 4, x: 1024 })).toBe(20);
});

test.each([
  ["y reaches past the memory", () => kernels.scale({ n: 8, factor: 2, y: end - 16 }), `y reaches byte ${end + 16}`],
  ["an address below the heap", () => kernels.scale({ n: 4, factor: 2, y: 512 }), "y is 512, where no matrix lies"],
  ["no address", () => kernels.scale({ n: 4, factor: 2, y: 0 }), "y is 0"],
  ["an address between cells", () => kernels.scale({ n: 4, factor: 2, y: 1026 }), "y is 1026, which is no multiple of 4"],
  ["a result over its input", () => kernels.add({ n: 8, x: 1024, y: 1040 }), "x and y overlap"],
  ["a negative count", () => kernels.scale({ n: -4, factor: 2, y: 1024 }), "n is -4, below 0"],
  ["half a count", () => kernels.scale({ n: 0.5, factor: 2, y: 1024 }), "n is 0.5, which is no whole number"],
  ["a flag of 2", () => kernels.multiply({ n: 4, x1: 1024, x2: 1024, y: 2048, accumulate: 2 }), "accumulate is 2"],
  ["a missing field", () => kernels.scale({ n: 4, factor: 2 } as never), "y is missing"],
])("%s is refused", (_, call, message) => {
  expect(call).toThrow(message);
});

test("indices are read from the memory", () => {
  new Int32Array(memory.buffer, 1024, 2).set([0, 20_000]);
  const call = { m: 2, n: 4, index: 1024, x: 2048, xStride: 4, y: 1100, yStride: 4 };
  expect(() => kernels.gatherRows(call)).toThrow("x reaches byte");
  new Int32Array(memory.buffer, 1024, 2).set([0, 2]);
  expect(() => kernels.gatherRows(call)).not.toThrow();
});

test("the last row of a wider matrix ends with its last column", () => {
  const call = { m: 2, n: 4, x: 1024, xStride: 100, y: 2048 };
  expect(() => kernels.sumRows({ ...call, x: end - 4 * 104 })).not.toThrow();
  expect(() => kernels.sumRows({ ...call, x: end - 4 * 103 })).toThrow("x reaches byte");
});

test("what is empty may lie anywhere", () => {
  expect(() => kernels.add({ n: 0, x: 3, y: end + 4 })).not.toThrow();
});
