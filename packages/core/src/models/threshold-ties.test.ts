// Whether what is exactly at its threshold counts: it does, but for joint-nn, whose labels must
// beat that of no relation.
import { Arena, Tape } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { chooseLabels } from "../heads/span-pairs/decode-relations.ts";
import { labelCandidates } from "../heads/span-pairs/label-candidates.ts";
import { cellsOfTable } from "../heads/word-pairs/decode-cells.ts";
import { buildModel } from "../inference/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { noisyModels } from "../testing/noisy-models.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { models } from "./index.ts";
import { runAlone } from "./proposal-steps.ts";

const sentences = eightSentences.slice(0, 3);
const lexicon = buildLexicon(sentences, lexiconSettings.parse({}));

/** A model whose weights are all zero, so that each of its scores is 0. */
function indifferent(name: string, build: "plain" | "baseline") {
  const settings = models.get(name).settings.parse(noisyModels[name]?.quiet) as Record<string, unknown>;
  const { engine, model, encoder } = buildModel({ name, settings, lexicon, threshold: 0.5 }, { build, seed: null });
  const examples = sentences.map((sentence) => encoder.encode(sentence));
  const tape = () => new Tape(engine, new Arena(engine.heap, 2 ** 16));
  return { model, examples, tape };
}

describe.each(["plain", "baseline"] as const)("with %s kernels", (build) => {
  test("a cell of RIN counts from its threshold on", () => {
    const { model, examples, tape } = indifferent("rin", build);
    const cells = (threshold: number): number[] =>
      model.predict(tape(), examples, { threshold, cells: true }).map((prediction) => prediction.cells?.length ?? -1);
    const all = sentences.map(({ tokens }) => tokens.length ** 2 * lexicon.relations.size);
    expect(cells(0.5)).toEqual(all);
    expect(cells(0.50001)).toEqual(all.map(() => 0));
  });
});

test.each(
  [...models].filter(({ name, capabilities }) => name in noisyModels && capabilities.needsGoldEntities).map(({ name }) => name),
)("a class of a given pair counts from its threshold on: %s", (name) => {
  // θ of bio-mtl is 0 unless it is set: its scores are then at σ(0).
  const { model, examples, tape } = indifferent(name, "plain");
  const found = (threshold: number): number[] =>
    model.predict(tape(), examples, { threshold }).map(({ relations }) => relations.length);
  const candidates = (threshold: number): number[] => {
    const steps = model.proposeInSteps?.(tape(), examples, { threshold });
    if (steps === undefined) throw new Error(`${name} proposes nothing`);
    return runAlone(steps).map((proposed) => proposed.proposal().candidates.filter(({ counts }) => counts).length);
  };
  expect(found(0.5).every((count) => count > 0)).toBe(true);
  expect(candidates(0.5)).toEqual(found(0.5).map((count) => count * lexicon.relations.size));
  for (const none of [found(0.50001), candidates(0.50001)]) expect(none).toEqual([0, 0, 0]);
});

test("the cells of an ensemble count from their threshold on", () => {
  expect(cellsOfTable(Float64Array.of(0.5, 0.4999), [0.5, 0.5])).toEqual([{ i: 0, j: 0, r: 0, probability: 0.5 }]);
});

test("a label of joint-nn counts where it beats no relation, with and without constraints", () => {
  const one = { ...lexicon, relations: buildLexicon(eightSentences.slice(7), lexiconSettings.parse({})).relations };
  expect(one.relations.size).toBe(1);
  const labels = (p: number): number[] => [...chooseLabels({ threshold: 0.5 }, one, "ordered", Float64Array.of(0.4, p), 2)];
  expect([labels(0.4), labels(0.4001)]).toEqual([[0], [1]]);
  const counted = (p: number): boolean[] =>
    labelCandidates({ threshold: 0.5, floors: {} }, one, "ordered", { pairs: [[0, 1]] }, Float64Array.of(0.4, p)).map(
      ({ counts }) => counts,
    );
  expect([counted(0.4), counted(0.4001)]).toEqual([[], [true]]);
});
