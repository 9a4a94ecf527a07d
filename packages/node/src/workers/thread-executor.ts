import { type BuiltModel, inPlaces, predictionChunks } from "@weft-nlp/core/inference";
import type { Prediction } from "@weft-nlp/core/metrics";
import { type ChunkResult, type Executor, localExecutor } from "@weft-nlp/core/training";
import type { WorkerError } from "../errors.ts";
import { checkedThreads } from "./checked-threads.ts";
import { type Job, WorkerPool } from "./worker-pool.ts";

export interface ThreadOptions {
  /** Keeps the calling thread free: even a single thread is then a worker thread. */
  readonly background?: boolean | undefined;
  /**
   * Starts threads only when there are sentences for several: a few are predicted sooner by the
   * calling thread. By default all threads start at once.
   */
  readonly onDemand?: boolean | undefined;
  /** Called for every thread that ends unexpectedly, with the cause. */
  readonly onDeath?: ((cause: unknown) => void) | undefined;
}

export interface ThreadExecutor extends Executor {
  /** Why this executor no longer predicts anything; `undefined` while it works. */
  readonly failure: WorkerError | undefined;
}

/**
 * Spreads chunks over worker threads that share the model's memory. The result of a chunk does not
 * depend on its worker.
 *
 * @param threads 1 works in the calling thread, unless `background` keeps it free
 * @throws {ConfigError} for fewer than 1 thread
 */
export async function threadExecutor(
  built: BuiltModel,
  threads: number,
  { background = false, onDemand = false, onDeath }: ThreadOptions = {},
): Promise<ThreadExecutor> {
  if (checkedThreads(threads) === 1 && !background) return { ...(await localExecutor(built)), failure: undefined };
  const pool = new WorkerPool(built, threads, { startAll: !onDemand, onDeath });
  const here = onDemand && !background ? await localExecutor(built) : undefined;
  let chunksHere = 0;
  return {
    gradients: (tasks) => pool.run(tasks.map((task) => ({ kind: "gradient", task }))) as Promise<ChunkResult[]>,
    predict: async (examples, options) => {
      if (here !== undefined && chunksHere <= worthThreads) {
        chunksHere += predictionChunks(examples).length;
        if (chunksHere <= worthThreads) return here.predict(examples, options);
      }
      const chunks = predictionChunks(examples, threads);
      const found = await pool.run(chunks.map(({ examples: chunk }): Job => ({ kind: "predict", examples: chunk, options })));
      return inPlaces(chunks, found as Prediction[][]);
    },
    features: async (part, sentences) => {
      const chunks = predictionChunks(sentences);
      const found = await pool.run(chunks.map(({ examples }): Job => ({ kind: "features", part, sentences: examples })));
      return inPlaces(chunks, found as Uint16Array[][]);
    },
    get failure() {
      return pool.failure;
    },
    close: () => pool.close(),
  };
}

/** More chunks than this take longer than starting threads. */
const worthThreads = 4;
