import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Omission, Sentence } from "../../schema/index.ts";
import { eightSentences, sentence, withLastRelations } from "../../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { type PairExample, pairFields } from "./pair-example.ts";
import { PairReader } from "./pair-reader.ts";
import { pairSettings } from "./pair-settings.ts";

const train = withLastRelations(eightSentences);
const lexicon = buildLexicon(train, lexiconSettings.parse({}));
const { relations } = lexicon;

function encoder(settings: object = {}): PairReader {
  return new PairReader(z.strictObject(pairSettings).parse(settings), lexicon);
}

/** Pairs in the form `head tail type`, with `-` for none. */
function pairsOf({ pairs }: PairExample): string[] {
  return Array.from({ length: pairs.length / pairFields }, (_, k) => {
    const [head, tail, label = -1] = pairs.subarray(k * pairFields, (k + 1) * pairFields);
    return `${head} ${tail} ${label < 0 ? "-" : relations.nameOf(label)}`;
  });
}

const first = train[0] as Sentence; // [Ada Lovelace|PER] joined [Acme|ORG] in [Oslo|LOC] .

describe("pairs", () => {
  test("directed: both orders of every two entities, without the filter", () => {
    expect(pairsOf(encoder({ typeFilter: false }).encode(first))).toEqual([
      "0 1 works_for",
      "0 2 -",
      "1 0 -",
      "1 2 based_in",
      "2 0 -",
      "2 1 -",
    ]);
  });

  test("directed: the filter keeps pairs whose types are arguments of some relation in training, in this order", () => {
    // In training: PER → ORG, ORG → LOC, PER → LOC.
    expect(pairsOf(encoder().encode(first))).toEqual(["0 1 works_for", "0 2 -", "1 2 based_in"]);
  });

  test("undirected: each pair once, the first in the text as head, whatever the direction of the relation", () => {
    const second = train[1] as Sentence; // [Initech|ORG] of [New York City|LOC] hired [Bob|PER] .
    expect(pairsOf(encoder({ pairs: "undirected" }).encode(second))).toEqual(["0 1 based_in", "0 2 works_for", "1 2 -"]);
  });

  test("undirected: entities listed out of order are ordered by their place in the text", () => {
    const shuffled: Sentence = {
      ...first,
      entities: [...first.entities].reverse(),
      relations: [{ head: 2, tail: 1, type: "works_for" }],
    };
    expect(pairsOf(encoder({ pairs: "undirected" }).encode(shuffled))).toEqual(["1 0 -", "2 0 -", "2 1 works_for"]);
  });

  test("what a pair cannot hold is reported, and the later relation wins", () => {
    const omissions: Omission[] = [];
    const several = sentence("s", "[A|PER] met [B|LOC] .", "0 works_for 1", "0 lives_in 1", "0 unheard_of 1", "1 lives_in 0");
    expect(pairsOf(encoder().encode(several, omissions))).toEqual(["0 1 lives_in"]);
    expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      "relations[1]: a pair holds one relation, and the last one wins",
      "relations[2]: training has no relation type unheard_of",
      "relations[3]: no relation in training has arguments of these types",
    ]);
  });

  test("tags are BIO, whatever the lexicon's scheme, and an unknown type is outside", () => {
    const tags = ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER"];
    const found = encoder().encode(sentence("s", "[Ada King Lovelace|PER] saw [a bee|ANIMAL] in [Oslo|LOC]"));
    expect(Array.from(found.inputs["tags"]?.["ids"] as Int32Array, (tag) => tags[tag])).toEqual([
      "B-PER",
      "I-PER",
      "I-PER",
      "O",
      "O",
      "O",
      "O",
      "B-LOC",
    ]);
  });
});

describe("examples of a training", () => {
  test("counts: pairs with and without a relation, and those the filter removes", () => {
    const { examples, pairs } = encoder().training(train, { seed: 1 }, []);
    expect(examples.length).toBe(train.length);
    const all = examples.flatMap(pairsOf);
    const negative = all.filter((pair) => pair.endsWith("-")).length;
    expect(pairs).toEqual({ positive: all.length - negative, negative, filtered: pairs.filtered, sampledOut: 0 });
    const possible = train.reduce((sum, { entities }) => sum + entities.length * (entities.length - 1), 0);
    expect(pairs.positive + pairs.negative + pairs.filtered).toBe(possible);
  });

  test("a ratio keeps all pairs with a relation and draws the others by the seed", () => {
    const drawn = (seed: number): { counts: unknown; pairs: string[] } => {
      const made = encoder({ negativeRatio: 0.5, typeFilter: false });
      const { examples, pairs } = made.training(train, { seed }, []);
      return { counts: pairs, pairs: examples.flatMap((example, s) => pairsOf(example).map((pair) => `${s}: ${pair}`)) };
    };
    const { counts, pairs } = drawn(1);
    expect(counts).toMatchObject({ positive: 8, negative: 4, filtered: 0 });
    expect(pairs.filter((pair) => pair.endsWith("-"))).toHaveLength(4);
    expect(pairs).toHaveLength(12);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(2).pairs).not.toEqual(pairs);
  });

  test("shuffled: every pair becomes a separate example with its sentence", () => {
    const grouped = encoder().training(train, { seed: 1 }, []);
    const single = encoder({ batching: "shuffled" }).training(train, { seed: 1 }, []);
    expect(single.pairs).toEqual(grouped.pairs);
    expect(single.examples.every(({ pairs }) => pairs.length === pairFields)).toBe(true);
    expect(single.examples.flatMap(pairsOf)).toEqual(grouped.examples.flatMap(pairsOf));
  });
});
