import { expect, test } from "vitest";
import { type Document, documentFromSentence } from "../../schema/index.ts";
import { Suggester, type SuggestOptions } from "../index.ts";

/** A sentence with confidences for its entities, and for relations between the first two. */
function document(text: string, entities: readonly number[], relations: readonly number[] = []): Document {
  const tokens = text.split(" ");
  return documentFromSentence({
    id: text,
    tokens,
    entities: entities.map((confidence, start) => ({ start, end: start + 1, type: "T", confidence })),
    relations: relations.map((confidence) => ({ head: 0, tail: 1, type: "r", confidence })),
  });
}

function suggest(documents: readonly Document[], options: SuggestOptions, known: readonly Document[] = []): string[] {
  const suggester = new Suggester(options);
  for (const each of known) suggester.exclude(each);
  for (const each of documents) suggester.add(each);
  return suggester.choose().map(({ document }) => document.id);
}

const sure = document("Ada met Bo", [0.999, 0.998], [0.99]);
const doubtful = document("Cy left Acme", [0.9, 0.8], [0.5]);
const doubtfulToo = document("Cy quit Acme", [0.9, 0.79], [0.5]);
const other = document("Rome lies south", [0.7, 0.8], [0.9]);

test("the least certain sentence is first, and one with the same words comes after different ones", () => {
  expect(suggest([sure, doubtful, other, doubtfulToo], { count: 4 })).toEqual([
    "Cy quit Acme",
    "Rome lies south",
    "Cy left Acme",
    "Ada met Bo",
  ]);
  expect(suggest([sure, doubtful, other, doubtfulToo], { count: 3, variety: 0 })).toEqual([
    "Cy quit Acme",
    "Cy left Acme",
    "Rome lies south",
  ]);
});

test("what is known, repeated or empty is no candidate", () => {
  const suggester = new Suggester({ count: 9 });
  suggester.exclude(other);
  expect(
    [doubtful, doubtful, other, document("", [])].map((each) =>
      suggester.add({ ...each, tokens: each.id === "" ? [] : each.tokens }),
    ),
  ).toEqual([true, false, false, false]);
  expect(suggester.choose()).toMatchObject([{ document: doubtful, relations: 1, similarity: 0 }]);
});

test("the uncertainty is the sum of entropies in bits; confidences of 0 and 1 add nothing", () => {
  const suggester = new Suggester({ count: 1 });
  suggester.add(document("a b c d", [0.5, 1, 0], [0.5, 0.25]));
  const quarter = -(0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75));
  expect(suggester.choose()[0]?.uncertainty).toBeCloseTo(2 + quarter, 12);
});

test("of many sentences the least certain ones are kept, whatever their order", () => {
  const many = Array.from({ length: 6000 }, (_, index) =>
    document(`w${index} x${index}`, [0.5 + (0.49 * ((index * 7919) % 6000)) / 6000]),
  );
  const best = many.toSorted((a, b) => (a.entities[0]?.confidence ?? 0) - (b.entities[0]?.confidence ?? 0)).slice(0, 5);
  expect(suggest(many, { count: 5 })).toEqual(best.map(({ id }) => id));
  expect(suggest(many.toReversed(), { count: 5 })).toEqual(best.map(({ id }) => id));
});
