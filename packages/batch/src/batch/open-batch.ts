import { processState } from "@weft-nlp/node/files";
import type { ArrayPart } from "../drivers/index.ts";
import { isSplit, Manifest, pendingShards, readAttempts } from "../manifest/index.ts";
import { type OpenPlan, outputFormat, readPlan, rootOf } from "../plan/index.ts";
import { decideAfterLoss, ProcessRunner, removeShardFiles } from "../runner/index.ts";
import { DirectoryStore } from "../store/index.ts";
import type { BatchJob, LossDecision, ManifestRecord, Plan, Shard, ShardProgress, ShardRunner } from "../types.ts";

/** How a batch is run. */
export interface RunOptions {
  /** Threads of each worker. */
  readonly threads: number;
  /** Another place of the planned model. */
  readonly model?: string | undefined;
  /** A worker without a new record for so long has stalled. Defaults to 300. */
  readonly stallSeconds?: number | undefined;
  /** Only the shards of one part of an array of jobs. */
  readonly part?: ArrayPart | undefined;
  readonly onProgress?: ((progress: ShardProgress) => void) | undefined;
  readonly onCommitted?: ((record: ManifestRecord) => void) | undefined;
  readonly onLoss?: ((shard: Shard, reason: string, decision: LossDecision) => void) | undefined;
}

const defaultStallSeconds = 300;

/** A planned batch in a folder, for a driver to run. */
export class Batch implements BatchJob {
  readonly plan: Plan;
  readonly #folder: string;
  readonly #store: DirectoryStore;
  readonly #manifest: Manifest;
  readonly #shards: readonly Shard[];
  readonly #options: RunOptions;

  private constructor(folder: string, store: DirectoryStore, { plan, shards }: OpenPlan, options: RunOptions) {
    this.plan = plan;
    this.#folder = folder;
    this.#store = store;
    this.#manifest = new Manifest(store);
    this.#shards = shards;
    this.#options = options;
  }

  /**
   * @throws {BatchError} PLAN_MISSING or PLAN_INVALID
   * @throws {FileError} when the system refuses
   */
  static async open(folder: string, options: RunOptions): Promise<Batch> {
    const store = new DirectoryStore(folder);
    return new Batch(folder, store, await readPlan(store), options);
  }

  async pending(): Promise<readonly Shard[]> {
    const { part } = this.#options;
    return pendingShards({
      store: this.#store,
      manifest: this.#manifest,
      shards: this.#shards,
      slot: this.#slot,
      isOurs: ({ id }) => part === undefined || rootOf(id) % part.of === part.index,
      lost: async (shard, reason) => this.lost(shard, reason),
    });
  }

  async openRunner(): Promise<ShardRunner> {
    const { threads, model, stallSeconds = defaultStallSeconds, onProgress } = this.#options;
    const plugins = (this.plan.options.plugins ?? []).length > 0;
    return new ProcessRunner({ folder: this.#folder, threads, model, plugins, stallSeconds, slot: this.#slot, onProgress });
  }

  async lost(shard: Shard, reason: string): Promise<LossDecision> {
    const decision = await decideAfterLoss(this.#store, this.plan, shard, reason);
    this.#options.onLoss?.(shard, reason, decision);
    return decision;
  }

  async abandoned(shard: Shard): Promise<LossDecision | undefined> {
    let decision: LossDecision | undefined;
    for (const attempt of await readAttempts(this.#store)) {
      if (attempt.shard !== shard.id || processState(attempt.mark) === "alive") continue;
      await this.#store.remove(attempt.name);
      decision = await this.lost(shard, "its worker ended, or gave no sign of life");
      if (decision.kind !== "retry") break;
    }
    return decision;
  }

  committed(record: ManifestRecord): void {
    this.#options.onCommitted?.(record);
  }

  /**
   * Removes files of shards that were split: a worker that ended just before it saw that leaves
   * them. Nothing reads them.
   */
  async tidy(): Promise<void> {
    const { extension } = outputFormat(this.plan.options.output);
    for (const record of (await this.#manifest.read()).values()) {
      if (isSplit(record)) await removeShardFiles(this.#store, record.shard, extension);
    }
  }

  get #slot(): string | undefined {
    const { part } = this.#options;
    return part === undefined ? undefined : `${part.index}/${part.of}`;
  }
}
