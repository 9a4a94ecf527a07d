import { Arena, Tape } from "@weft-nlp/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { DecodingConstraints } from "../constraints/index.ts";
import { ArchiveError, ConfigError } from "../errors.ts";
import type { ProbabilityTable } from "../heads/probability-table.ts";
import type { Prediction } from "../metrics/index.ts";
import { decideAlone, joinsEnsembles, type Model, models, type ProposalSteps, proposalSteps } from "../models/index.ts";
import { together } from "../models/proposal-steps.ts";
import type { Sentence } from "../schema/index.ts";
import { eightSentences, withLastRelations } from "../testing/example-sentences.ts";
import { learn } from "../testing/probe-model.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { attachModel, type BuiltModel, buildModel, shareModel } from "./built-model.ts";
import { mergeModels } from "./merge-models.ts";
import type { ModelFiles } from "./model-file-names.ts";
import { packModel, unpackModel } from "./model-files.ts";
import { Predictor } from "./predictor.ts";
import { recalibrate, reconstrain } from "./recalibrate.ts";

const words = { words: { size: 6 } };
const pairs = { inputs: { ...words, tags: { size: 3 } }, positionSize: 3, positions: 5, dropout: 0 };
const tagger = { inputs: { ...words, characters: { size: 4, filters: 3 } }, hiddenSize: 5, dropout: 0 };
const kinds: Record<string, { readonly name: string } & Record<string, unknown>> = {
  rin: { name: "rin", rounds: 1, inputs: words, hiddenSize: 5 },
  "rin, constrained": { name: "rin", rounds: 2, inputs: words, hiddenSize: 5, decoding: "constrained", diagonal: false },
  "joint-nn": { name: "joint-nn", ...tagger, spanFilters: 4, mlpSize: 4 },
  "joint-nn, ordered": { name: "joint-nn", ...tagger, spanFilters: 4, mlpSize: 4, pairs: "ordered" },
  "bilstm-tagger": { name: "bilstm-tagger", ...tagger },
  "softmax tagger": { name: "bilstm-tagger", ...tagger, tagger: "softmax" },
  pcnn: { name: "pcnn", ...pairs, filters: 4 },
  "bio-mtl": { name: "bio-mtl", ...pairs, windows: [2, 3], filters: 4, hiddenSize: 5 },
  "eatt-bigru": { name: "eatt-bigru", ...pairs, hiddenSize: 4, attentionSize: 3 },
  pipeline: {
    name: "pipeline",
    tagger: { name: "bilstm-tagger", ...tagger, tagger: "softmax" },
    classifier: { name: "pcnn", ...pairs, filters: 4 },
  },
};

const train = withLastRelations(eightSentences);
const { names: relationTypes } = buildLexicon(train, lexiconSettings.parse({})).relations;

/** At most so many relations of a type for each head. */
function atMost(maxPerHead: number): DecodingConstraints {
  const relations = Object.fromEntries(relationTypes.map((type) => [type, { maxPerHead }]));
  return { relations, entityTypes: "joint", nodes: 10_000, beam: 8 };
}

test("every kind of model can be a member", () => {
  expect(new Set(Object.values(kinds).map(({ name }) => name))).toEqual(new Set(models.names));
});

async function trained(kind: string, seed: number, sentences: readonly Sentence[] = train): Promise<BuiltModel> {
  const { name, ...settings } = kinds[kind] as (typeof kinds)[string];
  return (await learn(models.get(name), settings, sentences, seed, { epochs: 40 })).model;
}

function member(model: BuiltModel, source = "one"): { model: BuiltModel; source: string } {
  return { model, source };
}

const ensembleOf = (...all: BuiltModel[]): BuiltModel =>
  mergeModels(
    all.map((model) => member(model)),
    { build: "baseline" },
  );

function predict(
  built: BuiltModel,
  options: { threshold: number; cells?: boolean },
  sentences: readonly Sentence[] = train,
): Prediction[] {
  const examples = sentences.map((sentence) => built.encoder.encode(sentence));
  return new Predictor(built).predict(examples, options);
}

function stepsOf({ engine, network, encoder }: BuiltModel, options = { threshold: 0.05, cells: true }): ProposalSteps {
  const steps = network.proposeInSteps?.(
    new Tape(engine, new Arena(engine.heap)),
    train.map((sentence) => encoder.encode(sentence)),
    options,
  );
  if (steps === undefined) throw new Error("no steps");
  return steps;
}

/** With confidences to five digits: sums in another order differ in the last bits. */
function rounded(predictions: readonly Prediction[]): unknown {
  return JSON.parse(
    JSON.stringify(predictions, (key, value: unknown) =>
      key === "confidence" ? Math.round((value as number) * 1e5) / 1e5 : value,
    ),
  );
}

describe.each(Object.keys(kinds))("an ensemble of %s", (kind) => {
  let one: BuiltModel;
  let two: BuiltModel;
  let three: BuiltModel;
  beforeAll(async () => {
    [one, two, three] = [await trained(kind, 1), await trained(kind, 2), await trained(kind, 3)];
  });

  test("given its own tables, a model decides as it does alone", () => {
    if (kind === "bilstm-tagger") return; // Its chain is not in its tables: see below.
    for (const cells of [true, false]) {
      const options = { threshold: 0.05, cells };
      expect(rounded(decideAlone(together([stepsOf(one, options)])))).toEqual(rounded(predict(one, options)));
    }
  });

  test("every table is the mean of the members' tables", () => {
    const seen: (readonly ProbabilityTable[])[] = [];
    const means = together([stepsOf(one), stepsOf(two), stepsOf(three)]);
    for (let step = means.next(); step.done !== true; step = means.next(seen.at(-1))) seen.push(step.value());
    expect(seen[0]?.some(({ length }) => length > 0)).toBe(true);
    // Each member is led through the same decisions, and its own tables are taken on the way.
    const alone = [one, two, three].map((built) => {
      const steps = stepsOf(built);
      return seen.map((given, step) => {
        const { value } = step === 0 ? steps.next() : steps.next(seen[step - 1]);
        const tables = (value as () => readonly ProbabilityTable[])();
        expect(tables.length).toBe(given.length);
        return tables;
      });
    });
    for (const [step, tables] of seen.entries()) {
      for (const [s, table] of tables.entries()) {
        for (const [k, value] of table.entries()) {
          const sum = alone.reduce((total, own) => total + (own[step]?.[s]?.[k] ?? Number.NaN), 0);
          expect(value).toBeCloseTo(sum / 3, 10);
        }
      }
    }
  });

  test("of a network with itself predicts like the network", () => {
    if (kind === "bilstm-tagger") return; // Its members' chains are unknown to the ensemble: see below.
    const own = recalibrate(ensembleOf(one, one), 0.05, undefined);
    expect(rounded(predict(own, { threshold: 0.05, cells: true }))).toEqual(
      rounded(predict(one, { threshold: 0.05, cells: true })),
    );
  });

  test("predicts the same for a sentence alone and in any batch, to the last bit", () => {
    const merged = ensembleOf(one, two);
    const all = predict(merged, { threshold: 0.05 });
    expect(train.flatMap((sentence) => predict(merged, { threshold: 0.05 }, [sentence]))).toEqual(all);
  });

  test("saving, loading and sharing change nothing", () => {
    const merged = ensembleOf(one, two, three);
    const files = packModel(merged);
    expect(jsonOf(files, "config.json")).toMatchObject({ version: 3, members: 3 });
    const loaded = unpackModel(files, "m", { build: "baseline" });
    expect(packModel(loaded)).toEqual(files);
    expect(predict(loaded, { threshold: 0.05 })).toEqual(predict(merged, { threshold: 0.05 }));
    const shared = unpackModel(files, "m", { build: "baseline", shared: true });
    const sent = structuredClone(shareModel(shared));
    const attached = attachModel(sent);
    expect(predict(attached, { threshold: 0.05 })).toEqual(predict(merged, { threshold: 0.05 }));
  });
});

test("a model that takes no steps proposes what it predicts", async () => {
  const { network, engine, encoder } = await trained("rin", 1);
  const examples = train.map((sentence) => encoder.encode(sentence));
  const tape = (): Tape => new Tape(engine, new Arena(engine.heap));
  const found = network.predict(tape(), examples, { threshold: 0.05 });
  const plain: Model = { loss: network.loss, predict: () => found };
  expect(decideAlone(proposalSteps(plain, tape(), examples, { threshold: 0.05 }))).toEqual(found);
  expect([joinsEnsembles(network), joinsEnsembles(plain)]).toEqual([true, false]);
});

test("a conditional random field in an ensemble decodes consistent tags from mean probabilities", async () => {
  const merged = ensembleOf(await trained("bilstm-tagger", 1), await trained("bilstm-tagger", 2));
  for (const { tags = [] } of predict(merged, { threshold: 0.5 })) {
    for (const [i, tag] of tags.entries()) if (/^[IE]/.test(tag)) expect(tags[i - 1]).toMatch(/^[BI]/);
  }
});

describe("members", () => {
  const more: Sentence[] = [
    ...train,
    ...train.map((sentence) => ({ ...sentence, tokens: sentence.tokens.map((word) => `${word}s`) })),
  ];

  test("may know different words", async () => {
    const [one, two] = [await trained("rin", 1), await trained("rin", 2, more)];
    const merged = ensembleOf(one, two, one);
    const sizes = merged.description.members?.map(({ words }) => words.size) ?? [];
    expect(sizes[0]).toBeLessThan(sizes[1] ?? 0);
    expect(merged.description.members?.[2]).toBe(merged.description.members?.[0]);
    const files = packModel(merged);
    const loaded = unpackModel(files, "m", { build: "baseline", shared: true });
    expect(packModel(loaded)).toEqual(files);
    const sent = structuredClone(shareModel(loaded));
    const found = predict(merged, { threshold: 0.05 }, more);
    expect(predict(attachModel(sent), { threshold: 0.05 }, more)).toEqual(found);
  });

  test("decide with the raw threshold, and the ensemble can be calibrated like any model", async () => {
    const one = await trained("rin", 1);
    const calibration = { scaling: { temperature: 2, shift: 1 }, rawThreshold: 0.5, protocol: "strict", data: "d", goal: "g" };
    const merged = ensembleOf(recalibrate(one, 0.9, calibration), one);
    expect(merged.description).toMatchObject({ threshold: 0.5 });
    expect(merged.description.calibration).toBeUndefined();
    const files = packModel(recalibrate(merged, 0.7, calibration));
    const loaded = unpackModel(files, "m", { build: "baseline" });
    expect(loaded.description).toMatchObject({ threshold: 0.7, calibration });
    expect(packModel(loaded)).toEqual(files);
  });

  const fresh = (settings: object, sentences: readonly Sentence[] = train, threshold = 0.5): BuiltModel =>
    buildModel(
      {
        name: "rin",
        settings: models.get("rin").settings.parse({ inputs: words, hiddenSize: 5, ...settings }),
        lexicon: buildLexicon(sentences, lexiconSettings.parse({})),
        threshold,
      },
      { build: "baseline" },
    );
  const pcnnModel = (): BuiltModel =>
    buildModel({
      ...fresh({}).description,
      name: "pcnn",
      settings: models.get("pcnn").settings.parse({}),
    });
  const renamed = train.map((sentence) => ({
    ...sentence,
    relations: sentence.relations.map((each) => ({ ...each, type: `${each.type}s` })),
  }));
  const cases: [string, () => BuiltModel[], RegExp][] = [
    ["one alone", () => [fresh({})], /at least two models/],
    ["other settings", () => [fresh({}), fresh({ rounds: 3 })], /a and b differ in model\.rounds \(\d and 3\)/],
    ["another kind", () => [fresh({}), pcnnModel()], /model\.name \("rin" and "pcnn"\)/],
    ["another threshold", () => [fresh({}), fresh({}, train, 0.4)], /training\.threshold \(0\.5 and 0\.4\)/],
    [
      "other labels",
      () => [fresh({}), fresh({}, renamed)],
      /labels: relation types that only one has: .*; that only the other has: .*s/,
    ],
    ["constraints and none", () => [fresh({}), reconstrain(fresh({}), atMost(1))], /a and b differ in their constraints/],
    [
      "other constraints",
      () => [reconstrain(fresh({}), atMost(1)), reconstrain(fresh({}), atMost(2))],
      /differ in their constraints/,
    ],
    ["an ensemble", () => [fresh({}), ensembleOf(fresh({}), fresh({}))], /b is an ensemble already/],
  ];
  test.each(cases)("%s cannot be merged", (_, make, message) => {
    const all = make().map((model, k) => member(model, "ab"[k]));
    expect(() => mergeModels(all)).toThrow(ConfigError);
    expect(() => mergeModels(all)).toThrow(message);
  });

  test("keep their constraints", () => {
    const merged = ensembleOf(reconstrain(fresh({}), atMost(1)), reconstrain(fresh({}), atMost(1)));
    expect(merged.description.constraints).toEqual(atMost(1));
    expect(unpackModel(packModel(merged), "m").description.constraints).toEqual(atMost(1));
  });

  test("a file whose words do not fit its members is refused", () => {
    const files = packModel(ensembleOf(fresh({}), fresh({}, more)));
    const changed = (name: keyof ModelFiles, change: (value: Record<string, unknown>) => object): ModelFiles => ({
      ...files,
      [name]: new TextEncoder().encode(JSON.stringify(change(jsonOf(files, name)))),
    });
    const broken = [
      changed("config.json", (config) => ({ ...config, members: 3 })),
      changed("config.json", (config) => ({ ...config, members: 1 })),
      changed("config.json", (config) => ({ ...config, members: 1e9 })),
      changed("vocab.json", (vocab) => ({ ...vocab, members: [{}, {}] })),
      changed("vocab.json", (vocab) => ({ ...vocab, members: "many" })),
      changed("vocab.json", (vocab) => ({ ...vocab, relations: [...(vocab["relations"] as string[]), "more"] })),
    ];
    for (const each of broken) expect(() => unpackModel(each, "m")).toThrow(ArchiveError);
  });
});

function jsonOf(files: ModelFiles, name: keyof ModelFiles): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(files[name])) as Record<string, unknown>;
}
