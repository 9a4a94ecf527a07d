import {
  type Address,
  Arena,
  type ColumnStatistics,
  type Engine,
  mergeRows,
  type ParameterStore,
  Random,
  type TableGradient,
  Tape,
} from "@weft-nlp/tensor";
import { Predictor } from "../inference/index.ts";
import type { Prediction } from "../metrics/index.ts";
import type { BatchSize, Example, Losses, Model, PredictOptions } from "../models/index.ts";
import { type ObjectiveSettings, objectiveFor } from "../objectives/index.ts";

/** Some sentences of a batch, to be worked on by one thread at once. */
export interface ChunkTask {
  /** The step it belongs to: results of one step stay readable until the next. */
  readonly step: number;
  /** A buffer of `ParameterStore.denseSize` floats, the chunk's own. */
  readonly dense: Address;
  readonly examples: readonly Example[];
  /** 1 / sentences of the batch. */
  readonly factor: number;
  readonly batch: BatchSize;
  readonly objective: ObjectiveSettings;
  /** Counted from 1. */
  readonly epoch: number;
  /** Seeds dropout; depends on the step and the chunk, never on the worker. */
  readonly seed: number;
}

export interface ChunkResult {
  readonly losses: Losses;
  readonly dense: Address;
  readonly tables: readonly TableGradient[];
  /** What running statistics are to learn from its rows. */
  readonly statistics: readonly ColumnStatistics[];
}

/** Computes a chunk's gradient in whatever thread it stands in. */
export class ChunkRunner {
  readonly #engine: Engine;
  readonly #store: ParameterStore;
  readonly #model: Model;
  readonly #work: Arena;
  readonly #results: Arena;
  #step = -1;

  constructor(engine: Engine, store: ParameterStore, model: Model) {
    this.#engine = engine;
    this.#store = store;
    this.#model = model;
    this.#work = new Arena(engine.heap);
    this.#results = new Arena(engine.heap);
  }

  gradient({ step, dense, examples, objective, factor, batch, epoch, seed }: ChunkTask): ChunkResult {
    if (step !== this.#step) this.#results.reset();
    this.#step = step;
    this.#work.reset();
    this.#engine.heap.clear(dense, this.#store.denseSize * 4);
    const tape = new Tape(this.#engine, this.#work, { gradients: { dense }, training: true, seed });
    const losses = objectiveFor(objective, this.#model).loss(tape, examples, {
      factor,
      batch,
      epoch,
      random: Random.of(seed, "model"),
    });
    tape.backward();
    return { losses, dense, tables: mergeRows(this.#engine, this.#results, tape.rowGradients), statistics: tape.statistics };
  }
}

/** Where chunks are worked on: this thread, or others that share the engine's memory. */
export interface Executor {
  /** Results in the order of the tasks. */
  gradients(tasks: readonly ChunkTask[]): Promise<ChunkResult[]>;
  /** Predictions in the order of the examples. */
  predict(examples: readonly Example[], options: PredictOptions): Promise<Prediction[]>;
  close(): Promise<void>;
}

/** Everything an executor needs to know of a model in training or in use. */
export interface Workplace {
  readonly engine: Engine;
  readonly store: ParameterStore;
  readonly model: Model;
}

export type ExecutorFactory<Place extends Workplace = Workplace> = (place: Place) => Executor | Promise<Executor>;

/** Works in the calling thread. */
export const localExecutor: ExecutorFactory = ({ engine, store, model }) => {
  const runner = new ChunkRunner(engine, store, model);
  const predictor = new Predictor({ engine, model });
  return {
    gradients: async (tasks) => tasks.map((task) => runner.gradient(task)),
    predict: async (examples, options) => predictor.predict(examples, options),
    close: async () => {},
  };
};
