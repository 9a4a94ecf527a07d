import { Arena, Random, Tape } from "@weft-nlp/tensor";
import { expect } from "vitest";
import { labelCount } from "../heads/span-pairs/candidate-pairs.ts";
import { decodeRelations } from "../heads/span-pairs/decode-relations.ts";
import { decodeCells } from "../heads/word-pairs/decode-cells.ts";
import { type BuiltModel, buildModel } from "../inference/index.ts";
import { models, type Output } from "../models/index.ts";
import { jointNnSettings } from "../models/joint-nn/joint-nn-settings.ts";
import type { JointOutput } from "../models/joint-nn/joint-outputs.ts";
import type { RinSample } from "../models/rin/rin-outputs.ts";
import { rinSettings } from "../models/rin/rin-settings.ts";
import { objectiveFor } from "../objectives/index.ts";
import type { MrtSettings } from "../objectives/mrt-settings.ts";
import { costOf } from "../objectives/risk.ts";
import type { Sentence } from "../schema/index.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";

/** Small networks of the models that can draw outputs, without dropout. */
const jointNn = {
  ...{
    inputs: { words: { size: 4 }, characters: { size: 3, filters: 3 } },
    hiddenSize: 3,
    spanFilters: 3,
    mlpSize: 5,
    distances: 3,
  },
  ...{ dropout: 0, tagsRead: "gold", means: "sentence" },
};
export const cases: Readonly<Record<string, readonly [name: string, settings: Readonly<Record<string, unknown>>]>> = {
  rin: ["rin", { rounds: 1, inputs: { words: { size: 4 }, pos: { size: 2 } }, hiddenSize: 3, inputDropout: 0 }],
  "joint-nn": ["joint-nn", jointNn],
  "joint-nn with spans": ["joint-nn", { ...jointNn, spans: { longest: 2, nested: true, size: 4, filters: 3 } }],
  "joint-nn with a chain of tags and ordered pairs": ["joint-nn", { ...jointNn, tagger: "crf", pairs: "ordered" }],
};

/** Few enough words to enumerate every output of a model. */
export const one: Sentence = {
  id: "t",
  tokens: ["Ada", "Acme"],
  entities: spansOf([0, 1], [1, 2]),
  relations: [{ head: 0, tail: 1, type: "works_for" }],
};

export function spansOf(...spans: readonly (readonly [number, number])[]): Sentence["entities"] {
  return spans.map(([start, end]) => ({ start, end, type: null }));
}

export function build(label: string, sentences: readonly Sentence[]): BuiltModel {
  const found = cases[label];
  if (found === undefined) throw new Error(`there is no case ${label}`);
  const [name, chosen] = found;
  const settings = models.get(name).settings.parse(chosen) as Record<string, unknown>;
  const lexicon = buildLexicon(sentences, lexiconSettings.parse({ scheme: "bilou" }));
  return buildModel({ name, settings, lexicon, threshold: 0.5 }, { build: "baseline", seed: 5 });
}

/** A model, some sentences, and the passes over them that the tests need. */
export function workOn(built: BuiltModel, sentences: readonly Sentence[]) {
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
    /** The gradient of Σ factor · ln P only. */
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
    /**
     * The slope of a function of the weights along one of them; undefined where its curvature is
     * too large to measure it.
     */
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

/** Whether two gradients differ by more than rounding. */
export function differ(x: Float32Array, y: Float32Array): boolean {
  const scale = y.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  return x.some((value, k) => Math.abs(value - (y[k] ?? 0)) > 1e-5 * scale);
}

type Work = ReturnType<typeof workOn>;

export function costsOf({ built, examples }: Work, outputs: readonly Output[], settings: MrtSettings): Float64Array {
  const [example] = examples;
  const distribution = built.model.outputs;
  if (example === undefined || distribution === undefined) throw new Error("there is nothing to compare outputs with");
  const gold = distribution.goldOf(example);
  return Float64Array.from(outputs, ({ prediction }) => costOf(gold, prediction, example.length, settings));
}

/** Every output for the only sentence: all tag sequences, each with all sets of relations. */
export function everyOutput(work: Work): Output[] {
  const { name, lexicon, settings } = work.built.description;
  const length = work.examples[0]?.length ?? 0;
  const [tagged = []] = work.sample({ samples: 1000, epsilon: 1 });
  const bySpans = name === "joint-nn" && jointNnSettings.parse(settings).spans !== false;
  // Without types, a span is an entity or none; two words have three spans.
  expect(tagged.length).toBe(bySpans ? 2 ** ((length * (length + 1)) / 2) : lexicon.tags.size ** length);
  return tagged.flatMap((output): Output[] => {
    if (name === "rin") {
      const { tags } = output as RinSample;
      const all = cellsOf(length, lexicon.relations.size);
      return subsets(all).map((chosen) => {
        const cells = chosen.map(([i, j, r]) => ({ i, j, r, probability: 1 }));
        const prediction = decodeCells(lexicon, rinSettings.parse(settings), tags, [], cells);
        const sample: RinSample = { tags, cells: Int32Array.from(chosen.flat()), prediction };
        return sample;
      });
    }
    const { entityLabels, reading, prediction } = output as JointOutput;
    const { pairs: order } = jointNnSettings.parse(settings);
    return labellings(reading.pairs.length, labelCount(lexicon.relations.size, order)).map((labels): JointOutput => {
      const relations = decodeRelations(lexicon, order, reading, labels);
      return { entityLabels, reading, labels, prediction: { ...prediction, relations } };
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

/** Expects the gradient to be the slope of the value, for some cells of every parameter. */
export function expectSlopes(work: Work, gradient: Map<string, Float32Array>, value: () => number, random: Random): void {
  for (const { name: key, rows, columns } of work.built.store.layout) {
    const values = gradient.get(key) as Float32Array;
    const scale = values.reduce((top, cell) => Math.max(top, Math.abs(cell)), 0);
    for (let k = 0; k < 3; k++) {
      const cell = random.integer(rows * columns);
      const slope = work.slope(key, cell, value);
      if (slope !== undefined)
        expect(Math.abs((values[cell] ?? 0) - slope), `${key}[${cell}]`).toBeLessThanOrEqual(0.02 * scale + 2e-4);
    }
  }
}

export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i] ?? Number.NaN));
    worst = Math.max(worst, Math.abs((found[i] ?? Number.NaN) - (expected[i] ?? Number.NaN)));
  }
  expect(worst, what).toBeLessThanOrEqual(tolerance * largest + 1e-6);
}
