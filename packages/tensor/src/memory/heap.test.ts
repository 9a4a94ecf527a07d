import { describe, expect, test } from "vitest";
import { TensorError } from "../errors.ts";
import { Heap } from "./heap.ts";

describe.each([false, true])("a heap, shared: %s", (shared) => {
  test("space is aligned to a cache line, zero, and belongs to one caller", () => {
    const heap = Heap.create({ shared });
    expect(heap.shared).toBe(shared);
    let end = 1024;
    for (const bytes of [1, 64, 65, 0, 4, 100_000, 12]) {
      const at = heap.allocate(bytes);
      expect(at % 64).toBe(0);
      expect(at).toBeGreaterThanOrEqual(end);
      expect(heap.u8.subarray(at, at + bytes).every((byte) => byte === 0)).toBe(true);
      heap.u8.fill(7, at, at + bytes);
      end = at + bytes;
    }
  });

  test("views follow the memory when it grows, and keep its content", () => {
    const heap = Heap.create({ shared });
    const at = heap.allocate(16);
    heap.floats(at, 4).set([1, 2, 3, 4]);
    const before = heap.f32;
    const far = heap.allocate(300_000);
    expect(heap.f32 === before).toBe(false);
    expect(heap.f32 === heap.f32).toBe(true);
    expect([...heap.floats(at, 4)]).toEqual([1, 2, 3, 4]);
    heap.integers(far + 299_996, 1)[0] = -5;
    expect(heap.i32[(far + 299_996) / 4]).toBe(-5);
    expect(heap.u8.length).toBe(heap.memory.buffer.byteLength);
  });

  test("clearing writes zeros, and nothing next to them", () => {
    const heap = Heap.create({ shared });
    const at = heap.allocate(200_000);
    for (const [from, bytes] of [
      [3, 0],
      [5, 1],
      [64, 65_536],
      [7, 65_537],
      [1, 150_001],
    ] as const) {
      heap.u8.fill(7, at, at + 200_000);
      heap.clear(at + from, bytes);
      const zeros = heap.u8.subarray(at, at + 200_000).reduce((count, byte) => count + Number(byte === 0), 0);
      expect(zeros).toBe(bytes);
      expect(heap.u8.subarray(at + from, at + from + bytes).every((byte) => byte === 0)).toBe(true);
    }
  });

  test("two heaps on one memory never hand out the same space", () => {
    const first = Heap.create({ shared });
    const second = new Heap(first.memory);
    const taken = Array.from({ length: 20 }, (_, k) => (k % 2 === 0 ? first : second).allocate(64));
    expect(new Set(taken).size).toBe(20);
  });
});

test("more than 4 GiB is an error that says how much was asked for", () => {
  const heap = Heap.create();
  const ask = () => heap.allocate(2 ** 32);
  expect(ask).toThrow(TensorError);
  expect(ask).toThrow(/MiB.*MEMORY_EXHAUSTED/);
});

test("a failed allocation takes nothing from smaller ones", () => {
  const heap = Heap.create({ shared: true });
  const before = heap.allocate(64);
  for (let time = 0; time < 40; time++) expect(() => heap.allocate(2 ** 32)).toThrow(/MEMORY_EXHAUSTED/);
  expect(heap.allocate(64)).toBe(before + 64);
});
