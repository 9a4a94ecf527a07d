import { Optimizer } from "@weft-nlp/tensor";
import { type BuiltModel, buildModel } from "../inference/index.ts";
import type { Example, Losses } from "../models/index.ts";
import { localExecutor, parseConfig, Stepper } from "../training/index.ts";
import type { Lexicon } from "../vocabulary/index.ts";
import type { StoredArrays } from "./pytorch-fixture.ts";

/** A training step as `bench/peers/step_fixture.py` computes it. */
export interface StepFixture<Settings, Sentence> {
  readonly training: {
    readonly seed: number;
    /** Steps done before this one, of all. */
    readonly step: number;
    readonly steps: number;
    readonly epoch: number;
    readonly batch: number;
    readonly chunk: number;
    readonly rate: number;
    readonly maxNorm: number;
    readonly warmup: number;
    readonly dropout: Readonly<Record<"word" | "input" | "spatial" | "pooled" | "hidden" | "joint", number>>;
  };
  readonly settings: Settings;
  readonly sentences: readonly Sentence[];
  readonly parameters: StoredArrays;
  /** What the step adds to each parameter. */
  readonly moved: StoredArrays;
  readonly losses: Readonly<Record<string, number>>;
  readonly gradNorm: number;
}

/** A model with the weights of a fixture, and the batch of its step. */
export interface StepPlace {
  readonly model: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly objective?: object | undefined;
  readonly lexicon: Lexicon;
  readonly examples: readonly Example[];
  /** Writes the weights. */
  load(store: BuiltModel["store"]): void;
}

/** Makes the step of a fixture, by the rule w ← w − rate · gradient. */
export async function wholeStep(
  { training }: StepFixture<unknown, unknown>,
  { model, objective, lexicon, examples, load }: StepPlace,
): Promise<{ losses: Losses; gradNorm: number; moved: { name: string; rows: number; columns: number; by: Float32Array }[] }> {
  const { seed, batch, chunk, maxNorm, warmup, rate, steps } = training;
  const config = parseConfig({
    ...{ seed, data: { train: "-", dev: "-" }, model, ...(objective === undefined ? {} : { objective }) },
    training: { batch, chunk, maxNorm, schedule: { name: "linear", warmup } },
  });
  const { name, ...settings } = config.model;
  const built = buildModel({ name, settings, lexicon, threshold: 0.5 }, { seed: null });
  load(built.store);
  const before = built.store.layout.map((parameter) => built.store.read(parameter));
  const optimizer = new Optimizer(built.engine, built.store, { name: "sgd", rate });
  const stepper = new Stepper(built, optimizer, await localExecutor(built), config, steps);
  const { losses, gradNorm } = await stepper.step(examples, training.epoch, training.step);
  const moved = built.store.layout.map((parameter, k) => {
    const { name: path, rows, columns } = parameter;
    return { name: path, rows, columns, by: built.store.read(parameter).map((value, i) => value - (before[k]?.[i] ?? 0)) };
  });
  return { losses, gradNorm, moved };
}
