import { expect, test } from "vitest";
import type { Omission, Sentence } from "../../schema/index.ts";
import { sentence } from "../../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { jointNnSettings } from "./joint-nn-settings.ts";
import { JointReader } from "./joint-reader.ts";

const known = sentence("k", "[Ada|PER] joined [Acme|ORG] in [Oslo|LOC]", "0 works_for 1", "1 based_in 2", "2 home_of 0");
const lexicon = buildLexicon([known], lexiconSettings.parse({ scheme: "bilou" }));

function encode(item: Sentence, pairs: "left-to-right" | "ordered" = "left-to-right") {
  const omissions: Omission[] = [];
  const example = new JointReader(jointNnSettings.parse({ pairs }), lexicon).encode(item, omissions);
  return { example, reasons: omissions.map(({ path, reason }) => `${path}: ${reason}`) };
}

test("entities become ordered spans, and relations refer to them by index", () => {
  const { example, reasons } = encode({
    ...known,
    entities: known.entities.toReversed(),
    relations: [{ head: 2, tail: 0, type: "based_in" }],
  });
  expect([...example.spans]).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...example.relations]).toEqual([0, 2, lexicon.relations.indexOf("based_in")]);
  expect(Array.from(example.tags, (tag) => lexicon.tags.nameOf(tag))).toEqual(["U-PER", "O", "U-ORG", "O", "U-LOC"]);
  expect(reasons).toEqual([]);
});

test("the last of several relations on a pair stays, and the others are reported", () => {
  const item = sentence("s", "[Ada|PER] joined [Acme|ORG]", "0 works_for 1", "1 home_of 0");
  const { example, reasons } = encode(item);
  expect([...example.relations]).toEqual([1, 0, lexicon.relations.indexOf("home_of")]);
  expect(reasons).toEqual(["relations[1]: a pair holds one relation, and the last one wins"]);
  expect(encode(item, "ordered").reasons).toEqual([]);
});

test("what the network cannot hold is reported", () => {
  const item: Sentence = {
    id: "s",
    tokens: ["the", "Acme", "office"],
    entities: [
      { start: 0, end: 3, type: "LOC" },
      { start: 1, end: 2, type: "ORG" },
      { start: 2, end: 3, type: "GOD" },
    ],
    relations: [
      { head: 1, tail: 0, type: "based_in" },
      { head: 0, tail: 0, type: "based_in" },
      { head: 0, tail: 1, type: "worships" },
    ],
  };
  expect(encode(item).reasons).toEqual([
    "entities[1]: tokens 1 to 2 overlap a longer entity, which tags cannot hold",
    "entities[2]: tokens 2 to 3 overlap a longer entity, which tags cannot hold",
    "relations[0]: an argument overlaps a longer entity",
    "relations[1]: both arguments are the entity at 0:3",
    "relations[2]: training has no relation type worships",
  ]);
});

test("a word whose tag does not occur in training is skipped by the loss", () => {
  const { example, reasons } = encode(sentence("s", "[Zeus|GOD] slept"));
  expect([...example.tags]).toEqual([-1, 0]);
  expect(reasons).toEqual(["tokens[0]: training has no tag U-GOD; the loss skips the word"]);
});
