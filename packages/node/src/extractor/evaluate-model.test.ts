import { fileURLToPath } from "node:url";
import { buildModel } from "@weft-nlp/core/inference";
import { models } from "@weft-nlp/core/models";
import { buildLexicon, lexiconSettings } from "@weft-nlp/core/vocabulary";
import { expect, test } from "vitest";
import { collectSentences } from "../files/read-documents.ts";
import { defaultProtocols, evaluateModel } from "./evaluate-model.ts";
import { loadModel } from "./model-folder.ts";

const example = (name: string): string => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));
const one = { deterministic: true, threads: 1 } as const;

test("computes intervals only on request, and they change no other number", async () => {
  const model = await loadModel(example("model"), one);
  const sentences = (await collectSentences(example("corpus/dev.jsonl"))).sentences.slice(0, 20).map(({ sentence }) => sentence);
  const { report: plain, predictions } = await evaluateModel(model, sentences, one);
  const { report: drawn, predictions: same } = await evaluateModel(model, sentences, { ...one, intervals: { resamples: 100 } });
  expect(same).toEqual(predictions);
  const scored = Object.values(drawn.protocols);
  expect(plain.intervals).toBeNull();
  expect(drawn.intervals).toMatchObject({ resamples: 100, seed: 1 });
  for (const { intervals, micro } of scored) {
    const [low = 1, high = 0] = intervals?.micro.f1 ?? [];
    expect(low).toBeLessThanOrEqual(micro.f1);
    expect(high).toBeGreaterThanOrEqual(micro.f1);
  }
  const withoutIntervals = scored.map((protocol) => [protocol.protocol, { ...protocol, intervals: null }]);
  expect({ ...drawn, intervals: null, protocols: Object.fromEntries(withoutIntervals) }).toEqual(plain);
});

test.each(["rin", "joint-nn"])(
  "%s is scored on data without entity types by protocols that fit what it predicts",
  async (name) => {
    const sentence = {
      id: "s",
      tokens: ["Ada", "in", "Oslo"],
      entities: [
        { start: 0, end: 1, type: null },
        { start: 2, end: 3, type: null },
      ],
      relations: [{ head: 0, tail: 1, type: "lives_in" }],
    };
    const settings = models.get(name).settings.parse({}) as Record<string, unknown>;
    const lexicon = buildLexicon([sentence], lexiconSettings.parse({}));
    const model = buildModel({ name, settings, lexicon, threshold: 0.5 }, { build: "baseline", seed: 1 });
    const { report } = await evaluateModel(model, [sentence], one);
    expect(Object.keys(report.protocols)).toEqual(defaultProtocols(model));
    expect(Object.keys(report.protocols)).toEqual(
      name === "rin"
        ? ["exact", "partial-last", "rin-partial", "rin-exact", "ner-boundaries"]
        : ["exact", "partial-last", "ner-boundaries"],
    );
  },
);
