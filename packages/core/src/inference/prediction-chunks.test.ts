import fc from "fast-check";
import { expect, test } from "vitest";
import { inPlaces, predictionChunk, predictionChunks } from "./prediction-chunks.ts";

test("every sentence is in one chunk of similar lengths within the bounds, and results return to their places", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1300 }), { maxLength: 200 }),
      fc.integer({ min: 1, max: 4 }),
      (lengths, threads) => {
        const examples = lengths.map((length) => ({ length }));
        const chunks = predictionChunks(examples, threads);
        for (const { examples: together } of chunks) {
          expect(together.length).toBeGreaterThan(0);
          expect(together.length).toBeLessThanOrEqual(predictionChunk.sentences);
          const words = together.reduce((sum, { length }) => sum + length, 0);
          expect(words <= predictionChunk.words || together.length === 1).toBe(true);
        }
        const inOrder = chunks.flatMap(({ examples: together }) => together.map(({ length }) => length));
        expect(inOrder).toEqual(lengths.toSorted((a, b) => b - a));
        const found = chunks.map(({ examples: together }) => together.map(({ length }) => length));
        expect(inPlaces(chunks, found)).toEqual(lengths);
      },
    ),
  );
});

test("sentences of the same length stay in their order", () => {
  const [chunk] = predictionChunks([{ length: 3 }, { length: 5 }, { length: 3 }]);
  expect(chunk?.places).toEqual([1, 0, 2]);
});

test("few sentences make chunks for all threads, and many make chunks as large as for one", () => {
  const sentences = (count: number): { length: number }[] => Array.from({ length: count }, () => ({ length: 38 }));
  expect(predictionChunks(sentences(50)).length).toBe(2);
  expect(predictionChunks(sentences(50), 2).length).toBe(9);
  expect(predictionChunks(sentences(512), 2)).toEqual(predictionChunks(sentences(512)));
});
