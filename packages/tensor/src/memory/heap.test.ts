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

describe("holdings", () => {
  const sizes = [100, 70_000, 0, 64, 5000];

  test("what a thread that has ended held is given to the next one, zero again", () => {
    const first = Heap.create({ shared: true });
    const holdings = first.openHoldings();
    const held = new Heap(first.memory, holdings);
    const taken = sizes.map((bytes) => held.allocate(bytes));
    for (const [k, at] of taken.entries()) first.u8.fill(7, at, at + (sizes[k] ?? 0));
    const end = first.allocate(0);
    first.freeHoldings(holdings);
    const next = new Heap(first.memory, holdings);
    // In another order too: every request takes the smallest piece that is large enough.
    const again = sizes.toReversed().map((bytes) => next.allocate(bytes));
    expect(new Set(again)).toEqual(new Set(taken));
    for (const [k, at] of again.toReversed().entries()) {
      expect(first.u8.subarray(at, at + (sizes[k] ?? 0)).every((byte) => byte === 0)).toBe(true);
    }
    expect(first.allocate(0)).toBe(end);
    expect(next.allocate(100)).toBeGreaterThan(end);
  });

  test("what is in use, and what others hold, is never given away", () => {
    const first = Heap.create({ shared: true });
    const [mine, other] = [first.openHoldings(), first.openHoldings()];
    const taken = [mine, other, mine].map((holdings) => new Heap(first.memory, holdings).allocate(100));
    expect(new Set(taken).size).toBe(3);
    first.freeHoldings(other);
    expect(new Heap(first.memory, mine).allocate(100)).toBeGreaterThan(Math.max(...taken));
    expect(new Heap(first.memory, other).allocate(100)).toBe(taken[1]);
  });

  test("addresses in the upper half of the memory are kept whole", { timeout: 60_000 }, () => {
    const first = Heap.create({ shared: true });
    first.allocate(2 ** 31);
    const holdings = first.openHoldings();
    const at = new Heap(first.memory, holdings).allocate(1000);
    expect(at).toBeGreaterThan(2 ** 31);
    first.freeHoldings(holdings);
    expect(new Heap(first.memory, holdings).allocate(1000)).toBe(at);
  });
});
