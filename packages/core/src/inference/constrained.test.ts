import { Arena, type Engine, Tape } from "@weft-nlp/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type ConstraintSet, type DecodingConstraints, violationsIn } from "../constraints/index.ts";
import type { Prediction } from "../metrics/index.ts";
import { models } from "../models/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { buildLexicon, entityTypesOf, lexiconSettings } from "../vocabulary/index.ts";
import { attachModel, type BuiltModel, buildModel, shareModel } from "./built-model.ts";
import { packModel, unpackModel } from "./model-files.ts";
import { recalibrate, reconstrain, resettle } from "./recalibrate.ts";

const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({}));
const wordsAndCharacters = { words: { size: 6 }, characters: { size: 4, filters: 3 } };
const pairs = { inputs: { words: { size: 6 }, tags: { size: 3 } }, positionSize: 3, positions: 5, filters: 4 };
const cases: readonly (readonly [title: string, name: string, settings: object])[] = [
  ["rin", "rin", { rounds: 1, inputs: { words: { size: 6 } }, hiddenSize: 5, decoding: "free" }],
  ["joint-nn", "joint-nn", { inputs: wordsAndCharacters, hiddenSize: 5, mlpSize: 4 }],
  [
    "joint-nn of ordered pairs with a CRF",
    "joint-nn",
    { inputs: wordsAndCharacters, hiddenSize: 5, mlpSize: 4, pairs: "ordered", tagger: "crf" },
  ],
  ["pcnn", "pcnn", pairs],
  ["undirected pcnn", "pcnn", { ...pairs, pairs: "undirected" }],
  ["bilstm-tagger", "bilstm-tagger", { inputs: { words: { size: 6 } }, hiddenSize: 5 }],
  [
    "pipeline",
    "pipeline",
    { tagger: { name: "bilstm-tagger", inputs: { words: { size: 6 } }, hiddenSize: 5 }, classifier: { name: "pcnn", ...pairs } },
  ],
];
const search = { entityTypes: "joint", nodes: 10_000, beam: 8 } as const;
const [first = "", second = ""] = lexicon.relations.names;
const [person = "", place = ""] = entityTypesOf(lexicon);
const sets: Readonly<Record<string, ConstraintSet>> = {
  "argument types": { relations: { [first]: { arguments: [[person, place]] }, [second]: { arguments: [[place, person]] } } },
  "one per pair": { onePerPair: "unordered", noSelf: true, relations: {} },
  "one per head and tail": { relations: { [first]: { maxPerHead: 1 }, [second]: { maxPerTail: 1, acyclic: true } } },
  "both directions": { relations: { [first]: { symmetric: "both" }, [second]: { symmetric: "canonical" } } },
  inverse: { onePerPair: "ordered", relations: { [first]: { inverse: second } } },
};

/** One for each engine, since a predictor keeps memory of its own. */
const arenas = new WeakMap<Engine, Arena>();

function predict(
  { engine, encoder, model }: BuiltModel,
  threshold: number | Record<string, number>,
  cells = false,
  batch = 8,
): Prediction[] {
  const arena = arenas.get(engine) ?? new Arena(engine.heap);
  arenas.set(engine, arena);
  const examples = eightSentences.map((sentence) => encoder.encode(sentence));
  return Array.from({ length: Math.ceil(8 / batch) }, (_, k) => {
    arena.reset();
    return model.predict(new Tape(engine, arena), examples.slice(k * batch, (k + 1) * batch), { threshold, cells });
  }).flat();
}

const byType = Object.fromEntries(lexicon.relations.names.map((type, k) => [type, 0.15 + 0.2 * k]));

describe.each(cases)("%s", (_, name, settings) => {
  let built: BuiltModel;
  beforeAll(() => {
    const parsed = models.get(name).settings.parse(settings) as Readonly<Record<string, unknown>>;
    built = buildModel({ name, settings: parsed, lexicon, threshold: 0.5 }, { build: "baseline", seed: 5 });
  });

  test("constraints that rule nothing out change no prediction", () => {
    const free = reconstrain(built, { relations: {}, ...search });
    const scaling = { temperature: 2, shift: -0.4 };
    const calibration = { scaling, rawThreshold: 0.5, protocol: "strict", data: "dev", goal: "F1" };
    for (const threshold of [0.001, 0.2, 0.45, 0.5, 0.55, byType]) {
      for (const cells of [false, true]) {
        const found = predict(free, threshold, cells);
        expect(
          found.map(({ search: note, ...rest }) => ({ ...rest, ...(note === undefined ? { unmarked: true } : {}) })),
        ).toEqual(predict(built, threshold, cells));
      }
      const calibrated = predict(recalibrate(free, threshold, calibration), threshold);
      expect(calibrated.map(({ search: _note, ...rest }) => rest)).toEqual(
        predict(recalibrate(built, threshold, calibration), threshold),
      );
    }
  });

  test.each(Object.entries(sets))("predictions comply with %s, alone and in a batch", (_title, set) => {
    const strict = reconstrain(built, { ...set, ...search });
    for (const threshold of [0.05, 0.3, 0.5, byType]) {
      const found = predict(strict, threshold);
      for (const [index, each] of found.entries()) {
        expect(violationsIn(each, set)).toEqual([]);
        expect(each.search).toBeDefined();
        // Given entities stay; found ones keep their spans.
        expect(each.entities.length).toBe(predict(built, threshold)[index]?.entities.length);
      }
      expect(predict(strict, threshold, false, 1)).toEqual(found);
      expect(predict(strict, threshold, false, 3)).toEqual(found);
    }
  });

  test("constraints are saved, sent to threads, and removed", () => {
    const constraints: DecodingConstraints = { ...(sets["one per head and tail"] as ConstraintSet), ...search };
    const strict = reconstrain(built, constraints);
    const loaded = unpackModel(packModel(strict), "m", { build: "baseline" });
    expect(loaded.description).toEqual(strict.description);
    const { memory, ...sent } = shareModel(strict);
    const attached = attachModel({ ...structuredClone(sent), memory });
    const expected = predict(strict, 0.2);
    expect(predict(loaded, 0.2)).toEqual(expected);
    expect(predict(attached, 0.2)).toEqual(expected);
    expect(packModel(reconstrain(strict, undefined))).toEqual(packModel(built));
  });
});

test("other settings read the same weights", () => {
  const settings = models
    .get("rin")
    .settings.parse({ rounds: 0, inputs: { words: { size: 6 } }, hiddenSize: 5, decoding: "free" });
  const built = buildModel({ name: "rin", settings, lexicon, threshold: 0.5 }, { seed: 2 });
  const other = resettle(built, { ...built.description.settings, decoding: "constrained" });
  expect(other.description.settings).toMatchObject({ decoding: "constrained" });
  expect(packModel(other)["model.safetensors"]).toEqual(packModel(built)["model.safetensors"]);
  expect(predict(other, 0.5)).not.toEqual(predict(built, 0.5));
  expect(predict(resettle(other, built.description.settings), 0.5)).toEqual(predict(built, 0.5));
});

test("a model folder whose constraints name unknown labels is refused with the place", () => {
  const settings = models.get("rin").settings.parse({ rounds: 0, inputs: { words: { size: 6 } }, hiddenSize: 5 });
  const built = buildModel({ name: "rin", settings, lexicon, threshold: 0.5 }, { seed: 2 });
  const strict = reconstrain(built, { relations: { [first]: { maxPerHead: 1 } }, ...search });
  const files = packModel(strict);
  const edited = new TextDecoder().decode(files["config.json"]).replace(`"${first}"`, '"borned_in"');
  expect(() => unpackModel({ ...files, "config.json": new TextEncoder().encode(edited) }, "m")).toThrow(
    expect.objectContaining({ code: "ARCHIVE_INVALID", at: { source: "m/config.json" } }),
  );
  expect(() => reconstrain(built, { relations: { borned_in: {} }, ...search })).toThrow("borned_in");
});
