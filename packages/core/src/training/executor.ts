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
import type { FrozenNetworks } from "../encoders/index.ts";
import { inPlaces, Predictor, predictionChunks } from "../inference/index.ts";
import type { Prediction } from "../metrics/index.ts";
import type { BatchSize, Example, Losses, Model, PredictOptions } from "../models/index.ts";
import { type GradientShare, type ObjectiveSettings, objectiveFor } from "../objectives/index.ts";

/** A chunk of a batch, whose gradient one thread computes. */
export interface ChunkTask {
  /** The step it belongs to. Results of a step stay readable until the next step. */
  readonly step: number;
  /** The buffer for its gradient, `ParameterStore.denseSize` floats. */
  readonly dense: Address;
  /** Whether the buffer holds the gradient of earlier chunks, to add to; defaults to false. */
  readonly adds?: boolean | undefined;
  readonly examples: readonly Example[];
  /** 1 / sentences of the batch. */
  readonly factor: number;
  readonly batch: BatchSize;
  readonly objective: ObjectiveSettings;
  /** Counted from 1. */
  readonly epoch: number;
  /** Seeds dropout. It depends on the step and the chunk, never on the worker. */
  readonly seed: number;
  /** The gradient of this share of the objective alone; defaults to the whole. */
  readonly share?: GradientShare | undefined;
}

/**
 * The losses and gradients of a chunk, in the shared memory. The dense gradient includes those of
 * the chunks that its task added to.
 */
export interface ChunkResult {
  readonly losses: Losses;
  readonly dense: Address;
  readonly tables: readonly TableGradient[];
  /** The moments of its rows, for the running statistics. */
  readonly statistics: readonly ColumnStatistics[];
}

/** Computes the gradients of chunks in the calling thread. */
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

  gradient({ step, dense, adds = false, examples, objective, factor, batch, epoch, seed, share }: ChunkTask): ChunkResult {
    if (step !== this.#step) this.#results.reset();
    this.#step = step;
    this.#work.reset();
    if (!adds) this.#engine.heap.clear(dense, this.#store.denseSize * 4);
    const tape = new Tape(this.#engine, this.#work, { gradients: { dense }, training: true, seed });
    const bound = objectiveFor(objective, this.#model);
    const options = {
      factor,
      batch,
      epoch,
      random: Random.of(seed, "model"),
    };
    const losses =
      share === undefined ? bound.loss(tape, examples, options) : (bound.shareOf?.(share, tape, examples, options) ?? {});
    tape.backward();
    return { losses, dense, tables: mergeRows(this.#engine, this.#results, tape.rowGradients), statistics: tape.statistics };
  }
}

/** Runs chunks in this thread, or in others that share the engine's memory. */
export interface Executor {
  /** Returns results in the order of the tasks. */
  gradients(tasks: readonly ChunkTask[]): Promise<ChunkResult[]>;
  /** Returns predictions in the order of the examples. */
  predict(examples: readonly Example[], options: PredictOptions): Promise<Prediction[]>;
  /**
   * Returns the rows of the frozen network that a part of the model reads, in the order of the
   * sentences.
   *
   * @param part the name of the part
   */
  features(part: string, sentences: readonly (readonly string[])[]): Promise<Uint16Array[]>;
  close(): Promise<void>;
}

/** Everything an executor needs to know about a model. */
export interface Workplace {
  readonly engine: Engine;
  readonly store: ParameterStore;
  readonly model: Model;
  readonly frozen: FrozenNetworks;
}

/** Creates an executor for a model. */
export type ExecutorFactory<Place extends Workplace = Workplace> = (place: Place) => Executor | Promise<Executor>;

/** Creates an executor that works in the calling thread. */
export const localExecutor: ExecutorFactory = ({ engine, store, model, frozen }) => {
  const runner = new ChunkRunner(engine, store, model);
  const predictor = new Predictor({ engine, model });
  return {
    gradients: async (tasks) => tasks.map((task) => runner.gradient(task)),
    predict: async (examples, options) => predictor.predict(examples, options),
    features: async (part, sentences) => {
      const chunks = predictionChunks(sentences);
      return inPlaces(
        chunks,
        chunks.map(({ examples }) => frozen.featuresOf(part, examples)),
      );
    },
    close: async () => {},
  };
};
