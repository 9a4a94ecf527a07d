import fc from "fast-check";
import { expect, test } from "vitest";
import type { Prediction } from "../../metrics/index.ts";
import { tagInventory } from "../../text/index.ts";
import { Labels, type Lexicon, Vocabulary } from "../../vocabulary/index.ts";
import { bestIndex } from "../sampling.ts";
import { anchorWords, cellsOfChosen, decodeCells } from "./decode-cells.ts";
import type { CellSettings } from "./read-cells.ts";

const lexicon: Lexicon = {
  words: Vocabulary.build([]),
  pos: undefined,
  typed: true,
  scheme: "bioes",
  tags: Labels.inOrder(tagInventory(["LOC", "PER"], "bioes")),
  relations: Labels.of(["born_in", "lives_in"]),
};
const settings = { anchor: "last" } as const;
const first = { anchor: "first" } as const;
const width = lexicon.tags.size;

/** With the likeliest tag of each word. */
function decode(
  { anchor }: Pick<CellSettings, "anchor">,
  values: Float32Array,
  cells: Parameters<typeof decodeCells>[4],
): Prediction {
  const best = Int32Array.from({ length: values.length / width }, (_, i) => bestIndex(values, i * width, width));
  return decodeCells(lexicon, { anchor }, best, values, cells);
}

/** Tag probabilities that give `tags` the probability named and spread the rest. */
function sure(tags: readonly string[], probability: readonly number[]): Float32Array {
  const values = new Float32Array(tags.length * width);
  for (const [i, tag] of tags.entries()) {
    values.fill((1 - (probability[i] ?? 0)) / (width - 1), i * width, (i + 1) * width);
    values[i * width + (lexicon.tags.find(tag) ?? -1)] = probability[i] ?? 0;
  }
  return values;
}

const tags = ["B-PER", "E-PER", "O", "S-LOC"];
const probabilities = sure(tags, [0.9, 0.8, 0.7, 0.5]);
const cell = (i: number, j: number, r: number, probability: number) => ({ i, j, r, probability });

test("entities come from tags, and their confidence is the product over their tags", () => {
  const found = decode(settings, probabilities, []);
  expect(found.entities).toEqual([
    { start: 0, end: 2, type: "PER", confidence: expect.closeTo(0.72, 5) as number },
    { start: 3, end: 4, type: "LOC", confidence: expect.closeTo(0.5, 5) as number },
  ]);
  expect(found).toMatchObject({ relations: [], cells: [], tags });
});

test("a cell becomes a relation with its probability if both of its words anchor an entity", () => {
  const cells = [cell(1, 3, 0, 0.6), cell(1, 3, 1, 0.7), cell(3, 1, 1, 0.8)];
  expect(decode(settings, probabilities, cells).relations).toEqual([
    { head: 0, tail: 1, type: "born_in", confidence: 0.6 },
    { head: 0, tail: 1, type: "lives_in", confidence: 0.7 },
    { head: 1, tail: 0, type: "lives_in", confidence: 0.8 },
  ]);
});

test("cells without an entity at either end appear only among the cells", () => {
  const cells = [cell(0, 3, 0, 0.9), cell(2, 2, 1, 0.8), cell(1, 2, 0, 0.6)];
  const found = decode(settings, probabilities, cells);
  expect(found.relations).toEqual([]);
  expect(found.cells).toEqual([
    { head: 0, tail: 3, type: "born_in", confidence: 0.9 },
    { head: 2, tail: 2, type: "lives_in", confidence: 0.8 },
    { head: 1, tail: 2, type: "born_in", confidence: 0.6 },
  ]);
  expect(decode(first, probabilities, cells).relations).toEqual([{ head: 0, tail: 1, type: "born_in", confidence: 0.9 }]);
});

test("anchors are the words that relations can use, and cells among them return to their places", () => {
  const entities = [
    [
      { start: 0, end: 2, type: "PER" },
      { start: 3, end: 4, type: "LOC" },
    ],
    [],
    [{ start: 1, end: 3, type: "PER" }],
  ];
  const offsets = Int32Array.of(0, 4, 6, 9);
  const words = anchorWords({ anchor: "last", diagonal: true }, entities, offsets);
  expect(words).toEqual({
    rows: Int32Array.of(1, 3, 8),
    places: Int32Array.of(1, 3, 2),
    offsets: Int32Array.of(0, 2, 2, 3),
  });
  expect(cellsOfChosen([cell(1, 0, 1, 0.5)], words, 0)).toEqual([cell(3, 1, 1, 0.5)]);
  expect(cellsOfChosen([cell(0, 0, 0, 0.5)], words, 2)).toEqual([cell(2, 2, 0, 0.5)]);
  // Without the diagonal one entity makes no pair.
  expect(anchorWords({ anchor: "first", diagonal: false }, entities, offsets)).toEqual({
    rows: Int32Array.of(0, 3),
    places: Int32Array.of(0, 3),
    offsets: Int32Array.of(0, 2, 2, 2),
  });
});

test("an entity related to itself comes from the diagonal", () => {
  expect(decode(settings, probabilities, [cell(1, 1, 0, 0.9)]).relations).toMatchObject([{ head: 0, tail: 0 }]);
});

test("the first of equally likely tags wins, and a sentence without words yields nothing", () => {
  expect(decode(settings, new Float32Array(width).fill(1 / width), []).tags).toEqual(["O"]);
  expect(decode(settings, new Float32Array(0), [])).toEqual({ entities: [], relations: [], tags: [], cells: [] });
});

test("whatever the numbers, entities do not overlap, relations name entities, and no confidence exceeds 1", () => {
  const sentence = fc
    .integer({ min: 0, max: 6 })
    .chain((length) =>
      fc.tuple(
        fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: length * width, maxLength: length * width }),
        fc.array(fc.tuple(fc.nat(Math.max(0, length - 1)), fc.nat(Math.max(0, length - 1)), fc.nat(1)), { maxLength: length }),
      ),
    );
  fc.assert(
    fc.property(sentence, fc.constantFrom(settings, first), ([values, positions], using) => {
      const found = decode(
        using,
        Float32Array.from(values),
        positions.map(([i, j, r]) => cell(i, j, r, 0.5)),
      );
      const covered = found.entities.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, k) => start + k));
      expect(new Set(covered).size).toBe(covered.length);
      for (const { head, tail } of found.relations) expect(Math.max(head, tail)).toBeLessThan(found.entities.length);
      for (const { confidence } of found.entities) expect(confidence).toBeLessThanOrEqual(1);
      expect(found.cells?.length).toBe(positions.length);
    }),
    { numRuns: 100 },
  );
});
