import { Random } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { sentence } from "../../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { bestIndex } from "../sampling.ts";
import { chooseLabels } from "./decode-relations.ts";

const lexicon = buildLexicon([sentence("k", "[A|X] [B|X]", "0 r 1", "0 s 1")], lexiconSettings.parse({}));

test("at one half the likeliest label wins, whatever its probability", () => {
  const random = Random.of(8);
  const rows = Array.from({ length: 100 }, () => {
    const powers = Array.from({ length: 5 }, () => Math.exp(random.normal()));
    return powers.map((power) => power / powers.reduce((sum, value) => sum + value, 0));
  });
  const labels = chooseLabels({ threshold: 0.5 }, lexicon, "left-to-right", Float32Array.from(rows.flat()), 5);
  expect([...labels]).toEqual(rows.map((row) => bestIndex(row, 0, 5)));
});

test("the threshold of a type applies against no relation", () => {
  const probabilities = Float32Array.of(0.4, 0.3, 0.3);
  const choose = (threshold: number | Record<string, number>): number =>
    chooseLabels({ threshold }, lexicon, "ordered", probabilities, 3)[0] ?? -1;
  expect(choose(0.5)).toBe(0);
  expect(choose(0.4)).toBe(1);
  expect(choose({ r: 0.9, s: 0.4 })).toBe(2);
  expect(choose({ r: 0.9 })).toBe(0);
});
