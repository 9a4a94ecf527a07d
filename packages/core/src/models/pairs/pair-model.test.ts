import { Arena, Engine, ParameterStore, Tape } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { type PairExample, pairFields } from "../../heads/given-pairs/pair-example.ts";
import { PairReader } from "../../heads/given-pairs/pair-reader.ts";
import { buildModel, Predictor } from "../../inference/index.ts";
import { Scope } from "../../nn/index.ts";
import { eightSentences } from "../../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { BioMtlNetwork } from "../bio-mtl/bio-mtl-network.ts";
import { bioMtlSettings } from "../bio-mtl/bio-mtl-settings.ts";
import { models } from "../index.ts";
import { PairModel } from "./pair-model.ts";

const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({}));
const types = lexicon.relations.names;
const small = {
  inputs: { words: { size: 6 }, tags: { size: 3 } },
  positionSize: 3,
  windows: [2],
  filters: 4,
  hiddenSize: 5,
  typeFilter: false,
};

/**
 * A network's scores for every pair, and its model's relations at threshold 0, in the same order.
 */
function scoredAndSaid(loss: "ranking" | "cross-entropy" | "both", theta: number, gamma: number) {
  const settings = bioMtlSettings.parse({ ...small, loss, theta, gamma });
  const engine = Engine.create({ build: "baseline" });
  const store = new ParameterStore(engine.heap, { seed: 5 });
  const network = new BioMtlNetwork(settings, lexicon, new Scope(store, "bio-mtl"));
  const reader = new PairReader(settings, lexicon);
  const examples = eightSentences.map((sentence) => reader.encode(sentence));
  const tape = new Tape(engine, new Arena(engine.heap));
  const margins = { positiveMargin: 2.5, negativeMargin: 0.5, scale: gamma, theta };
  const objective = { loss, identificationWeight: 1, classificationWeight: 1, ...margins };
  const model = new PairModel(settings, lexicon, objective, network);
  const { classes } = network.forward(tape, model.pack(examples, undefined));
  const cells = Array.from(tape.read(classes));
  const scores = Array.from({ length: classes.rows }, (_, k) => cells.slice(k * classes.columns, (k + 1) * classes.columns));
  const said = (threshold: number) => model.predict(tape, examples, { threshold }).flatMap(({ relations }) => relations);
  return { examples, scores, said };
}

const logistic = (value: number): number => 1 / (1 + Math.exp(-value));

test.each(["ranking", "both"] as const)("eq. 9: the best class counts if its score reaches θ, learnt by %s", (loss) => {
  const best = scoredAndSaid(loss, 0, 2).scores.map((row) => {
    const own = row.slice(0, types.length);
    return { type: types[own.indexOf(Math.max(...own))], score: Math.max(...own) };
  });
  // In the middle between two of them, so that about half are reached.
  const middle = best.map(({ score }) => score).sort((a, b) => a - b);
  const theta = ((middle[12] as number) + (middle[13] as number)) / 2;
  const { examples, said } = scoredAndSaid(loss, theta, 2);
  const all = said(0);
  const pairs = examples.flatMap(({ pairs: found }: PairExample) =>
    Array.from({ length: found.length / pairFields }, (_, k) => [found[k * pairFields], found[k * pairFields + 1]]),
  );
  expect(all.map(({ head, tail }) => [head, tail])).toEqual(pairs);
  expect(all.map(({ type }) => type)).toEqual(best.map(({ type }) => type));
  expect(all.map(({ confidence }) => confidence)).toEqual(
    best.map(({ score }) => expect.closeTo(logistic(2 * (score - theta)), 6)),
  );
  const reached = best.filter(({ score }) => score > theta);
  expect([reached.length, best.length]).toEqual([13, 26]);
  expect(said(0.5).map(({ type }) => type)).toEqual(reached.map(({ type }) => type));
});

test("after cross-entropy alone, the most probable class counts, whatever θ and γ are", () => {
  const { scores, said } = scoredAndSaid("cross-entropy", 7, 3);
  const none = types.length;
  const likeliest = scores.map((row) => row.indexOf(Math.max(...row)));
  const related = likeliest.filter((label) => label !== none);
  expect(related.length).toBeGreaterThan(0);
  expect(said(0.5).map(({ type }) => type)).toEqual(related.map((label) => types[label]));
  const expected = scores.map((row) => logistic(Math.max(...row.slice(0, none)) - (row[none] as number)));
  expect(said(0).map(({ confidence }) => confidence)).toEqual(expected.map((value) => expect.closeTo(value, 6)));
});

test.each(["bio-mtl", "pcnn", "eatt-bigru"] as const)("%s finds nothing where training had no relation", (name) => {
  const bare = eightSentences.map((sentence) => ({ ...sentence, relations: [] }));
  const settings = models.get(name).settings.parse({ typeFilter: false });
  const description = { name, settings, lexicon: buildLexicon(bare, lexiconSettings.parse({})), threshold: 0 };
  const built = buildModel(description, { build: "baseline" });
  const found = new Predictor(built).predict(
    bare.map((sentence) => built.encoder.encode(sentence)),
    { threshold: 0 },
  );
  expect(found).toEqual(bare.map(({ entities }) => ({ entities, relations: [] })));
});
