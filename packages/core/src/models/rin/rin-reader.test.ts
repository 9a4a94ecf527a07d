import { expect, test } from "vitest";
import type { Omission, Sentence } from "../../schema/index.ts";
import { eightSentences, sentence, tagged, untyped } from "../../testing/example-sentences.ts";
import { buildLexicon, type Lexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { type RinExample, RinReader } from "./rin-reader.ts";
import { type RinSettings, rinSettings } from "./rin-settings.ts";

const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({ unknown: "shape" }));

function encode(
  item: Sentence,
  settings: Partial<RinSettings> = {},
  using: Lexicon = lexicon,
): { example: RinExample; omissions: Omission[] } {
  const omissions: Omission[] = [];
  const example = new RinReader(rinSettings.parse(settings), using).encode(item, omissions);
  return { example, omissions };
}

/** Gold cells as `i type j`. */
const cellsOf = ({ cells }: RinExample): string[] =>
  Array.from(
    { length: cells.length / 3 },
    (_, k) => `${cells[3 * k]} ${lexicon.relations.names[cells[3 * k + 2] ?? -1]} ${cells[3 * k + 1]}`,
  );
const idsOf = ({ inputs }: RinExample, part: string, column = "ids"): number[] =>
  Array.from(inputs[part]?.[column] ?? [], Number);
const tagsOf = ({ tags }: RinExample, using: Lexicon = lexicon): string[] =>
  Array.from(tags, (tag) => (tag < 0 ? "?" : using.tags.nameOf(tag)));

const [first] = eightSentences as [Sentence];

test("words, tags and cells of a sentence become numbers", () => {
  const { example, omissions } = encode(first);
  expect(omissions).toEqual([]);
  expect(example.length).toBe(7);
  expect(idsOf(example, "words").map((row) => lexicon.words.words[row - lexicon.words.unknownRows])).toEqual(first.tokens);
  expect(tagsOf(example)).toEqual(["B-PER", "E-PER", "O", "S-ORG", "O", "S-LOC", "O"]);
  expect(cellsOf(example)).toEqual(["1 works_for 3", "3 based_in 5"]);
  expect(example.inputs["pos"]).toBeUndefined();
});

test("the anchor of a relation is the last word of an entity, or the first", () => {
  const item = sentence("x", "[New York City|LOC] hired [Dan Brown|PER]", "1 born_in 0");
  expect(cellsOf(encode(item).example)).toEqual(["5 born_in 2"]);
  expect(cellsOf(encode(item, { anchor: "first" }).example)).toEqual(["4 born_in 0"]);
});

test("unknown words are distinguished by shape, and every word has a row for word dropout", () => {
  const { example } = encode(sentence("x", "Zyx zyx Oslo 42"));
  const { words } = lexicon;
  expect(idsOf(example, "words")).toEqual(["Zyx", "zyx", "Oslo", "42"].map((word) => words.indexOf(word)));
  expect(idsOf(example, "words", "unknown")).toEqual(["Zyx", "zyx", "Oslo", "42"].map((word) => words.unknownIndexOf(word)));
  expect(Math.max(...idsOf(example, "words", "unknown"))).toBeLessThan(words.unknownRows);
  expect(idsOf(example, "words")[2]).not.toBe(idsOf(example, "words", "unknown")[2]);
});

test("cells are sorted and distinct", () => {
  const item = sentence(
    "x",
    "[A|PER] [B|LOC] [C|LOC]",
    "0 works_for 2",
    "0 born_in 1",
    "0 works_for 2",
    "0 lives_in 1",
    "0 born_in 1",
  );
  expect(cellsOf(encode(item).example)).toEqual(["0 born_in 1", "0 lives_in 1", "0 works_for 2"]);
});

test("labels that training lacks are reported, and the loss skips their words", () => {
  const item = sentence("x", "[Zeus king|GOD] of [Rome|LOC]", "0 rules 1", "0 lives_in 1");
  const { example, omissions } = encode(item);
  expect(tagsOf(example)).toEqual(["?", "?", "O", "S-LOC"]);
  expect(cellsOf(example)).toEqual(["1 lives_in 3"]);
  expect(omissions).toEqual([
    { source: "x", path: "tokens[0]", reason: expect.stringContaining("B-GOD") as string },
    { source: "x", path: "tokens[1]", reason: expect.stringContaining("E-GOD") as string },
    { source: "x", path: "relations[0]", reason: "training has no relation type rules" },
  ]);
});

test("the longest of overlapping entities keeps its tags; the other is reported, and its relations stay", () => {
  const item: Sentence = {
    ...sentence("x", "New York City Acme"),
    entities: [
      { start: 0, end: 2, type: "LOC" },
      { start: 0, end: 3, type: "LOC" },
      { start: 3, end: 4, type: "ORG" },
    ],
    relations: [
      { head: 2, tail: 0, type: "based_in" },
      { head: 2, tail: 1, type: "based_in" },
    ],
  };
  const { example, omissions } = encode(item);
  expect(tagsOf(example)).toEqual(["B-LOC", "I-LOC", "E-LOC", "S-ORG"]);
  expect(omissions).toEqual([
    { source: "x", path: "entities[0]", reason: expect.stringContaining("tokens 0 to 2 overlap") as string },
  ]);
  expect(cellsOf(example)).toEqual(["3 based_in 1", "3 based_in 2"]);
});

test("a pair of one word exists only with the diagonal", () => {
  const item = sentence("x", "[A|PER]", "0 lives_in 0");
  expect(cellsOf(encode(item).example)).toEqual(["0 lives_in 0"]);
  const { example, omissions } = encode(item, { diagonal: false });
  expect(cellsOf(example)).toEqual([]);
  expect(omissions).toEqual([{ source: "x", path: "relations[0]", reason: "both arguments share their anchor word" }]);
});

test("a model without types reads typed sentences, and part-of-speech tags where it has them", () => {
  const plain = buildLexicon(untyped(eightSentences), lexiconSettings.parse({ scheme: "bio" }));
  expect(tagsOf(encode(first, {}, plain).example, plain)).toEqual(["B", "I", "O", "B", "O", "B", "O"]);
  const withPos = buildLexicon(tagged(eightSentences), lexiconSettings.parse({}));
  const [words] = tagged([first]) as [Sentence];
  expect(idsOf(encode(words, {}, withPos).example, "pos")).toEqual(words.pos?.map((tag) => withPos.pos?.indexOf(tag)));
  expect(new Set(idsOf(encode(first, {}, withPos).example, "pos"))).toEqual(new Set([0]));
});

test("an empty sentence becomes an empty example", () => {
  expect(encode({ id: "x", tokens: [], entities: [], relations: [] }).example).toMatchObject({
    length: 0,
    cells: new Int32Array(0),
  });
});
