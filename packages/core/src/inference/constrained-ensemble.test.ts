import { beforeAll, describe, expect, test } from "vitest";
import { type ConstraintSet, type DecodingConstraints, violationsIn } from "../constraints/index.ts";
import type { Prediction } from "../metrics/index.ts";
import { models } from "../models/index.ts";
import { eightSentences, withLastRelations } from "../testing/example-sentences.ts";
import { buildLexicon, entityTypesOf, lexiconSettings } from "../vocabulary/index.ts";
import { attachModel, type BuiltModel, buildModel, shareModel } from "./built-model.ts";
import { mergeModels } from "./merge-models.ts";
import { packModel, unpackModel } from "./model-files.ts";
import { Predictor } from "./predictor.ts";
import { recalibrate, reconstrain } from "./recalibrate.ts";

const words = { words: { size: 6 } };
const tagger = { inputs: { ...words, characters: { size: 4, filters: 3 } }, hiddenSize: 5, dropout: 0 };
const pcnn = { inputs: { ...words, tags: { size: 3 } }, positionSize: 3, positions: 5, dropout: 0, filters: 4 };
const kinds: Record<string, { readonly name: string } & Record<string, unknown>> = {
  rin: { name: "rin", rounds: 1, inputs: words, hiddenSize: 5, decoding: "free" },
  "joint-nn": { name: "joint-nn", ...tagger, spanFilters: 4, mlpSize: 4 },
  "joint-nn of ordered pairs with a CRF": {
    ...{ name: "joint-nn", ...tagger, spanFilters: 4, mlpSize: 4 },
    ...{ pairs: "ordered", tagger: "crf" },
  },
  pcnn: { name: "pcnn", ...pcnn },
  pipeline: { name: "pipeline", tagger: { name: "bilstm-tagger", ...tagger }, classifier: { name: "pcnn", ...pcnn } },
};

const train = withLastRelations(eightSentences);
const lexicon = buildLexicon(train, lexiconSettings.parse({}));
const [first = "", second = ""] = lexicon.relations.names;
const [person = "", place = ""] = entityTypesOf(lexicon);
const search = { entityTypes: "joint", nodes: 1000, beam: 8 } as const;
const sets: Readonly<Record<string, ConstraintSet>> = {
  "argument types": { relations: { [first]: { arguments: [[person, place]] }, [second]: { arguments: [[place, person]] } } },
  "one per pair": { onePerPair: "unordered", noSelf: true, relations: {} },
  "one per head and tail": { relations: { [first]: { maxPerHead: 1 }, [second]: { maxPerTail: 1, acyclic: true } } },
  inverse: { onePerPair: "ordered", relations: { [first]: { inverse: second } } },
};
const constrained = (model: BuiltModel, set: ConstraintSet): BuiltModel => reconstrain(model, { ...set, ...search });

function predict(built: BuiltModel, options: { threshold: number; cells?: boolean }, batch = 8): Prediction[] {
  const predictor = new Predictor(built);
  const examples = train.map((sentence) => built.encoder.encode(sentence));
  return Array.from({ length: Math.ceil(8 / batch) }, (_, k) =>
    predictor.predict(examples.slice(k * batch, (k + 1) * batch), options),
  ).flat();
}

const withoutNotes = (found: readonly Prediction[]): unknown => found.map(({ search: _note, ...rest }) => rest);

describe.each(Object.keys(kinds))("an ensemble of %s", (kind) => {
  let merged: BuiltModel;
  beforeAll(() => {
    const { name, ...settings } = kinds[kind] as (typeof kinds)[string];
    const parsed = models.get(name).settings.parse(settings) as Readonly<Record<string, unknown>>;
    // Untrained networks find relations everywhere, so that constraints have much to rule out.
    const members = [5, 6].map((seed) => ({
      model: buildModel({ name, settings: parsed, lexicon, threshold: 0.5 }, { build: "baseline", seed }),
      source: `${seed}`,
    }));
    merged = mergeModels(members, { build: "baseline" });
  });

  test("predicts the same with constraints that rule nothing out, calibrated or not", () => {
    const scaling = { temperature: 2, shift: -0.4 };
    const calibration = { scaling, rawThreshold: 0.5, protocol: "strict", data: "dev", goal: "F1" };
    for (const each of [merged, recalibrate(merged, 0.4, calibration)]) {
      const free = constrained(each, { relations: {} });
      for (const threshold of [0.1, 0.5]) {
        for (const cells of [false, true]) {
          const found = predict(free, { threshold, cells });
          expect(found.every(({ search: note }) => note !== undefined)).toBe(true);
          expect(withoutNotes(found)).toEqual(predict(each, { threshold, cells }));
        }
      }
    }
  });

  test.each(Object.entries(sets))("meets %s, alone and in a batch", (_, set) => {
    const strict = constrained(merged, set);
    for (const threshold of [0.1, 0.5]) {
      const found = predict(strict, { threshold });
      expect(found.flatMap((each) => violationsIn(each, set))).toEqual([]);
      expect(predict(strict, { threshold }, 1)).toEqual(found);
      expect(predict(strict, { threshold }, 3)).toEqual(found);
    }
  });

  test("drops a relation that breaks a constraint, and keeps others", () => {
    const before = predict(merged, { threshold: 0.1 });
    const [broken] = before.flatMap(({ entities, relations }) =>
      relations.map(({ head, tail, type }) => ({ type, pair: `${entities[head]?.type} ${entities[tail]?.type}` })),
    );
    const types = entityTypesOf(lexicon);
    const pairs = types.flatMap((head) => types.map((tail): [string, string] => [head, tail]));
    const allowed = pairs.filter(([head, tail]) => `${head} ${tail}` !== broken?.pair);
    const set: ConstraintSet = { relations: { [broken?.type ?? ""]: { arguments: allowed } } };
    expect(allowed.length).toBe(pairs.length - 1);
    expect(before.flatMap((each) => violationsIn(each, set)).length).toBeGreaterThan(0);
    const after = predict(constrained(merged, set), { threshold: 0.1 });
    expect(after.flatMap((each) => violationsIn(each, set))).toEqual([]);
    expect(after.flatMap(({ relations }) => relations).length).toBeGreaterThan(0);
  });

  test("keeps its constraints in files and in other threads", () => {
    const constraints: DecodingConstraints = { ...(sets["one per head and tail"] as ConstraintSet), ...search };
    const strict = reconstrain(merged, constraints);
    const expected = predict(strict, { threshold: 0.2 });
    const loaded = unpackModel(packModel(strict), "m", { build: "baseline", shared: true });
    expect(loaded.description).toMatchObject({ constraints });
    expect(packModel(loaded)).toEqual(packModel(strict));
    expect(predict(loaded, { threshold: 0.2 })).toEqual(expected);
    expect(predict(attachModel(structuredClone(shareModel(loaded))), { threshold: 0.2 })).toEqual(expected);
    expect(packModel(reconstrain(strict, undefined))).toEqual(packModel(merged));
  });
});
