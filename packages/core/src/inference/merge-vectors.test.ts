import { describe, expect, test } from "vitest";
import { ArchiveError, ConfigError } from "../errors.ts";
import { models } from "../models/index.ts";
import type { Sentence } from "../schema/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { vectorsOf } from "../testing/example-vectors.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { attachModel, type BuiltModel, buildModel, shareModel } from "./built-model.ts";
import { mergeModels } from "./merge-models.ts";
import type { ModelFiles } from "./model-file-names.ts";
import { packModel, unpackModel } from "./model-files.ts";
import { Predictor } from "./predictor.ts";

const plural: readonly Sentence[] = eightSentences.map((sentence) => ({
  ...sentence,
  tokens: sentence.tokens.map((word) => `${word}s`),
}));
const more = [...eightSentences, ...plural];
const cities = ["Bonn", "Oslo"];

function made(known: readonly string[] | undefined, sentences: readonly Sentence[] = eightSentences, seed = 1): BuiltModel {
  const settings = models.get("rin").settings.parse({ inputs: { words: { size: 6 } }, rounds: 1, hiddenSize: 5 });
  const lexicon = buildLexicon(sentences, lexiconSettings.parse({}), undefined, known && vectorsOf(known, 6));
  return buildModel({ name: "rin", settings, lexicon, threshold: 0.3 }, { build: "baseline", seed });
}

function merge(...all: BuiltModel[]): BuiltModel {
  return mergeModels(
    all.map((model, k) => ({ model, source: "ab"[k] ?? "c" })),
    { build: "baseline" },
  );
}

function predict(built: BuiltModel): unknown {
  return new Predictor(built).predict(
    more.map((sentence) => built.encoder.encode(sentence)),
    { threshold: 0.3 },
  );
}

function jsonOf(files: ModelFiles, name: "config.json" | "vocab.json"): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(files[name])) as Record<string, unknown>;
}

/** Whether all members have the same set of vectors in memory. */
function sharing({ description: { lexicon, members = [] } }: BuiltModel): boolean {
  const { vectors } = lexicon.words;
  return vectors !== undefined && members.every(({ words }) => words.vectors === vectors);
}

describe.each([
  ["the same words", eightSentences],
  ["different words", more],
])("an ensemble with word vectors whose members know %s", (_, others) => {
  const merged = merge(made(cities), made(cities, others, 2));
  const files = packModel(merged);

  test("stores the vectors once, and is of a version that older Wefts refuse", () => {
    expect(sharing(merged)).toBe(true);
    expect(jsonOf(files, "config.json")).toMatchObject({ version: 3, members: 2 });
    expect(files["vectors.bin"]).toEqual(vectorsOf(cities, 6).bytes());
  });

  test("predicts the same from its files and in another thread", () => {
    const loaded = unpackModel(files, "m", { build: "baseline", shared: true });
    expect(packModel(loaded)).toEqual(files);
    const attached = attachModel(structuredClone(shareModel(loaded)));
    expect([sharing(loaded), sharing(attached)]).toEqual([true, true]);
    expect(predict(loaded)).toEqual(predict(merged));
    expect(predict(attached)).toEqual(predict(merged));
  });

  test("is refused without its vectors, or with others", () => {
    const without = merge(made(undefined), made(undefined, more));
    const { members } = jsonOf(packModel(without), "vocab.json");
    const mixed = new TextEncoder().encode(JSON.stringify({ ...jsonOf(files, "vocab.json"), members }));
    const broken: [ModelFiles, string][] = [
      [{ ...files, "vectors.bin": undefined }, "the words need the vectors"],
      [{ ...files, "vectors.bin": vectorsOf(["Oslo"], 6).bytes() }, "the words need the vectors"],
      [{ ...files, "vocab.json": mixed }, "the members do not have the same word vectors"],
    ];
    for (const [each, message] of broken) {
      expect(() => unpackModel(each, "m")).toThrow(ArchiveError);
      expect(() => unpackModel(each, "m")).toThrow(message);
    }
  });
});

test.each<[string, readonly string[] | undefined, RegExp]>([
  ["none", undefined, /a and b differ in their word vectors \(test and none\)/],
  ["others", ["Oslo"], /a and b differ in their word vectors/],
])("a model with word vectors cannot be merged with one that has %s", (_, known, message) => {
  expect(() => merge(made(cities), made(known))).toThrow(ConfigError);
  expect(() => merge(made(cities), made(known))).toThrow(message);
});
