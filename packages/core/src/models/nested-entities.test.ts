// Entities inside others, which only a head that scores spans can find.
import { Random } from "@weft-nlp/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type BuiltModel, buildModel, packModel, unpackModel } from "../inference/index.ts";
import type { Entity, Sentence } from "../schema/index.ts";
import { describeModel } from "../testing/describe-model.ts";
import { nestedSentences } from "../testing/nested-sentences.ts";
import { differentiate, learn, learnt, predict, slopeNoise, slopeOf } from "../testing/probe-model.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { models } from "./index.ts";

const spans = { size: 12, filters: 6, distinctWidths: 6 };
const joint = {
  ...{ inputs: { words: { size: 6 }, characters: { size: 4, filters: 5 } }, hiddenSize: 6, spanFilters: 4, mlpSize: 10 },
  ...{ distances: 4, dropout: 0, tagsRead: "gold", means: "sentence", spans },
};
const tagger = {
  ...{ inputs: { words: { size: 6 }, characters: { size: 4, filters: 5 } }, hiddenSize: 6, dropout: 0 },
  spans,
};

function built(name: string, settings: object, sentences: readonly Sentence[] = nestedSentences): BuiltModel {
  const definition = models.get(name);
  return buildModel(
    {
      ...{ name, settings: definition.settings.parse(settings), threshold: 0.5 },
      lexicon: buildLexicon(sentences, lexiconSettings.parse({}), definition.needs?.(definition.settings.parse(settings))),
    },
    { build: "baseline", seed: 3 },
  );
}

// Entities that are not nested, under the contract of every model.
const rare = /(character|distance|width)\/|(label|inner)\/weight$|\/hidden\/|\/(first|second|middle|inner)\/width-/;
describeModel(models.get("joint-nn"), {
  title: "joint-nn with spans",
  settings: joint,
  noise: { dropout: 0.5, wordDropout: 0.5, tagsRead: "scheduled" },
  rare,
  severalRelationsOfAPair: false,
  reach: 0.004,
});
describeModel(models.get("bilstm-tagger"), {
  title: "bilstm-tagger with spans",
  settings: tagger,
  noise: { dropout: 0.5 },
  rare,
  reach: 0.004,
});

const keyed = ({ start, end, type }: { start: number; end: number; type: string | null }): string => `${start}-${end} ${type}`;

describe.each([
  ["left-to-right", joint],
  ["ordered", { ...joint, pairs: "ordered" }],
])("joint-nn with %s pairs of spans", (_, settings) => {
  let model: BuiltModel;
  beforeAll(async () => {
    ({ model } = await learn(models.get("joint-nn"), settings, nestedSentences, 1));
  });

  test("learns nested entities and the relations between them by heart", () => {
    for (const [index, { entities, relations }] of predict(model, nestedSentences).entries()) {
      const gold = nestedSentences[index] as Sentence;
      expect(entities.map(keyed)).toEqual(gold.entities.toSorted((a, b) => a.start - b.start || a.end - b.end).map(keyed));
      const named = (of: Pick<Sentence, "entities" | "relations">): string[] =>
        of.relations
          .map(({ head, tail, type }) => `${keyed(of.entities[head] as Entity)} ${type} ${keyed(of.entities[tail] as Entity)}`)
          .sort();
      expect(named({ entities: [...entities], relations: [...relations] })).toEqual(named(gold));
      for (const { confidence } of entities) expect(confidence).toBeGreaterThan(0.5);
    }
  });

  test("predicts the same alone, in a batch, and after it was saved", () => {
    const all = predict(model, nestedSentences);
    expect(nestedSentences.flatMap((sentence) => predict(model, [sentence]))).toEqual(all);
    const files = packModel(model);
    const loaded = unpackModel(files, "m", { build: "baseline" });
    expect(predict(loaded, nestedSentences)).toEqual(all);
    expect(packModel(loaded)).toEqual(files);
  });
});

test("a tagger finds nested entities by spans", async () => {
  const { model, best } = await learn(models.get("bilstm-tagger"), tagger, nestedSentences, 1);
  expect(best?.score).toBe(1);
  const found = predict(model, nestedSentences).map(({ entities }) => entities.length);
  expect(found).toEqual(nestedSentences.map(({ entities }) => entities.length));
});

test("nested: false finds entities that do not overlap", async () => {
  const flat = { ...tagger, spans: { ...spans, nested: false } };
  const { model } = await learn(models.get("bilstm-tagger"), flat, nestedSentences, 1, { epochs: 60 });
  const found = predict(model, nestedSentences);
  expect(found.some(({ entities }) => entities.length > 1)).toBe(true);
  for (const { entities } of found) {
    for (const [k, { start }] of entities.entries()) {
      if (k > 0) expect(start).toBeGreaterThanOrEqual(entities[k - 1]?.end ?? 0);
    }
  }
});

test.each(["left-to-right", "ordered"])("gradients are the slopes of the loss, %s", (pairs) => {
  const model = built("joint-nn", { ...joint, pairs });
  const { gradients } = differentiate(model, nestedSentences);
  const random = Random.of(7, pairs);
  let [smooth, tried] = [0, 0];
  for (const { name, rows, columns } of learnt(model)) {
    const gradient = gradients.get(name) as Float32Array;
    const scale = gradient.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    expect(scale, name).toBeGreaterThan(0);
    for (let k = 0; k < 6; k++) {
      const at = random.integer(rows * columns);
      const tolerance = 0.01 * scale + slopeNoise;
      const slope = slopeOf(model, nestedSentences, { name, at, tolerance, reach: 0.004 });
      tried++;
      if (slope === undefined) continue;
      smooth++;
      expect(Math.abs((gradient[at] ?? Number.NaN) - slope), `${name}[${at}]`).toBeLessThanOrEqual(tolerance);
    }
  }
  expect(smooth / tried).toBeGreaterThan(0.7);
  expect([...gradients.keys()].filter((name) => /\/(overlap|first-type|second-type)\//.test(name))).toHaveLength(3);
});

test("a choice from train needs to know train", () => {
  const settings = models.get("joint-nn").settings.parse(joint);
  const lexicon = buildLexicon(nestedSentences, lexiconSettings.parse({}), { characters: true });
  const description = { name: "joint-nn", settings, lexicon, threshold: 0.5 };
  expect(() => buildModel(description, { build: "baseline" })).toThrow("does not know the spans");
});

test("without spans, a lexicon holds nothing of them", () => {
  const model = built("joint-nn", { ...joint, spans: "off" });
  expect(JSON.stringify(model.description.lexicon)).not.toContain("spans");
});
