import { type ComputeOptions, Extractor, modelStamp, threadCount } from "@weft-nlp/node/extractor";
import { didYouMean } from "@weft-nlp/node/files";
import type { Logger } from "pino";
import { RequestError } from "../errors.ts";
import { Retries } from "../http/retries.ts";
import type { Limits, ModelSource } from "../options.ts";
import { Batcher, type BatchLimits, type BatchObserver } from "./batcher.ts";

/** A model that is loaded and answers requests. */
export interface ServedModel extends ModelSource {
  readonly extractor: Extractor;
  readonly batcher: Batcher;
  readonly loadedAt: Date;
}

/**
 * A model for the time of one request: it stays loaded until `release`, whatever takes its place
 * meanwhile.
 */
export interface ModelLease {
  readonly served: ServedModel;
  release(): void;
}

/** What a model in use tells the metrics. */
export interface ModelObserver extends BatchObserver {
  /** A worker thread has ended while it should work. */
  onWorkerDeath(): void;
  /**
   * Other threads were started for a model whose threads had ended time and again.
   *
   * @param answered whether they work
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
 * The models of a server by name. Each can be read anew while it answers requests; those under way
 * end with the one they began with.
 */
export class ModelRegistry {
  readonly #options: RegistryOptions;
  readonly #models = new Map<string, Loaded>();
  readonly #reloads = new Map<string, Promise<unknown>>();
  readonly #retries: Retries;
  /** Models that others took the place of, and that requests still work with. */
  readonly #leaving = new Set<Loaded>();
  readonly #closing = new Set<Promise<void>>();
  #watch: NodeJS.Timeout | undefined;

  private constructor(options: RegistryOptions) {
    this.#options = options;
    this.#retries = new Retries(options.limits, (name) => void this.#retry(name));
  }

  /**
   * Loads every model, one after the other, in the order given.
   *
   * @throws {FileError} @throws {ArchiveError} where one cannot be read
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

  /** All of them, in their order; the first one is the default. */
  list(): ServedModel[] {
    return [...this.#models.values()].map(({ served }) => served);
  }

  /** @param name the first model's where left out @throws {RequestError} MODEL_UNKNOWN */
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
   * Reads a model's folder again and puts it in the place of the one that was. Where it cannot be
   * read, the old one goes on.
   *
   * @throws {RequestError} MODEL_UNKNOWN @throws {FileError} @throws {ArchiveError}
   */
  async reload(name: string): Promise<ServedModel> {
    const { served } = this.#find(name);
    return this.#inTurn(name, async () => this.#put(await this.#load(served)));
  }

  /**
   * Milliseconds until a model that answers nothing is tried again; nothing where no such model is
   * meant.
   *
   * @param error what such a model's predictions throw, or what was thrown for it
   */
  retryInMs(error: unknown): number | undefined {
    const cause = error instanceof Error ? error.cause : undefined;
    const broken = this.list().find(({ extractor: { failure } }) => failure !== undefined && [error, cause].includes(failure));
    return broken === undefined ? undefined : this.#retries.left(broken.name);
  }

  /**
   * Looks at the folders every so often and reads again what was written anew, once it has stopped
   * changing.
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
   * Ends every request that waits for a model, also for one that another took the place of.
   *
   * @param reason is thrown to each
   */
  abandon(reason: unknown): void {
    for (const { served } of [...this.#models.values(), ...this.#leaving]) served.batcher.abandon(reason);
  }

  async close(): Promise<void> {
    clearTimeout(this.#watch);
    this.#watch = undefined;
    this.#retries.close();
    // What comes while others are waited for is loaded too, and closed with them.
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
      message: "there is no model of this name",
      hint: didYouMean((name ?? "").slice(0, 60), names) ?? `there are ${names.join(", ")}`,
    });
  }

  async #load({ name, folder }: ModelSource): Promise<Loaded> {
    const { compute, limits, logger, observer } = this.#options;
    const observed = observer?.(name);
    const onDeath = (cause: unknown): void => {
      logger.error({ model: name, err: cause }, "a worker thread ended");
      observed?.onWorkerDeath();
      const loaded = this.#models.get(name);
      // What is not in its place yet, or no longer, is nobody's model.
      if (loaded?.served.extractor === extractor) this.#noticeFailure(loaded);
    };
    // The calling thread reads requests and writes answers: predicting there would make all of them
    // wait.
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
   * Does one thing after the other to a model: what is being read may be older than what the next
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
    this.#options.logger.error(
      { model: name, err: extractor.failure, pauseMs },
      "a model answers nothing until it is tried again",
    );
  }

  #noticeGrowth({ served: { name, extractor }, renewal }: Loaded): void {
    const { grownBytes, renewMs } = this.#options.limits;
    const grown = memoryOf(extractor) - renewal.firstBytes;
    if (grown <= grownBytes || performance.now() < renewal.notBefore) return;
    // A stream that does not end keeps the memory it began with: with many of them, each new memory
    // would be one more.
    if ([...this.#leaving].some(({ served }) => served.name === name)) return;
    renewal.notBefore = performance.now() + renewMs;
    void this.#renew(name, extractor, grown);
  }

  /**
   * Puts the same model in its own place, in fresh memory: what threads share cannot be given back
   * by halves.
   */
  async #renew(name: string, extractor: Extractor, grownBytes: number): Promise<void> {
    const { logger } = this.#options;
    await this.#inTurn(name, async () => {
      const loaded = this.#models.get(name);
      if (loaded?.served.extractor !== extractor) return;
      const { served, stamp } = loaded;
      // Whether another model is wanted is for others to say.
      if ((await modelStamp(served.folder)) !== stamp) {
        logger.warn(
          { model: name, grownBytes },
          "the memory of a model has grown, and its folder has changed: it stays as it is",
        );
        return;
      }
      logger.info({ model: name, grownBytes }, "the memory of a model has grown, and it begins anew");
      this.#put(await this.#load(served));
    }).catch((error: unknown) => logger.error({ model: name, err: error }, "a model could not be read"));
  }

  /**
   * Reads a broken model anew, into memory that no dead thread has worked in, and puts it in its
   * place if its threads answer.
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
      logger.error({ model: name, err: error, pauseMs: this.#retries.later(name) }, "a broken model was tried again in vain");
    }
  }

  #put(fresh: Loaded): ServedModel {
    const { name } = fresh.served;
    const old = this.#models.get(name);
    this.#models.set(name, fresh);
    this.#retries.forget(name);
    this.#options.logger.info({ model: name }, "a model was read anew");
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

/** Bytes that the threads of a model work in. */
export function memoryOf({ model }: Extractor): number {
  return model.engine.heap.memory.buffer.byteLength;
}

interface Loaded {
  readonly served: ServedModel;
  /** What its files looked like when it was read. */
  stamp: string;
  /**
   * Its memory when it was read, and the moment before which it is not read anew for having grown,
   * on the clock of `performance.now()`.
   */
  readonly renewal: { readonly firstBytes: number; notBefore: number };
  /** Requests that work with it. */
  leases: number;
  /** Whether it is known that it answers nothing any more. */
  broken: boolean;
}
