import { BatchError } from "../errors.ts";
import { isSplit, leaves, Manifest, readAttempts, readLosses, type Settled } from "../manifest/index.ts";
import { type OpenPlan, readPlan } from "../plan/index.ts";
import { DirectoryStore, type Store } from "../store/index.ts";
import type { ManifestRecord, Plan, Shard } from "../types.ts";

/** How far a batch has got. */
export interface BatchStatus {
  readonly plan: string;
  /** Shards of the plan, with halves in the place of those that were split. */
  readonly shards: { readonly all: number; readonly done: number; readonly running: number; readonly split: number };
  /** Of the shards that are done; `planned` is absent if the inputs were not read for the plan. */
  readonly records: { readonly in: number; readonly out: number; readonly quarantined: number; readonly planned?: number };
  readonly sentences: number;
  readonly relations: number;
  /** Workers that ended or stalled with a shard. */
  readonly retries: number;
  /** Seconds of work for the shards that are done. */
  readonly workSeconds: number;
  /** From the latest shards that are done; absent before there are two. */
  readonly sentencesPerSecond?: number;
  /** By the same; absent when all is done. */
  readonly secondsLeft?: number;
}

/** A batch that is read while others may run it. */
export class BatchReader {
  readonly store: Store;
  readonly plan: Plan;
  readonly #shards: readonly Shard[];
  readonly #manifest: Manifest;

  private constructor(store: Store, { plan, shards }: OpenPlan) {
    this.store = store;
    this.plan = plan;
    this.#shards = shards;
    this.#manifest = new Manifest(store);
  }

  /**
   * @param folder that of the batch
   * @throws {BatchError} PLAN_MISSING or PLAN_INVALID
   */
  static async open(folder: string): Promise<BatchReader> {
    const store = new DirectoryStore(folder);
    return new BatchReader(store, await readPlan(store));
  }

  /** The shards that make up the output in order, each with its record if it is done. */
  async shards(): Promise<readonly { readonly shard: Shard; readonly record: ManifestRecord | undefined }[]> {
    const records = await this.#manifest.read();
    return [...leaves(this.#shards, records)].map((shard) => ({ shard, record: doneRecord(records.get(shard.id)) }));
  }

  /** The records of all shards in order. @throws {BatchError} BATCH_INCOMPLETE */
  async complete(): Promise<readonly ManifestRecord[]> {
    const all = await this.shards();
    const done = all.flatMap(({ record }) => (record === undefined ? [] : [record]));
    if (done.length === all.length) return done;
    throw new BatchError("BATCH_INCOMPLETE", {
      at: { source: this.store.place },
      message: `${done.length} of ${all.length} shards are done`,
      hint: `weft batch run ${this.store.place} does the others`,
    });
  }

  /** Forgets that a shard is done, so that it is done again. */
  async forget(id: string): Promise<void> {
    await this.#manifest.remove(id);
  }

  async status(): Promise<BatchStatus> {
    const records = await this.#manifest.read();
    const all = [...leaves(this.#shards, records)];
    const done = all.flatMap(({ id }) => doneRecord(records.get(id)) ?? []);
    const sum = (field: "in" | "out" | "quarantined" | "sentences" | "relations" | "seconds"): number =>
      done.reduce((total, record) => total + record[field], 0);
    const open = all.filter(({ id }) => !records.has(id));
    const ids = new Set(open.map(({ id }) => id));
    const running = new Set((await readAttempts(this.store)).map(({ shard }) => shard).filter((id) => ids.has(id)));
    const losses = await readLosses(this.store);
    const { records: planned, id: plan } = this.plan;
    return {
      plan,
      shards: { all: all.length, done: done.length, running: running.size, split: [...records.values()].filter(isSplit).length },
      records: {
        ...{ in: sum("in"), out: sum("out"), quarantined: sum("quarantined") },
        ...(planned === undefined ? {} : { planned }),
      },
      ...{ sentences: sum("sentences"), relations: sum("relations") },
      retries: [...losses.values()].reduce((total, count) => total + count, 0),
      workSeconds: sum("seconds"),
      ...rates(done, open.length),
    };
  }
}

function doneRecord(record: Settled | undefined): ManifestRecord | undefined {
  return record === undefined || isSplit(record) ? undefined : record;
}

/** Shards that the speed is taken from. */
const latest = 64;

function rates(done: readonly ManifestRecord[], open: number): Pick<BatchStatus, "sentencesPerSecond" | "secondsLeft"> {
  const last = done.toSorted((a, b) => a.finished - b.finished).slice(-latest);
  const [first] = last;
  const end = last.at(-1);
  if (first === undefined || end === undefined || end.finished <= first.finished) return {};
  // The first only marks the time from which the others were counted.
  const seconds = (end.finished - first.finished) / 1000;
  const sentences = last.slice(1).reduce((sum, record) => sum + record.sentences, 0);
  return {
    sentencesPerSecond: sentences / seconds,
    ...(open === 0 ? {} : { secondsLeft: (seconds / (last.length - 1)) * open }),
  };
}
