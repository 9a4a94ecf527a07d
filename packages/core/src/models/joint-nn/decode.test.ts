import { bestPath, Random } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { sentence } from "../../testing/sentences.ts";
import { decodeTags, encodeTags, type TagScheme, tagInventory } from "../../text/index.ts";
import { buildLexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { bestIndex, drawDistinct, drawIndex } from "../sampling.ts";
import { tagConstraints } from "./constraints.ts";
import { chooseLabels } from "./decode.ts";

describe.each(["bio", "bioes", "bilou"] as const)("constraints of %s", (scheme: TagScheme) => {
  const names = tagInventory([null, "PER", "LOC"], scheme);
  const constraints = tagConstraints(names, scheme);

  test("every best path is what its entities are written as", () => {
    const random = Random.of(3, scheme);
    for (let k = 0; k < 200; k++) {
      const length = 1 + random.integer(7);
      const scores = Float64Array.from({ length: length * names.length }, () => random.normal());
      const tags = Array.from(bestPath({ ...constraints, scores }), (tag) => names[tag] ?? "");
      expect(encodeTags(decodeTags(tags, scheme), length, scheme).tags).toEqual(tags);
    }
  });

  test("every consistent sequence is allowed", () => {
    const entities = [
      { start: 0, end: 1, type: "PER" },
      { start: 1, end: 4, type: "PER" },
      { start: 4, end: 6, type: null },
      { start: 7, end: 8, type: "LOC" },
    ];
    const wanted = encodeTags(entities, 8, scheme).tags.map((tag) => names.indexOf(tag));
    const scores = new Float64Array(wanted.length * names.length);
    for (const [i, tag] of wanted.entries()) scores[i * names.length + tag] = 1;
    expect([...bestPath({ ...constraints, scores })]).toEqual(wanted);
  });
});

const lexicon = buildLexicon([sentence("k", "[A|X] [B|X]", "0 r 1", "0 s 1")], lexiconSettings.parse({}));

test("at one half the likeliest label counts, whatever its probability", () => {
  const random = Random.of(8);
  const rows = Array.from({ length: 100 }, () => {
    const powers = Array.from({ length: 5 }, () => Math.exp(random.normal()));
    return powers.map((power) => power / powers.reduce((sum, value) => sum + value, 0));
  });
  const labels = chooseLabels({ threshold: 0.5 }, lexicon, "left-to-right", Float32Array.from(rows.flat()), 0, 100, 5);
  expect([...labels]).toEqual(rows.map((row) => bestIndex(row, 0, 5)));
});

test("thresholds of single types hold against no relation", () => {
  const probabilities = Float32Array.of(9, 9, 9, 0.4, 0.3, 0.3);
  const choose = (threshold: number | Record<string, number>): number =>
    chooseLabels({ threshold }, lexicon, "ordered", probabilities, 1, 1, 3)[0] ?? -1;
  expect(choose(0.5)).toBe(0);
  expect(choose(0.4)).toBe(1);
  expect(choose({ r: 0.9, s: 0.4 })).toBe(2);
  expect(choose({ r: 0.9 })).toBe(0);
});

test("places are drawn as often as they weigh, and a place of weight zero never", () => {
  const random = Random.of(5);
  const counts = [0, 0, 0, 0];
  for (let k = 0; k < 20_000; k++) {
    const place = drawIndex([7, 0, 1, 3], 1, 3, random);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  expect(counts[0]).toBe(0);
  // Five deviations of a share of a quarter.
  expect(Math.abs((counts[1] ?? 0) / 20_000 - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 20_000));
});

test("a set that cannot be filled stays smaller", () => {
  let draws = 0;
  const found = drawDistinct(3, Int32Array.of(1), () => {
    draws++;
    return Int32Array.of(draws % 2);
  });
  expect(found).toEqual([Int32Array.of(0)]);
  expect(draws).toBe(1000);
});
