import { Arena, mergeRows, type Parameter, Random, Tape } from "@weft-nlp/tensor";
import type { PretrainedEncoder } from "../encoders/index.ts";
import type { BuiltModel } from "../inference/index.ts";
import type { Prediction } from "../metrics/index.ts";
import type { Losses, ModelDefinition } from "../models/index.ts";
import type { Sentence } from "../schema/index.ts";
import { type EndEvent, parseConfig, train } from "../training/index.ts";

// Helpers for the contract of models: losses with gradients and slopes, predictions, trainings.

/**
 * Half the distance between the outermost points of a slope. In 32 bits a smaller one drowns in the
 * rounding of a large loss.
 */
const usualReach = 0.02;
/** The effect of rounding on a slope over this distance. */
export const slopeNoise = 2e-3;

/**
 * The slope of the loss along one cell, with an error of the fourth order. Undefined if a maximum
 * switches or a unit turns on nearby, which shows as different slopes over two distances.
 *
 * @param tolerance the maximum difference between the slopes over the two distances
 */
export function slopeOf(
  { engine, store, model, encoder }: BuiltModel,
  sentences: readonly Sentence[],
  { name, at, tolerance, reach = usualReach }: { name: string; at: number; tolerance: number; reach?: number | undefined },
): number | undefined {
  const parameter = store.get(name);
  const values = store.read(parameter);
  const examples = sentences.map((sentence) => encoder.encode(sentence));
  const arena = new Arena(engine.heap, 2 ** 16);
  const lossAt = (by: number): number => {
    store.write(parameter, values.with(at, (values[at] ?? 0) + by));
    arena.reset();
    return total(model.loss(new Tape(engine, arena), examples, { factor: 1, random: Random.of(0) }));
  };
  const here = lossAt(0);
  const [near, far] = [reach / 2, reach].map((by) => {
    const [above, below] = [lossAt(by), lossAt(-by)];
    return { slope: (above - below) / (2 * by), bend: (above + below - 2 * here) / by };
  }) as [{ slope: number; bend: number }, { slope: number; bend: number }];
  store.write(parameter, values);
  const kink = Math.max(Math.abs(near.slope - far.slope), Math.abs(2 * near.bend - far.bend));
  return kink > tolerance ? undefined : (4 * near.slope - far.slope) / 3;
}

/** All parameters except running statistics, which have no gradient. */
export function learnt({ store }: Pick<BuiltModel, "store">): readonly Parameter[] {
  return store.layout.filter(({ kind }) => kind !== "running");
}

/**
 * Losses of sentences, summed, and the gradient of their sum by parameter name, without padding.
 */
export function differentiate(
  { engine, store, model, encoder }: BuiltModel,
  sentences: readonly Sentence[],
  { training = false, seed = 0 } = {},
): { losses: Losses; gradients: Map<string, Float32Array> } {
  engine.refreshTransposed(store);
  const dense = engine.heap.allocate(store.denseSize * 4);
  const arena = new Arena(engine.heap, 2 ** 16);
  const tape = new Tape(engine, arena, { gradients: { dense }, training, seed });
  const examples = sentences.map((sentence) => encoder.encode(sentence));
  const losses = model.loss(tape, examples, { factor: 1, random: Random.of(seed, "model") });
  tape.backward();
  const tables = new Map(mergeRows(engine, arena, tape.rowGradients).map((table) => [table.parameter.name, table]));
  const gradients = learnt({ store }).map((parameter): [string, Float32Array] => {
    if (parameter.kind === "dense") return [parameter.name, store.read({ ...parameter, at: dense + parameter.slice * 4 })];
    const whole = new Float32Array(parameter.rows * parameter.columns);
    const { ids = new Int32Array(0), at = 0 } = tables.get(parameter.name) ?? {};
    const rows = store.read({ ...parameter, at, rows: ids.length });
    for (const [k, id] of ids.entries()) {
      whole.set(rows.subarray(k * parameter.columns, (k + 1) * parameter.columns), id * parameter.columns);
    }
    return [parameter.name, whole];
  });
  return { losses, gradients: new Map(gradients) };
}

export function predict({ engine, model, encoder, description }: BuiltModel, sentences: readonly Sentence[]): Prediction[] {
  const examples = sentences.map((sentence) => encoder.encode(sentence));
  return model.predict(new Tape(engine, new Arena(engine.heap, 2 ** 16)), examples, { threshold: description.threshold });
}

/** Trains on sentences until they are memorised, with the same sentences as dev. */
export async function learn(
  { name }: ModelDefinition,
  settings: object,
  sentences: readonly Sentence[],
  seed: number,
  { epochs = 80, encoders }: { readonly epochs?: number; readonly encoders?: readonly PretrainedEncoder[] | undefined } = {},
): Promise<EndEvent> {
  const config = parseConfig({
    seed,
    data: { train: "train", dev: "dev" },
    model: { name, ...settings },
    optimizer: { name: "adam", rate: 0.02 },
    training: { epochs, batch: 8, chunk: 3, evaluateEvery: 4 },
  });
  for await (const event of train({ config, train: sentences, dev: sentences, engine: { build: "baseline", encoders } })) {
    if (event.kind === "end") return event;
  }
  throw new Error("training ended without an end event");
}

export function total(losses: Losses): number {
  return Object.values(losses).reduce((sum, value) => sum + value, 0);
}
