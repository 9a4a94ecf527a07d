import { Engine, ParameterStore } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { Catalogue } from "../../catalogue.ts";
import { type BuiltModel, buildModel, Predictor, readWeights, writeWeights } from "../../inference/index.ts";
import { Scope } from "../../nn/index.ts";
import type { Sentence } from "../../schema/index.ts";
import { eightSentences } from "../../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { defineModel, joinsEnsembles, type ModelDefinition, models } from "../index.ts";
import { definePipeline } from "./index.ts";
import type { NamedModel } from "./pipeline-settings.ts";

const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({}));
const wordsAndCharacters = { words: { size: 6 }, characters: { size: 4, filters: 3 } };
const taggers = {
  rin: { name: "rin", rounds: 1, inputs: { words: { size: 6 } }, hiddenSize: 5 },
  "joint-nn": { name: "joint-nn", inputs: wordsAndCharacters, hiddenSize: 5, mlpSize: 4 },
  "bilstm-tagger": { name: "bilstm-tagger", inputs: wordsAndCharacters, hiddenSize: 5, decoding: "free" },
};
// Without the type filter, all pairs are classified, whatever types an untrained tagger finds.
const small = { inputs: { words: { size: 7 }, tags: { size: 3 } }, positionSize: 3, positions: 5, typeFilter: false };
const classifiers = {
  "bio-mtl": { name: "bio-mtl", ...small, windows: [2], filters: 4, hiddenSize: 6 },
  pcnn: { name: "pcnn", ...small, filters: 4 },
  "eatt-bigru": { name: "eatt-bigru", ...small, hiddenSize: 4, attentionSize: 3 },
};

test("every model is a tagger or a classifier, but the pipeline itself", () => {
  const names = models.names.filter((name) => name !== "pipeline");
  expect([...Object.keys(taggers), ...Object.keys(classifiers)]).toEqual(names);
});

const pairs = Object.values(taggers).flatMap((tagger) =>
  Object.values(classifiers).map((classifier) => ({ tagger, classifier })),
);

test.each(pairs)("$tagger.name with $classifier.name predicts what the two predict in sequence", ({ tagger, classifier }) => {
  const whole = built({ name: "pipeline", tagger, classifier }, 7);
  const [first, second] = [built(tagger), built(classifier)];
  for (const [part, of] of [
    [first, "tagger"],
    [second, "classifier"],
  ] as const) {
    const prefix = `pipeline/${of}/`;
    const own = [...readWeights(whole.store)].filter(([name]) => name.startsWith(prefix));
    writeWeights(part.store, new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor])), of);
  }
  const found = predict(whole, eightSentences, 0);
  const tagged = predict(first, eightSentences, 1);
  const given = eightSentences.map((sentence, index) => ({
    ...sentence,
    entities: tagged[index]?.entities ?? [],
    relations: [],
  }));
  const related = predict(second, given, 0);
  expect(found.map(({ entities }) => entities)).toEqual(tagged.map(({ entities }) => entities));
  expect(found.map(({ relations }) => relations)).toEqual(related.map(({ relations }) => relations));
  expect(found.some(({ relations }) => relations.length > 0)).toBe(true);
});

test("a pipeline joins ensembles if both its parts do", () => {
  const own = new Catalogue<ModelDefinition>("model", [
    models.get("bilstm-tagger"),
    models.get("pcnn"),
    defineModel({
      ...models.get("bilstm-tagger"),
      name: "stubborn-tagger",
      build: (settings, known, scope) => {
        const network = models.get("bilstm-tagger").build(settings, known, scope);
        return { loss: network.loss.bind(network), predict: network.predict.bind(network) };
      },
    }),
  ]);
  const definition = definePipeline(own);
  const joins = (name: string): boolean => {
    const settings = definition.settings.parse({ tagger: { ...taggers["bilstm-tagger"], name }, classifier: classifiers.pcnn });
    const scope = new Scope(new ParameterStore(Engine.create().heap, { seed: 1 }));
    return joinsEnsembles(definition.build(settings, lexicon, scope));
  };
  expect([joins("bilstm-tagger"), joins("stubborn-tagger")]).toEqual([true, false]);
});

test("the annotation of a sentence does not affect its prediction", () => {
  const whole = built({ name: "pipeline", tagger: taggers["bilstm-tagger"], classifier: classifiers.pcnn });
  const bare = eightSentences.map((sentence) => ({ ...sentence, entities: [], relations: [] }));
  const found = predict(whole, bare, 0);
  expect(found).toEqual(predict(whole, eightSentences, 0));
  expect(found.some(({ relations }) => relations.length > 0)).toBe(true);
});

test("an undirected classifier is scored without direction", () => {
  const settings = (pairs: string): unknown =>
    models.get("pipeline").settings.parse({ tagger: { name: "rin" }, classifier: { name: "pcnn", pairs } });
  expect(models.get("pipeline").protocols?.(settings("directed"))).toBeUndefined();
  expect(models.get("pipeline").protocols?.(settings("undirected"))?.[0]).toBe("pairs-undirected");
});

function built({ name, ...settings }: NamedModel, seed = 1): BuiltModel {
  const model = name;
  const checked = models.get(model).settings.parse(settings) as Readonly<Record<string, unknown>>;
  return buildModel({ name: model, settings: checked, lexicon, threshold: 0.5 }, { build: "baseline", seed });
}

function predict(model: BuiltModel, sentences: readonly Sentence[], threshold: number) {
  return new Predictor(model).predict(
    sentences.map((sentence) => model.encoder.encode(sentence)),
    { threshold },
  );
}
