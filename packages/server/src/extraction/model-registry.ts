import { didYouMean } from "@weft-nlp/core/text";
import { type ComputeOptions, Extractor, modelStamp, threadCount } from "@weft-nlp/node/extractor";
import type { Logger } from "pino";
import { RequestError } from "../errors.ts";
import { Retries } from "../http/retries.ts";
import type { Limits, ModelSource } from "../options.ts";
import { Batcher, type BatchLimits, type BatchObserver } from "./batcher.ts";

/** A loaded model that answers requests. */
export interface ServedModel extends ModelSource {
  readonly extractor: Extractor;
  readonly batcher: Batcher;
  readonly loadedAt: Date;
}

/**
 * A model for the duration of one request: it stays loaded until `release`, even if it is replaced
 * meanwhile.
 */
export interface ModelLease {
  readonly served: ServedModel;
  release(): void;
}

/** Receives a model's events for the metrics. */
export interface ModelObserver extends BatchObserver {
  /** A worker thread ended unexpectedly. */
  onWorkerDeath(): void;
  /**
   * A model whose threads kept ending was retried with new threads.
   *
   * @param answered whether the new threads work
   */
  onRetry(answered: boolean): void;
}

export interface RegistryOptions {
  readonly compute: ComputeOptions;
  readonly limits: BatchLimits & Pick<Limits, "retryFirstMs" | "retryLongestMs" | "grownBytes" | "renewMs">;
  readonly logger: Logger;
  readonly observer?: (name: string) => ModelObserver;
}

/**
 * The models of a server by name. A model can be reloaded while it answers; running requests finish
 * with the model they started with.
 */
export class ModelRegistry {
  readonly #options: RegistryOptions;
  readonly #models = new Map<string, Loaded>();
  readonly #reloads = new Map<string, Promise<unknown>>();
  readonly #retries: Retries;
  /** Replaced models that requests still use. */
  readonly #leaving = new Set<Loaded>();
  readonly #closing = new Set<Promise<void>>();
  #watch: NodeJS.Timeout | undefined;

  private constructor(options: RegistryOptions) {
    this.#options = options;
    this.#retries = new Retries(options.limits, (name) => void this.#retry(name));
  }

  /**
   * Loads the models one by one, in the order given.
   *
   * @throws {FileError} @throws {ArchiveError} if one cannot be read
   */
  static async open(sources: readonly ModelSource[], options: RegistryOptions): Promise<ModelRegistry> {
    const registry = new ModelRegistry(options);
    try {
      for (const source of sources) registry.#models.set(source.name, await registry.#load(source));
    } catch (error) {
      await registry.close();
      throw error;
    }
    return registry;
  }

  /** All models in order; the first is the default. */
  list(): ServedModel[] {
    return [...this.#models.values()].map(({ served }) => served);
  }

  /** @param name defaults to the first model's @throws {RequestError} MODEL_UNKNOWN */
  lease(name: string | undefined): ModelLease {
    const loaded = this.#find(name);
    loaded.leases++;
    let held = true;
    return {
      served: loaded.served,
      release: () => {
        if (!held) return;
        held = false;
        loaded.leases--;
        if (loaded.leases === 0 && this.#leaving.has(loaded)) this.#close(loaded);
      },
    };
  }

  /**
   * Loads a model again from its folder and replaces the old one. If it cannot be read, the old one
   * stays.
   *
   * @throws {RequestError} MODEL_UNKNOWN @throws {FileError} @throws {ArchiveError}
   */
  async reload(name: string): Promise<ServedModel> {
    this.#find(name);
    // A change of its folder may be in progress; the model to read is the one after that.
    return this.#inTurn(name, async () => this.#put(await this.#load(this.#find(name).served)));
  }

  /**
   * Loads another model and gives it the name of one that is served. Requests in progress finish
   * with the old one. If the new one cannot be read, the old one stays.
   *
   * @throws {RequestError} MODEL_UNKNOWN @throws {FileError} @throws {ArchiveError}
   */
  async replace(name: string, folder: string): Promise<ServedModel> {
    this.#find(name);
    return this.#inTurn(name, async () => this.#put(await this.#load({ name, folder })));
  }

  /**
   * Milliseconds until a broken model is retried; undefined if the error is not of such a model.
   *
   * @param error thrown by a broken model's predictions, or on its behalf
   */
  retryInMs(error: unknown): number | undefined {
    const cause = error instanceof Error ? error.cause : undefined;
    const broken = this.list().find(({ extractor: { failure } }) => failure !== undefined && [error, cause].includes(failure));
    return broken === undefined ? undefined : this.#retries.left(broken.name);
  }

  /**
   * Polls the folders, and reloads a model that was rewritten once its files have stopped changing.
   */
  watch(seconds: number): void {
    const seen = new Map<string, string>();
    const look = async (): Promise<void> => {
      for (const { name, folder } of this.list()) {
        const stamp = await modelStamp(folder).catch(() => undefined);
        const loaded = this.#models.get(name);
        if (stamp === undefined || loaded === undefined) continue;
        if (stamp !== loaded.stamp && stamp === seen.get(name)) {
          loaded.stamp = stamp;
          await this.reload(name).catch((error: unknown) =>
            this.#options.logger.error({ model: name, err: error }, "a model could not be read"),
          );
        }
        seen.set(name, stamp);
      }
      this.#watch?.refresh();
    };
    this.#watch = setTimeout(() => void look(), seconds * 1000);
    this.#watch.unref();
  }

  /**
   * Fails every request that waits for a model, including replaced models.
   *
   * @param reason thrown to each
   */
  abandon(reason: unknown): void {
    for (const { served } of [...this.#models.values(), ...this.#leaving]) served.batcher.abandon(reason);
  }

  async close(): Promise<void> {
    clearTimeout(this.#watch);
    this.#watch = undefined;
    this.#retries.close();
    // Reloads that start during this wait finish too, and are closed with the rest.
    while (this.#reloads.size > 0) await Promise.allSettled(this.#reloads.values());
    for (const loaded of [...this.#models.values(), ...this.#leaving]) this.#close(loaded);
    this.#models.clear();
    await Promise.all(this.#closing);
  }

  #find(name: string | undefined): Loaded {
    const found = name === undefined ? this.#models.values().next().value : this.#models.get(name);
    if (found !== undefined) return found;
    const names = [...this.#models.keys()];
    throw new RequestError("MODEL_UNKNOWN", {
      at: { path: "model" },
      message: "there is no model with this name",
      hint: didYouMean((name ?? "").slice(0, 60), names) ?? `use one of ${names.join(", ")}`,
    });
  }

  async #load({ name, folder }: ModelSource): Promise<Loaded> {
    const { compute, limits, logger, observer } = this.#options;
    const observed = observer?.(name);
    const onDeath = (cause: unknown): void => {
      logger.error({ model: name, err: cause }, "a worker thread ended");
      observed?.onWorkerDeath();
      const loaded = this.#models.get(name);
      // Ignore a model that is not in use yet, or no longer.
      if (loaded?.served.extractor === extractor) this.#noticeFailure(loaded);
    };
    // The calling thread reads requests and writes answers; predictions there would delay them all.
    const options = { ...compute, background: true, onDeath };
    const stamp = await modelStamp(folder);
    const extractor = await Extractor.open(folder, options);
    const onBatch: BatchObserver["onBatch"] = (batch) => {
      observed?.onBatch(batch);
      const loaded = this.#models.get(name);
      if (loaded?.served.extractor === extractor) this.#noticeGrowth(loaded);
    };
    const batcher = new Batcher(extractor.predict, threadCount(options), limits, { onBatch });
    const served = { name, folder, extractor, batcher, loadedAt: new Date() };
    const renewal = { firstBytes: memoryOf(extractor), notBefore: performance.now() + limits.renewMs };
    return { served, stamp, renewal, leases: 0, broken: false };
  }

  /**
   * Runs the work on one model in order: a reload in progress may read older files than the next
   * caller wants.
   */
  async #inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#reloads.get(name)?.catch(() => undefined) ?? Promise.resolve();
    const next = running.then(work);
    this.#reloads.set(name, next);
    try {
      return await next;
    } finally {
      if (this.#reloads.get(name) === next) this.#reloads.delete(name);
    }
  }

  #noticeFailure(loaded: Loaded): void {
    const { name, extractor } = loaded.served;
    if (loaded.broken || extractor.failure === undefined) return;
    loaded.broken = true;
    const pauseMs = this.#retries.later(name);
    this.#options.logger.error({ model: name, err: extractor.failure, pauseMs }, "a model is broken and will be retried");
  }

  #noticeGrowth({ served: { name, extractor }, renewal }: Loaded): void {
    const { grownBytes, renewMs } = this.#options.limits;
    const grown = memoryOf(extractor) - renewal.firstBytes;
    if (grown <= grownBytes || performance.now() < renewal.notBefore) return;
    // An endless stream keeps its old model. With many such streams, every renewal would add one
    // more model.
    if ([...this.#leaving].some(({ served }) => served.name === name)) return;
    renewal.notBefore = performance.now() + renewMs;
    void this.#renew(name, extractor, grown);
  }

  /** Reloads the same model into fresh memory: shared memory cannot be freed in part. */
  async #renew(name: string, extractor: Extractor, grownBytes: number): Promise<void> {
    const { logger } = this.#options;
    await this.#inTurn(name, async () => {
      const loaded = this.#models.get(name);
      if (loaded?.served.extractor !== extractor) return;
      const { served, stamp } = loaded;
      // Do not load changed files here: that is up to `reload` and `watch`.
      if ((await modelStamp(served.folder)) !== stamp) {
        logger.warn(
          { model: name, grownBytes },
          "the memory of a model has grown, but its folder has changed: it was not reloaded",
        );
        return;
      }
      logger.info({ model: name, grownBytes }, "the memory of a model has grown: it is reloaded");
      this.#put(await this.#load(served));
    }).catch((error: unknown) => logger.error({ model: name, err: error }, "a model could not be read"));
  }

  /**
   * Reloads a broken model into memory that no dead thread has touched, and replaces it if the new
   * threads answer.
   */
  async #retry(name: string): Promise<void> {
    const { logger, observer } = this.#options;
    const attempt = async (): Promise<boolean> => {
      const { served } = this.#find(name);
      if (served.extractor.failure === undefined) return false;
      const fresh = await this.#load(served);
      try {
        await fresh.served.extractor.checkThreads();
      } catch (error) {
        await fresh.served.extractor.close();
        throw error;
      }
      this.#put(fresh);
      return true;
    };
    try {
      if (!(await this.#inTurn(name, attempt))) return;
      observer?.(name).onRetry(true);
      logger.info({ model: name }, "a model answers again");
    } catch (error) {
      observer?.(name).onRetry(false);
      logger.error(
        { model: name, err: error, pauseMs: this.#retries.later(name) },
        "a broken model was retried and is still broken",
      );
    }
  }

  #put(fresh: Loaded): ServedModel {
    const { name } = fresh.served;
    const old = this.#models.get(name);
    this.#models.set(name, fresh);
    this.#retries.forget(name);
    this.#options.logger.info({ model: name }, "a model was reloaded");
    if (old?.leases === 0) this.#close(old);
    else if (old !== undefined) this.#leaving.add(old);
    return fresh.served;
  }

  #close(loaded: Loaded): void {
    this.#leaving.delete(loaded);
    const closing: Promise<void> = loaded.served.extractor.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

/** Bytes of memory that the threads of a model share. */
export function memoryOf({ model }: Extractor): number {
  return model.engine.heap.memory.buffer.byteLength;
}

interface Loaded {
  readonly served: ServedModel;
  /** Identifies its files as they were when it was read. */
  stamp: string;
  /**
   * Its memory when it was read, and the earliest time to renew it for growth, on the clock of
   * `performance.now()`.
   */
  readonly renewal: { readonly firstBytes: number; notBefore: number };
  /** Requests that use it. */
  leases: number;
  /** Whether it is known to be broken. */
  broken: boolean;
}
