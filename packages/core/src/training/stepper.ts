import { type Address, GradientCollector, type Optimizer, Random, squaresOf, updateRunning } from "@weft-nlp/tensor";
import { TrainingError } from "../errors.ts";
import type { BuiltModel } from "../inference/index.ts";
import type { Example } from "../models/index.ts";
import { type GradientShare, objectiveFor } from "../objectives/index.ts";
import { chunksOf, evenChunksOf } from "./batches.ts";
import type { TrainConfig } from "./config.ts";
import type { StepEvent } from "./events.ts";
import type { ChunkResult, ChunkTask, Executor } from "./executor.ts";
import { rateFactor } from "./schedule.ts";

/**
 * How many gradient buffers a batch of so many chunks has: one for each chunk, or fewer if these
 * would take too much memory, which chunks then share. It depends on the model and the batch alone,
 * so any number of threads gives the same bytes.
 *
 * @param denseBytes of one buffer
 */
export function gradientBuffers(chunks: number, denseBytes: number, maxBytes: number): number {
  return Math.min(chunks, Math.max(minBuffers, Math.floor(maxBytes / Math.max(1, denseBytes))));
}

/** Large models have a buffer for each of this many threads at least. */
const minBuffers = 2;
/** A quarter of the memory, which holds the weights and the optimiser's means too. */
const maxGradientBytes = 2 ** 30;

/**
 * Makes training steps: distributes a batch over an executor, sums gradients, updates the weights.
 */
export class Stepper {
  readonly #built: BuiltModel;
  readonly #optimizer: Optimizer;
  readonly #executor: Executor;
  readonly #config: TrainConfig;
  readonly #steps: number;
  readonly #collector: GradientCollector;
  readonly #chunks: number;
  /** Whether the objective adds something to the model's own losses. */
  readonly #adds: boolean;
  /** Chunk k of a batch adds its gradient to buffer k modulo their number, after those before. */
  readonly #buffers: readonly Address[];

  /** @param maxBytes the maximum of all gradient buffers together, if there are more than two */
  constructor(
    built: BuiltModel,
    optimizer: Optimizer,
    executor: Executor,
    config: TrainConfig,
    steps: number,
    maxBytes = maxGradientBytes,
  ) {
    this.#built = built;
    this.#optimizer = optimizer;
    this.#executor = executor;
    this.#config = config;
    this.#steps = steps;
    this.#collector = new GradientCollector(built.engine, built.store);
    this.#adds = objectiveFor(config.objective, built.model).shareOf !== undefined;
    this.#chunks = Math.ceil(config.training.batch / config.training.chunk);
    const bytes = built.store.denseSize * 4;
    const length = gradientBuffers(this.#chunks, bytes, maxBytes);
    this.#buffers = Array.from({ length }, () => built.engine.heap.allocate(bytes));
  }

  /**
   * Makes one step.
   *
   * @param epoch counted from 1
   * @param step steps done before this one
   * @param measured whether to measure the gradient of what the objective adds too, by two more
   *   passes over the batch, which change nothing; defaults to false
   * @throws {RangeError} if the batch has more chunks than one of `training.batch` sentences
   * @throws {TrainingError} TRAINING_DIVERGED if the loss or the gradient is not finite; a gradient
   *   that is not finite leaves the weights unchanged
   */
  async step(batch: readonly Example[], epoch: number, step: number, measured = false): Promise<StepEvent> {
    const { training } = this.#config;
    this.#built.engine.refreshTransposed(this.#built.store);
    const riskRatio = measured && this.#adds ? await this.#ratio(batch, epoch, step) : undefined;
    const results = await this.#gradients(batch, epoch, step);
    const losses: Record<string, number> = {};
    for (const result of results) {
      for (const [name, value] of Object.entries(result.losses)) losses[name] = (losses[name] ?? 0) + value / batch.length;
    }
    const loss = Object.values(losses).reduce((sum, value) => sum + value, 0);
    const gradNorm = this.#optimizer.update(this.#collector.collect(results), {
      maxNorm: training.maxNorm,
      rateFactor: rateFactor(training.schedule, step, this.#steps),
    });
    if (!Number.isFinite(gradNorm) || !Number.isFinite(loss)) {
      throw new TrainingError("TRAINING_DIVERGED", {
        message: `in epoch ${epoch}, step ${step + 1}, the loss is ${loss} and the gradient's norm ${gradNorm}`,
        hint: "lower optimizer.rate or training.maxNorm, and look for broken word vectors",
      });
    }
    updateRunning(
      this.#built.store,
      results.flatMap(({ statistics }) => statistics),
    );
    const ratio = riskRatio === undefined ? {} : { riskRatio };
    return { kind: "step", epoch, step: step + 1, loss, losses, gradNorm, sentences: batch.length, ...ratio };
  }

  /**
   * The norm of the gradient that the objective adds, divided by that of the model's own losses;
   * none if it is not finite.
   */
  async #ratio(batch: readonly Example[], epoch: number, step: number): Promise<number | undefined> {
    const { engine, store } = this.#built;
    const squares: number[] = [];
    for (const share of ["added", "own"] as const) {
      squares.push(squaresOf(engine, store, this.#collector.collect(await this.#gradients(batch, epoch, step, share))));
    }
    const [added = 0, own = 0] = squares;
    const ratio = Math.sqrt(added / own);
    return Number.isFinite(ratio) ? ratio : undefined;
  }

  /** The gradient of each chunk of a batch. */
  async #gradients(batch: readonly Example[], epoch: number, step: number, share?: GradientShare): Promise<ChunkResult[]> {
    const { seed, training } = this.#config;
    const split = this.#built.definition.capabilities.recurrent === false ? evenChunksOf : chunksOf;
    const chunks = split(batch, training.chunk);
    if (chunks.length > this.#chunks) {
      throw new RangeError(`a step of ${batch.length} sentences, but training.batch is ${training.batch}`);
    }
    const tasks = chunks.map(
      (examples, k): ChunkTask => ({
        step,
        dense: this.#buffers[k % this.#buffers.length] as Address,
        adds: k >= this.#buffers.length,
        examples,
        factor: 1 / batch.length,
        batch: { sentences: batch.length, tokens: batch.reduce((sum, { length }) => sum + length, 0) },
        epoch,
        objective: this.#config.objective,
        seed: Random.of(seed, "chunk", step, k).word(),
        share,
      }),
    );
    const results: ChunkResult[] = [];
    // Chunks that share a buffer follow each other.
    for (let k = 0; k < tasks.length; k += this.#buffers.length) {
      results.push(...(await this.#executor.gradients(tasks.slice(k, k + this.#buffers.length))));
    }
    return results;
  }
}
