import { expect, test } from "vitest";
import { Arena } from "./arena.ts";
import { Heap } from "./heap.ts";

test("pieces of one step do not overlap and are aligned, whatever their sizes", () => {
  const arena = new Arena(Heap.create(), 256);
  const pieces = [0, 1, 64, 300, 65, 128, 1000, 3].map((bytes) => ({ at: arena.allocate(bytes), bytes }));
  for (const { at } of pieces) expect(at % 64).toBe(0);
  const sorted = pieces.toSorted((x, y) => x.at - y.at);
  for (const [k, { at, bytes }] of sorted.entries())
    expect(sorted[k + 1]?.at ?? Infinity).toBeGreaterThanOrEqual(at + Math.max(bytes, 1));
});

test("after a reset the same requests get the same places and take nothing from the heap", () => {
  const heap = Heap.create();
  const arena = new Arena(heap, 256);
  const requests = [100, 200, 700, 64, 10];
  const first = requests.map((bytes) => arena.allocate(bytes));
  const next = heap.allocate(0);
  arena.reset();
  expect(requests.map((bytes) => arena.allocate(bytes))).toEqual(first);
  expect(heap.allocate(0)).toBe(next);
});

test("a request larger than any block skips blocks that are too small", () => {
  const arena = new Arena(Heap.create(), 256);
  const small = arena.allocate(256);
  arena.reset();
  const large = arena.allocate(1000);
  expect(large >= small + 256 || large + 1000 <= small).toBe(true);
});

test("zeroed space is zero although the last step wrote there", () => {
  const heap = Heap.create();
  const arena = new Arena(heap, 1024);
  heap.u8.fill(255, arena.allocate(512), arena.allocate(512) + 512);
  arena.reset();
  const at = arena.allocateZeroed(1000);
  expect(heap.u8.subarray(at, at + 1000).some((byte) => byte !== 0)).toBe(false);
});

test("releasing a mark frees everything allocated since, across blocks, and nothing before it", () => {
  const heap = Heap.create();
  const arena = new Arena(heap, 256);
  const kept = arena.allocate(64);
  heap.u8.fill(7, kept, kept + 64);
  const mark = arena.mark();
  const first = [arena.allocate(64), arena.allocate(1000), arena.allocate(64)];
  arena.release(mark);
  expect([arena.allocate(64), arena.allocate(1000), arena.allocate(64)]).toEqual(first);
  expect(heap.u8[kept + 63]).toBe(7);
});

test("a failed allocation leaves the arena unchanged", () => {
  const heap = Heap.create({ shared: true });
  const arena = new Arena(heap, 256);
  const before = arena.allocate(64);
  expect(() => arena.allocate(2 ** 32)).toThrow(/MEMORY_EXHAUSTED/);
  expect(arena.allocate(64)).toBe(before + 64);
  const next = arena.allocate(5000);
  expect(arena.allocate(64)).toBeLessThan(next + 5000 + 1024);
});
