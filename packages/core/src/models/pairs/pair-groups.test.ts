import fc from "fast-check";
import { expect, test } from "vitest";
import type { PairExample } from "../../heads/given-pairs/pair-example.ts";
import { groupsOf, partsOf, rowsOf } from "../../heads/given-pairs/pair-parts.ts";
import { buildModel, Predictor } from "../../inference/index.ts";
import { eightSentences } from "../../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { models } from "../index.ts";

const exampleOf = (length: number, pairs: number): PairExample => ({
  length,
  inputs: {},
  entities: [],
  pairs: Int32Array.from({ length: 3 * pairs }, (_, k) => k),
});
const examples = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 40 })), { maxLength: 12 });

test("groups hold every pair once, in order, and stay within the limit unless a single pair exceeds it", () => {
  fc.assert(
    fc.property(examples, fc.integer({ min: 1, max: 200 }), (shapes, limit) => {
      const all = shapes.map(([length, pairs]) => exampleOf(length, pairs));
      const groups = groupsOf(all, limit);
      const read = new Map(all.map((example): [PairExample, number[]] => [example, []]));
      for (const group of groups) {
        for (const { whole, part } of group) read.get(whole)?.push(...part.pairs);
        const rows = group.reduce((sum, { part }) => sum + rowsOf(part), 0);
        expect(rows <= limit || group.every(({ part }) => part.pairs.length <= 3)).toBe(true);
      }
      for (const example of all) expect(read.get(example)).toEqual([...example.pairs]);
    }),
  );
});

test("an example that fits stays as it is", () => {
  const example = exampleOf(10, 5);
  expect(partsOf(example, 50)).toEqual([example]);
  expect(partsOf(example, 49).map(({ pairs }) => pairs.length / 3)).toEqual([4, 1]);
});

test.each(["eatt-bigru", "pcnn", "bio-mtl"] as const)(
  "%s finds the same in a sentence whose pairs do not fit together",
  (name) => {
    const tokens = Array.from({ length: 120 }, (_, i) => `w${i % 17}`);
    const types = eightSentences.flatMap(({ entities }) => entities.map(({ type }) => type));
    const entities = Array.from({ length: 20 }, (_, k) => ({
      start: 6 * k,
      end: 6 * k + 1,
      type: types[k % types.length] ?? null,
    }));
    const long = { id: "long", tokens, entities, relations: [] };
    const lexicon = buildLexicon([...eightSentences, long], lexiconSettings.parse({}));
    const built = buildModel(
      {
        name,
        settings: models.get(name).settings.parse({
          typeFilter: false,
          inputs: { words: { size: 8 } },
          positionSize: 4,
          ...(name === "eatt-bigru" && { hiddenSize: 8, attentionSize: 8 }),
        }),
        lexicon,
        threshold: 0,
      },
      { seed: 3 },
    );
    const example = built.encoder.encode(long, []) as PairExample;
    expect(rowsOf(example)).toBeGreaterThan(32_768);
    const found = new Predictor(built).predict([example], { threshold: 0 })[0];
    const halves = [0, 1].map((half) => {
      const cut = (190 * half + 190) * 3;
      return new Predictor(built).predict([{ ...example, pairs: example.pairs.slice(190 * 3 * half, cut) } as PairExample], {
        threshold: 0,
      })[0];
    });
    expect(found?.relations).toHaveLength(380);
    const expected = halves.flatMap((half) => half?.relations ?? []);
    for (const [k, { head, tail, type, confidence }] of (found?.relations ?? []).entries()) {
      expect([head, tail, type]).toEqual([expected[k]?.head, expected[k]?.tail, expected[k]?.type]);
      expect(confidence).toBeCloseTo(expected[k]?.confidence ?? 0, 5);
    }
  },
);
