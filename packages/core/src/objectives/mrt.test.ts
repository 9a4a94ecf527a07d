import { Arena, Random, Tape } from "@weft/tensor";
import { describe, expect, test } from "vitest";
import { buildLexicon, lexiconSettings } from "../data/index.ts";
import { type BuiltModel, buildModel } from "../inference/index.ts";
import { decodeRelations } from "../models/joint-nn/decode.ts";
import type { JointOutput } from "../models/joint-nn/index.ts";
import { jointNnSettings } from "../models/joint-nn/settings.ts";
import { type ModelName, models, type Output } from "../models/index.ts";
import { decodeOutput } from "../models/rin/decode.ts";
import type { RinSample } from "../models/rin/outputs.ts";
import { rinSettings } from "../models/rin/settings.ts";
import type { Sentence } from "../schema/index.ts";
import { eightSentences, untyped } from "../testing/sentences.ts";
import { objectiveFor } from "./index.ts";
import { costOf, expectedRisk } from "./risk.ts";
import { type MrtSettings, objectiveSettings } from "./settings.ts";

/** Small networks of the models that can draw outputs, without any noise. */
const cases: Partial<Record<ModelName, Readonly<Record<string, unknown>>>> = {
  rin: { rounds: 1, wordSize: 4, posSize: 2, hiddenSize: 3, inputDropout: 0 },
  "joint-nn": {
    ...{ wordSize: 4, characterSize: 3, characterFilters: 3, hiddenSize: 3, spanFilters: 3, mlpSize: 5, distances: 3 },
    ...{ dropout: 0, tagsRead: "gold", means: "sentence" },
  },
};

/** Few enough words that everything a model can say about them can be written down. */
const one: Sentence = {
  id: "t",
  tokens: ["Ada", "Acme"],
  entities: spansOf([0, 1], [1, 2]),
  relations: [{ head: 0, tail: 1, type: "works_for" }],
};

function spansOf(...spans: readonly (readonly [number, number])[]): Sentence["entities"] {
  return spans.map(([start, end]) => ({ start, end, type: null }));
}

function build(name: ModelName, sentences: readonly Sentence[], extra: object = {}): BuiltModel {
  const settings = models[name].settings.parse({ ...cases[name], ...extra }) as Record<string, unknown>;
  const lexicon = buildLexicon(sentences, lexiconSettings.parse({ scheme: "bilou" }));
  return buildModel({ name, settings, lexicon, threshold: 0.5 }, { build: "baseline", seed: 5 });
}

const mrt = (settings: Partial<MrtSettings>): MrtSettings => objectiveSettings.parse({ name: "mrt", ...settings }) as MrtSettings;

test("every model that can draw outputs is tested here", () => {
  const able = (Object.keys(models) as ModelName[]).filter(
    (name) => build(name, untyped(eightSentences)).model.outputs !== undefined,
  );
  expect(able.sort()).toEqual(Object.keys(cases).sort());
});

describe.each(Object.keys(cases) as ModelName[])("%s", (name) => {
  test("the probabilities of all outputs sum to one", () => {
    const at = workOn(build(name, [one]), [one]);
    const all = everyOutput(at, name);
    const { entities, relations } = at.score([all]);
    const total = all.reduce((sum, _, k) => sum + Math.exp((entities[0]?.[k] ?? 0) + (relations[0]?.[k] ?? 0)), 0);
    expect(total).toBeCloseTo(1, 5);
  });

  test("appendix A: the gradient is the closed form, and the slope of the exact expectation", () => {
    const at = workOn(build(name, [one]), [one]);
    const all = everyOutput(at, name);
    // With μ = 1/2 and α = 2 the distribution over a set of everything is P itself, and eq. 6 is eq. 3.
    const settings = mrt({ mu: 0.5, alpha: 2 });
    const costs = costsOf(at, all, settings);
    const exact = (): number => {
      const { entities, relations } = at.score([all]);
      return all.reduce((sum, _, k) => sum + (costs[k] ?? 0) * Math.exp((entities[0]?.[k] ?? 0) + (relations[0]?.[k] ?? 0)), 0);
    };
    const { entities, relations } = at.score([all]);
    const found = expectedRisk(
      { entities: entities[0] ?? new Float64Array(), relations: relations[0] ?? new Float64Array(), costs },
      settings,
    );
    expect(found.risk).toBeCloseTo(exact(), 5);
    const gradient = at.gradient([all], [found.entityFactors], [found.relationFactors]);

    // α E_Q [∇P / P (Δ − L)], output by output.
    const log = all.map((_, k) => (entities[0]?.[k] ?? 0) + (relations[0]?.[k] ?? 0));
    const mean = found.risk;
    const closed = new Map([...gradient].map(([key, values]) => [key, new Float64Array(values.length)]));
    const likely = all.map((_, k) => k).filter((k) => Math.exp(log[k] ?? 0) > 1e-4);
    for (const k of likely) {
      const indicator = [Float64Array.from(all, (_, i) => (i === k ? 1 : 0))];
      const share = 2 * Math.exp(log[k] ?? 0) * ((costs[k] ?? 0) - mean);
      for (const [key, values] of at.gradient([all], indicator, indicator)) {
        const sum = closed.get(key) as Float64Array;
        for (const [i, value] of values.entries()) sum[i] = (sum[i] ?? 0) + 0.5 * share * value;
      }
    }
    for (const [key, values] of gradient) expectClose(values, closed.get(key) ?? [], 0.02, `closed form of ${key}`);

    const random = Random.of(11, name);
    for (const { name: key, rows, columns } of at.built.store.layout) {
      const values = gradient.get(key) as Float32Array;
      const scale = values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
      for (let k = 0; k < 3; k++) {
        const cell = random.integer(rows * columns);
        const slope = at.slope(key, cell, exact);
        if (slope !== undefined)
          expect(Math.abs((values[cell] ?? 0) - slope), `${key}[${cell}]`).toBeLessThanOrEqual(0.02 * scale + 2e-4);
      }
    }
  });

  test("drawn outputs are distinct, gold comes first, and outputs are as frequent as they are likely", () => {
    const at = workOn(build(name, [one]), [one]);
    const [set = []] = at.sample({ samples: 1000, epsilon: 0 });
    expect(set[0]?.prediction.entities.map(({ start, end }) => [start, end])).toEqual(
      one.entities.map(({ start, end }) => [start, end]),
    );
    expect(new Set(set.map(({ prediction }) => prediction.tags?.join())).size).toBe(set.length);
    // One draw at a time: how often tags come up beside gold, against their probability among those that are not gold.
    const all = everyOutput(at, name);
    const { entities } = at.score([all]);
    const odds = new Map(all.map(({ prediction }, k) => [prediction.tags?.join(), Math.exp(entities[0]?.[k] ?? 0)]));
    const gold = odds.get(set[0]?.prediction.tags?.join()) ?? 0;
    const counts = new Map<string | undefined, number>();
    const draws = 3000;
    const random = Random.of(2);
    for (let k = 0; k < draws; k++) {
      const tags = at.sample({ samples: 1, epsilon: 0 }, random)[0]?.[1]?.prediction.tags?.join();
      counts.set(tags, (counts.get(tags) ?? 0) + 1);
    }
    for (const [tags, p] of odds) {
      if (tags === set[0]?.prediction.tags?.join()) continue;
      const expected = p / (1 - gold);
      const deviation = Math.sqrt((expected * (1 - expected)) / draws);
      expect(Math.abs((counts.get(tags) ?? 0) / draws - expected), tags).toBeLessThan(5 * deviation + 1e-3);
    }
  });

  test("the weights of the objective stay finite on any input", () => {
    const long = Array.from({ length: 60 }, (_, i) => i);
    const bad: Sentence[] = [
      { id: "empty", tokens: [], entities: [], relations: [] },
      { id: "word", tokens: ["x"], entities: [], relations: [] },
      { id: "none", tokens: ["Nobody", "came", "."], entities: [], relations: [] },
      { id: "one", tokens: ["Paris", "slept"], entities: spansOf([0, 1]), relations: [] },
      {
        id: "sixty",
        tokens: long.map((i) => `w${i}`),
        entities: spansOf(...long.map((i) => [i, i + 1] as const)),
        relations: long.slice(1).map((i) => ({ head: i - 1, tail: i, type: "works_for" })),
      },
      {
        id: "overlap",
        tokens: ["a", "b", "c"],
        entities: spansOf([0, 3], [0, 1]),
        relations: [{ head: 1, tail: 0, type: "works_for" }],
      },
    ];
    const built = build(name, [...untyped(eightSentences), ...bad]);
    const stranger = {
      ...one,
      id: "stranger",
      relations: one.relations.map((relation) => ({ ...relation, type: "unheard_of" })),
    };
    for (const settings of [
      { alpha: 1e-4 },
      { alpha: 1e6 },
      { alpha: 1e-12, mu: 0 },
      { alpha: 1, learnedLoss: true, mu: 0.5 },
    ] as const) {
      for (const sentences of [bad, [stranger], bad.slice(0, 1), []]) {
        const at = workOn(built, sentences);
        const { losses, gradient } = at.objective(mrt({ ...settings, samples: 4 }));
        expect(Object.values(losses).every(Number.isFinite), JSON.stringify(losses)).toBe(true);
        for (const [key, values] of gradient) expect(values.every(Number.isFinite), key).toBe(true);
      }
    }
  });
});

test("the sample set of a single word ends where its tags do", () => {
  const word: Sentence = { id: "w", tokens: ["Paris"], entities: spansOf([0, 1]), relations: [] };
  const built = build("joint-nn", [...untyped(eightSentences), word]);
  // 5 tags without types, gold among them.
  expect(workOn(built, [word]).sample({ samples: 50, epsilon: 0.5 })[0]?.length).toBe(5);
});

test.each([1, 0.5])("with μ = %d the relation model's own weights get a risk gradient only below 1", (mu) => {
  const sentences = untyped(eightSentences);
  const at = workOn(build("joint-nn", sentences), sentences);
  const local = at.objective(objectiveSettings.parse({ name: "likelihood" })).gradient;
  const joint = at.objective(mrt({ mu, alpha: 1 })).gradient;
  const changed = [...joint].filter(([key, values]) => differ(values, local.get(key) as Float32Array)).map(([key]) => key);
  const own = changed.filter((key) => /joint-nn\/(first|second|middle|hidden|label)\//.test(key));
  expect(own.length === 0).toBe(mu === 1);
  expect(changed).toEqual(
    expect.arrayContaining(["joint-nn/tag/weight", "joint-nn/word/weight", "joint-nn/encoder/forward/bias"]),
  );
});

test("the variants of algorithm 1 differ as they say", () => {
  const sentences = untyped(eightSentences);
  const at = workOn(build("joint-nn", sentences), sentences);
  const options = { samples: 3, epsilon: 0.1 } as const;
  const [first] = at.sample({ ...options, relations: "best" });
  const [again] = at.sample({ ...options, relations: "best" });
  expect(again).toEqual(first);
  const golds = at.sample(options).map(([gold]) => gold?.prediction.relations);
  expect(golds).toEqual(
    sentences.map(({ relations }) =>
      expect.arrayContaining(relations.slice(0, 1).map(({ head, tail }) => expect.objectContaining({ head, tail }))),
    ),
  );
  expect(at.sample({ ...options, goldRelations: "sampled" }).map(([gold]) => gold?.prediction.relations)).not.toEqual(golds);
});

/** A model, some sentences, and the passes over them that the tests need. */
function workOn(built: BuiltModel, sentences: readonly Sentence[]) {
  const { engine, store, model, encoder } = built;
  const distribution = model.outputs;
  if (distribution === undefined) throw new Error("this model cannot draw outputs");
  const examples = sentences.map((sentence) => encoder.encode(sentence));
  const arena = new Arena(engine.heap, 2 ** 18);
  const options = { factor: 1, random: Random.of(1) };
  const silent = (): Tape => {
    arena.reset();
    return new Tape(engine, arena);
  };

  function recorded(run: (tape: Tape) => void): Map<string, Float32Array> {
    engine.refreshTransposed(store);
    arena.reset();
    const dense = engine.heap.allocate(store.denseSize * 4);
    const tape = new Tape(engine, arena, { gradients: { dense } });
    run(tape);
    tape.backward();
    const gradients = new Map<string, Float32Array>();
    for (const parameter of store.layout) {
      if (parameter.kind === "dense")
        gradients.set(parameter.name, store.read({ ...parameter, at: dense + parameter.slice * 4 }));
      else gradients.set(parameter.name, new Float32Array(parameter.rows * parameter.columns));
    }
    for (const { parameter, ids, at } of tape.rowGradients) {
      const rows = store.read({ ...parameter, at, rows: ids.length });
      const into = gradients.get(parameter.name) as Float32Array;
      for (const [k, id] of ids.entries()) {
        for (let j = 0; j < parameter.columns; j++) {
          const cell = id * parameter.columns + j;
          into[cell] = (into[cell] ?? 0) + (rows[k * parameter.columns + j] ?? 0);
        }
      }
    }
    return gradients;
  }

  return {
    built,
    examples,
    sample: (
      wanted: { samples: number; epsilon: number; relations?: "sampled" | "best"; goldRelations?: "gold" | "sampled" },
      random = Random.of(7),
    ): Output[][] => distribution.sample(silent(), examples, { relations: "sampled", goldRelations: "gold", ...wanted, random }),
    score: (outputs: readonly (readonly Output[])[]) => distribution.logProb(silent(), examples, outputs, options),
    /** Of Σ factor · ln P alone. */
    gradient(
      outputs: readonly (readonly Output[])[],
      entities: Float64Array[],
      relations: Float64Array[],
    ): Map<string, Float32Array> {
      const local = recorded((tape) => void distribution.logProb(tape, examples, outputs, options));
      const both = recorded((tape) => distribution.logProb(tape, examples, outputs, options).addGradient(entities, relations));
      return new Map([...both].map(([key, values]) => [key, values.map((value, k) => value - (local.get(key)?.[k] ?? 0))]));
    },
    objective(settings: Parameters<typeof objectiveFor>[0]) {
      let losses = {};
      const gradient = recorded((tape) => {
        losses = objectiveFor(settings, model).loss(tape, examples, { factor: 1, random: Random.of(3) });
      });
      return { losses, gradient };
    },
    /** The slope of a function of the weights along one of them; nothing where it bends too much to have one here. */
    slope(key: string, cell: number, value: () => number): number | undefined {
      const parameter = store.get(key);
      const weights = store.read(parameter);
      const reach = 0.01;
      const at = (by: number): number => {
        store.write(parameter, weights.with(cell, (weights[cell] ?? 0) + by));
        return value();
      };
      const [near, far] = [reach / 2, reach].map((by) => (at(by) - at(-by)) / (2 * by)) as [number, number];
      store.write(parameter, weights);
      return Math.abs(near - far) > 0.02 * Math.abs(near) + 1e-4 ? undefined : (4 * near - far) / 3;
    },
  };
}

/** By more than a sum over more rows can round to. */
function differ(x: Float32Array, y: Float32Array): boolean {
  const scale = y.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  return x.some((value, k) => Math.abs(value - (y[k] ?? 0)) > 1e-5 * scale);
}

type Work = ReturnType<typeof workOn>;

function costsOf({ built, examples }: Work, outputs: readonly Output[], settings: MrtSettings): Float64Array {
  const example = examples[0] as (typeof examples)[number];
  const gold = built.model.outputs?.goldOf(example);
  return Float64Array.from(outputs, ({ prediction }) =>
    gold === undefined ? 0 : costOf(gold, prediction, example.length, settings),
  );
}

/** Everything that can be said about the only sentence: all tag sequences, each with all relations. */
function everyOutput(work: Work, name: ModelName): Output[] {
  const { lexicon, settings } = work.built.description;
  const length = work.examples[0]?.length ?? 0;
  const [tagged = []] = work.sample({ samples: 1000, epsilon: 1 });
  expect(tagged.length).toBe(lexicon.tags.size ** length);
  return tagged.flatMap((output): Output[] => {
    if (name === "rin") {
      const { tags } = output as RinSample;
      const all = cellsOf(length, lexicon.relations.size);
      return subsets(all).map((chosen) => {
        const cells = chosen.map(([i, j, r]) => ({ i, j, r, probability: 1 }));
        const prediction = decodeOutput(lexicon, rinSettings.parse(settings), tags, [], cells);
        return { tags, cells: Int32Array.from(chosen.flat()), prediction } as RinSample;
      });
    }
    const { reading, prediction } = output as JointOutput;
    const { pairs: order } = jointNnSettings.parse(settings);
    return labellings(reading.pairs.length, 1 + 2 * lexicon.relations.size).map((labels): JointOutput => {
      const relations = decodeRelations(lexicon, order, reading, labels);
      return { reading, labels, prediction: { ...prediction, relations } };
    });
  });
}

function cellsOf(length: number, types: number): [number, number, number][] {
  const cells: [number, number, number][] = [];
  for (let i = 0; i < length; i++) for (let j = 0; j < length; j++) for (let r = 0; r < types; r++) cells.push([i, j, r]);
  return cells;
}

function subsets<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: 2 ** items.length }, (_, mask) => items.filter((_, k) => (mask >> k) % 2 === 1));
}

function labellings(pairs: number, labels: number): Int32Array[] {
  return Array.from({ length: labels ** pairs }, (_, code) =>
    Int32Array.from({ length: pairs }, (_, k) => Math.floor(code / labels ** k) % labels),
  );
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i] ?? Number.NaN));
    worst = Math.max(worst, Math.abs((found[i] ?? Number.NaN) - (expected[i] ?? Number.NaN)));
  }
  expect(worst, what).toBeLessThanOrEqual(tolerance * largest + 1e-6);
}
