import fc from "fast-check";
import { expect, test } from "vitest";
import type { Sentence } from "../schema/index.ts";
import { foldsOf } from "./folds.ts";

const sentence = (id: string, group = id): Sentence => ({ id, group, tokens: [id], entities: [], relations: [] });
const plain = (count: number): Sentence[] => Array.from({ length: count }, (_, index) => sentence(`${index}`));
const ids = (sentences: readonly Sentence[]): string[] => sentences.map(({ id }) => id);

test("distributes sentences without documents evenly, and tests each once", () => {
  const folds = foldsOf(plain(23), { folds: 5, seed: 1 });
  expect(folds.map(({ test }) => test.length).sort((a, b) => a - b)).toEqual([4, 4, 5, 5, 5]);
  expect(folds.flatMap(({ test }) => ids(test)).sort()).toEqual(ids(plain(23)).sort());
});

test("the parts of a fold partition the corpus in order, with a tenth of the rest in dev", () => {
  for (const { train, dev, test } of foldsOf(plain(100), { folds: 5, seed: 3 })) {
    expect([...train, ...dev, ...test].map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, index) => index),
    );
    for (const part of [train, dev, test]) expect(ids(part)).toEqual(ids(part).sort((a, b) => Number(a) - Number(b)));
    expect([train.length, dev.length, test.length]).toEqual([72, 8, 20]);
  }
});

test("folds depend only on the seed, and each fold has its own dev part", () => {
  const folds = foldsOf(plain(40), { folds: 4, seed: 7 });
  expect(foldsOf(plain(40), { folds: 4, seed: 7 })).toEqual(folds);
  expect(foldsOf(plain(40), { folds: 4, seed: 8 })).not.toEqual(folds);
  expect(new Set(folds.map(({ dev }) => ids(dev).join(" "))).size).toBe(4);
});

test("no document is in two parts of a fold", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 3, maxLength: 60 }),
      fc.integer({ min: 3, max: 6 }),
      fc.integer({ min: 0, max: 99 }),
      fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      (groups, folds, seed, devShare) => {
        fc.pre(new Set(groups).size >= Math.max(3, folds));
        const sentences = groups.map((group, index) => sentence(`${index}`, `doc-${group}`));
        for (const { train, dev, test } of foldsOf(sentences, { folds, seed, devShare })) {
          const parts = [train, dev, test].map((part) => new Set(part.map(({ group }) => group)));
          const seen = parts.flatMap((part) => [...part]);
          expect(new Set(seen).size).toBe(seen.length);
          expect(parts.every((part) => part.size > 0)).toBe(true);
        }
      },
    ),
  );
});

test("ids that repeat in pooled files are not documents, but a first sentence may have its document's name", () => {
  const pooled = [...plain(6), ...plain(6)];
  const folds = foldsOf(pooled, { folds: 12, seed: 1 });
  expect(folds.map(({ test }) => test.length)).toEqual(new Array(12).fill(1));
  const document = [sentence("d"), sentence("d-2", "d"), ...plain(4)];
  const holding = foldsOf(document, { folds: 5, seed: 1 }).filter(({ test }) => ids(test).some((id) => id.startsWith("d")));
  expect(holding.map(({ test }) => ids(test))).toEqual([["d", "d-2"]]);
});

test("refuses too few documents or folds, and an impossible share", () => {
  const oneDocument = plain(9).map(({ id }) => sentence(id, "the same"));
  expect(() => foldsOf(oneDocument, { folds: 2, seed: 1 })).toThrow("1 documents are too few for 2 folds");
  const lopsided = plain(9).map(({ id }, index) => sentence(id, index < 7 ? "large" : id));
  expect(() => foldsOf(lopsided, { folds: 4, seed: 1 })).toThrow("3 documents are too few for 4 folds");
  expect(() => foldsOf(plain(9), { folds: 1, seed: 1 })).toThrow("folds: expected a whole number of at least 2, found 1");
  expect(() => foldsOf(plain(9), { folds: 2, seed: 1, devShare: 1 })).toThrow("devShare: expected a number between 0 and 1");
});
