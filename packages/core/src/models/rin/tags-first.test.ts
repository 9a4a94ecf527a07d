// The short way (tags first, then only the relations of anchors) finds what all cells give.
import { readFileSync } from "node:fs";
import { type KernelBuild, Random } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { collectDocuments, formats } from "../../formats/index.ts";
import { type BuiltModel, buildModel, Predictor, unpackModel } from "../../inference/index.ts";
import type { Prediction, Thresholds } from "../../metrics/index.ts";
import { type Sentence, sentencesOf } from "../../schema/index.ts";
import { buildLexicon, lexiconSettings } from "../../vocabulary/index.ts";
import { rinSettings } from "./rin-settings.ts";

const examples = new URL("../../../../../examples/", import.meta.url);
const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, examples)));

/** Sentences of 0 to 24 words, in which an untrained model finds many entities and relations. */
const drawn = drawSentences(40);

const variants: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  default: {},
  paper: { cell: "paper" },
  "no-er": { ablation: "no-er" },
  "no-rc": { ablation: "no-rc" },
  both: { pool: "both" },
  "free, both without diagonal": { decoding: "free", pool: "both", diagonal: false },
  "free, no diagonal": { decoding: "free", diagonal: false },
  untied: { untied: true },
  "constrained, first": { decoding: "constrained", anchor: "first" },
  "no pair bias": { pairBias: false },
};

/** The plain kernels are slow, so they read only the first documents of the corpus. */
const corpora = { plain: ["test"], baseline: ["train", "dev", "test"] } as const;
const most = { plain: 20, baseline: Infinity } as const;

describe.each(["plain", "baseline"] as const)("with %s kernels", (build) => {
  test.each(corpora[build])("every document of %s has the entities and relations that all cells give", async (split) => {
    const files = ["config.json", "vocab.json", "model.safetensors"].map((name) => [name, bytes(`model/${name}`)]);
    const built = unpackModel(Object.fromEntries(files), "examples/model", { build });
    const text = new TextDecoder().decode(bytes(`corpus/${split}.jsonl`));
    const { documents } = await collectDocuments(formats.jsonl.read([text]));
    const sentences = documents.slice(0, most[build]).flatMap((document) => sentencesOf(document).sentences);
    const found = expectSame(built, sentences, 0.1);
    expect(found.some(({ relations }) => relations.length > 2)).toBe(true);
  });

  test.each(Object.keys(variants))("settings %s give the entities and relations of all cells", (name) => {
    for (const rounds of [0, 1, 4]) {
      const found = expectSame(untrained(build, { rounds, ...variants[name] }), drawn, { a: 0.5, b: 0.3, c: 0 });
      expect(found.reduce((sum, { relations }) => sum + relations.length, 0)).toBeGreaterThan(50);
    }
  });
});

test("sentences whose tags name too few entities have no relations", () => {
  for (const diagonal of [true, false]) {
    const built = untrained("baseline", { diagonal });
    const bias = built.store.get("rin/tag/bias");
    const outside = Float32Array.from({ length: bias.columns }, (_, tag) => (tag === 0 ? 50 : 0));
    built.store.write(bias, outside);
    for (const { entities, relations } of expectSame(built, drawn, 0)) expect([entities, relations]).toEqual([[], []]);
    const alone = drawn.filter(({ tokens }) => tokens.length === 1);
    expectSame(untrained("baseline", { diagonal }), alone, 0);
  }
});

/** Compares both ways and returns what the short one finds. */
function expectSame(built: BuiltModel, sentences: readonly Sentence[], threshold: Thresholds): Prediction[] {
  const predictor = new Predictor(built);
  const encoded = sentences.map((sentence) => built.encoder.encode(sentence));
  const short = predictor.predict(encoded, { threshold });
  const whole = predictor.predict(encoded, { threshold, cells: true });
  expect(short.every(({ cells }) => cells === undefined)).toBe(true);
  expect(whole.every(({ cells }) => cells !== undefined)).toBe(true);
  expect(short).toEqual(whole.map(({ entities, relations, tags }) => ({ entities, relations, tags })));
  return short;
}

function untrained(build: KernelBuild, settings: Readonly<Record<string, unknown>>): BuiltModel {
  return buildModel(
    {
      name: "rin",
      settings: rinSettings.parse({ hiddenSize: 7, inputs: { words: { size: 9 } }, ...settings }),
      lexicon: buildLexicon(drawn, lexiconSettings.parse({})),
      threshold: 0.5,
    },
    { build, seed: 5 },
  );
}

function drawSentences(count: number): Sentence[] {
  const random = Random.of(4711);
  return Array.from({ length: count }, (_, k) => {
    const length = k < 4 ? k : random.integer(25);
    const tokens = Array.from({ length }, () => `w${random.integer(12)}`);
    const entities = length < 4 ? [] : [[0, 1, "x"] as const, [2, 4, "y"] as const];
    const relations = ["a", "b", "c"].map((type) => ({ head: 0, tail: 1, type }));
    return {
      id: `s${k}`,
      tokens,
      entities: entities.map(([start, end, type]) => ({ start, end, type })),
      relations: length < 4 ? [] : relations,
    };
  });
}
