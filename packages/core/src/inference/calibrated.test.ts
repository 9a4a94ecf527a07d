import { describe, expect, test } from "vitest";
import { inverseScaling, type Prediction, scaleConfidence } from "../metrics/index.ts";
import { models } from "../models/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { attachModel, type BuiltModel, buildModel, shareModel } from "./built-model.ts";
import type { Calibration } from "./calibrated.ts";
import { packModel, unpackModel } from "./model-files.ts";
import { Predictor } from "./predictor.ts";
import { recalibrate } from "./recalibrate.ts";

const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({}));
const wordsAndCharacters = { words: { size: 6 }, characters: { size: 4, filters: 3 } };
const pairs = { inputs: { words: { size: 6 }, tags: { size: 3 } }, positionSize: 3, positions: 5, filters: 4 };
const kinds: Record<string, object> = {
  rin: { rounds: 1, inputs: { words: { size: 6 } }, hiddenSize: 5 },
  "joint-nn": { inputs: wordsAndCharacters, hiddenSize: 5, mlpSize: 4 },
  pcnn: pairs,
  pipeline: {
    tagger: { name: "bilstm-tagger", inputs: { words: { size: 6 } }, hiddenSize: 5, decoding: "free" },
    classifier: { name: "pcnn", ...pairs },
  },
};

const made = (name: string): BuiltModel => {
  const settings = models.get(name).settings.parse(kinds[name]) as Readonly<Record<string, unknown>>;
  return buildModel({ name: name, settings, lexicon, threshold: 0.5 }, { build: "baseline", seed: 5 });
};

const calibration = (temperature: number, shift = -0.4): Calibration => ({
  scaling: { temperature, shift },
  rawThreshold: 0.5,
  protocol: "strict",
  data: "dev.jsonl",
  goal: "the best F1",
});

const predict = (built: BuiltModel, threshold: number | Record<string, number>): Prediction[] =>
  new Predictor(built).predict(
    eightSentences.map((sentence) => built.encoder.encode(sentence)),
    { threshold },
  );

describe.each(Object.keys(kinds))("%s", (name) => {
  const built = made(name);
  const raw = predict(built, 1e-3);

  test("scales the confidences of relations and keeps those of entities", () => {
    const found = predict(recalibrate(built, 0.5, calibration(3)), 1e-6);
    expect(raw.flatMap(({ relations }) => relations).length).toBeGreaterThan(3);
    for (const [index, { entities, relations }] of raw.entries()) {
      expect(found[index]?.entities).toEqual(entities);
      const milder = relations.map((relation) => ({
        ...relation,
        confidence: scaleConfidence(relation.confidence ?? 0, { temperature: 3, shift: -0.4 }),
      }));
      expect(found[index]?.relations).toEqual(expect.arrayContaining(milder));
    }
  });

  test("applies thresholds to the scaled confidences, with the same result as to the raw ones", () => {
    const kept = (predictions: readonly Prediction[]): string[] =>
      predictions.flatMap(({ relations }, index) => relations.map(({ head, tail, type }) => `${index} ${head} ${type} ${tail}`));
    for (const temperature of [0.5, 1, 2.5]) {
      const other = recalibrate(built, 0.5, calibration(temperature));
      for (const threshold of [0.2, 0.45, 0.5, 0.6]) {
        expect(kept(predict(other, threshold))).toEqual(
          kept(predict(built, scaleConfidence(threshold, inverseScaling({ temperature, shift: -0.4 })))),
        );
        for (const { confidence } of predict(other, threshold).flatMap(({ relations }) => relations)) {
          expect(confidence).toBeGreaterThanOrEqual(threshold - 1e-6);
        }
      }
      const byType = Object.fromEntries(lexicon.relations.names.map((type, k) => [type, 0.4 + 0.05 * k]));
      for (const { relations } of predict(other, byType)) {
        for (const { type, confidence } of relations) expect(confidence).toBeGreaterThanOrEqual((byType[type] ?? 1) - 1e-6);
      }
    }
  });

  test("survives saving and another thread, and can be removed", () => {
    const other = recalibrate(built, Object.fromEntries(lexicon.relations.names.map((type) => [type, 0.3])), calibration(2));
    const loaded = unpackModel(packModel(other), "m", { build: "baseline" });
    expect(loaded.description).toEqual(other.description);
    const { memory, ...sent } = shareModel(other);
    const attached = attachModel({ ...structuredClone(sent), memory });
    expect(predict(attached, 0.3)).toEqual(predict(other, 0.3));
    expect(predict(loaded, 0.3)).toEqual(predict(other, 0.3));
    const back = recalibrate(loaded, 0.5, undefined);
    expect(back.description).toEqual(built.description);
    expect(predict(back, 1e-3)).toEqual(raw);
    expect(packModel(back)).toEqual(packModel(built));
  });
});
