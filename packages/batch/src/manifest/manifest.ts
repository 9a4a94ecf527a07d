import { createHash } from "node:crypto";
import { checked, folderOf, recordSchema, shardFile, shardOfFile } from "../plan/index.ts";
import type { Store } from "../store/index.ts";
import type { ManifestRecord, Shard, SplitRecord } from "../types.ts";

/** What the manifest says of a shard: it is done, or its halves are to be done instead. */
export type Settled = ManifestRecord | SplitRecord;

/** Whether a record says that its shard was split. */
export function isSplit(record: Settled): record is SplitRecord {
  return "children" in record;
}

/** Records since the index was written that make it worth writing again. */
const worthAnIndex = 256;
/** Records that are read at a time. */
const atOnce = 64;
const indexName = "manifest-index";

/**
 * The records of what is committed: a small file for each shard, which never changes. The index
 * holds copies, so that reading tens of thousands takes a moment; it can be removed at any time.
 */
export class Manifest {
  readonly #store: Store;
  #records = new Map<string, Settled>();
  #indexed: number | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All records by shard. Reads only those that are new since the last time. */
  async read(): Promise<ReadonlyMap<string, Settled>> {
    if (this.#indexed === undefined) {
      const index = await this.#index();
      this.#records = new Map(index.map((record) => [record.shard, record]));
      this.#indexed = index.length;
    }
    const names = await this.#store.list(folderOf("manifest"));
    const found = new Map<string, Settled>();
    const missing: string[] = [];
    for (const name of names) {
      const id = shardOfFile(name);
      const record = this.#records.get(id);
      if (record === undefined) missing.push(id);
      else found.set(id, record);
    }
    for (let start = 0; start < missing.length; start += atOnce) {
      const some = missing.slice(start, start + atOnce);
      const read = await Promise.all(some.map(async (id) => [id, await this.get(id)] as const));
      for (const [id, record] of read) if (record !== undefined) found.set(id, record);
    }
    this.#records = found;
    if (Math.abs(found.size - this.#indexed) >= worthAnIndex) await this.#writeIndex();
    return found;
  }

  /** The record of a shard as it is in the store; undefined if there is none. */
  async get(id: string): Promise<Settled | undefined> {
    const name = shardFile("manifest", id);
    const text = await this.#store.read(name);
    return text === undefined ? undefined : checked(recordSchema, text, this.#store.pathOf(name));
  }

  /** Puts a record. @returns the one that is in the store now, which may be an earlier one */
  async put(record: Settled): Promise<Settled> {
    const name = shardFile("manifest", record.shard);
    if (await this.#store.put(name, `${JSON.stringify(record)}\n`)) return record;
    return (await this.get(record.shard)) ?? record;
  }

  /** Removes a record, so that its shard is done again. */
  async remove(id: string): Promise<void> {
    await this.#store.remove(shardFile("manifest", id));
    await this.#store.remove(indexName);
    this.#records.delete(id);
  }

  async #index(): Promise<Settled[]> {
    const text = await this.#store.read(indexName).catch(() => undefined);
    if (text === undefined) return [];
    const [sum = "", records = ""] = text.split("\n");
    // It is a copy: if it is damaged, the records themselves are read. They were checked before
    // they came into it; checking tens of thousands again would take longer than all the rest.
    return sum === sumOf(records) ? (JSON.parse(records) as Settled[]) : [];
  }

  async #writeIndex(): Promise<void> {
    this.#indexed = this.#records.size;
    const records = JSON.stringify([...this.#records.values()]);
    // A reader without the right to write, or a full disk, does without.
    await this.#store.replace(indexName, `${sumOf(records)}\n${records}\n`).catch(() => undefined);
  }
}

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The shards that make up the output in order: halves instead of those that were split. */
export function* leaves(shards: Iterable<Shard>, records: ReadonlyMap<string, Settled>): Generator<Shard> {
  for (const shard of shards) {
    const record = records.get(shard.id);
    if (record !== undefined && isSplit(record)) yield* leaves(halvesOf(shard, record), records);
    else yield shard;
  }
}

/** Halves have the names that ours have: following others might not end. */
function halvesOf({ id }: Shard, { children }: SplitRecord): readonly Shard[] {
  return children.map((child, k) => ({ ...child, id: `${id}/${k}` }));
}
