import fc from "fast-check";
import { expect, test } from "vitest";
import { batchesOf, chunksOf, evenChunksOf } from "./batches.ts";

const settings = { seed: 7, batch: 4, shuffle: true };
const numbers = (batches: readonly Int32Array[]): number[] => batches.flatMap((batch) => [...batch]);

test("an epoch takes every example once, and all batches but the last are full", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 9 }), fc.nat(5), fc.boolean(), (count, batch, epoch, shuffle) => {
      const batches = batchesOf(count, epoch, { seed: 1, batch, shuffle });
      expect(numbers(batches).sort((x, y) => x - y)).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(batches.slice(0, -1).every(({ length }) => length === batch)).toBe(true);
      expect(batches.every(({ length }) => length > 0)).toBe(true);
    }),
  );
});

test("the order depends on the seed and the epoch alone", () => {
  expect(batchesOf(30, 3, settings)).toEqual(batchesOf(30, 3, settings));
  expect(batchesOf(30, 3, settings)).not.toEqual(batchesOf(30, 4, settings));
  expect(batchesOf(30, 3, settings)).not.toEqual(batchesOf(30, 3, { ...settings, seed: 8 }));
  expect(numbers(batchesOf(30, 3, { ...settings, batch: 7 }))).toEqual(numbers(batchesOf(30, 3, settings)));
  expect(numbers(batchesOf(5, 3, { ...settings, shuffle: false }))).toEqual([0, 1, 2, 3, 4]);
});

test("chunks hold sentences of similar length, the longest first, in stable order", () => {
  const batch = [2, 9, 2, 5, 9].map((length, id) => ({ length, id }));
  const chunks = chunksOf(batch, 2);
  expect(chunks.map((chunk) => chunk.map(({ id }) => id))).toEqual([[1, 4], [3, 0], [2]]);
  expect(batch.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
  expect(chunksOf([], 3)).toEqual([]);
});

test("even chunks are equally many, hold every sentence once and about equally many words", () => {
  const batch = [2, 9, 2, 5, 9, 7, 4].map((length, id) => ({ length, id }));
  const chunks = evenChunksOf(batch, 3);
  expect(chunks.map((chunk) => chunk.map(({ id }) => id))).toEqual([
    [1, 6],
    [4, 0, 2],
    [5, 3],
  ]);
  expect(evenChunksOf(batch, 7).map(({ length }) => length)).toEqual([7]);
  expect(evenChunksOf([], 3)).toEqual([]);
});
