import type { Document } from "@weft-nlp/core";
import type { TripleWriter } from "@weft-nlp/core/triples";
import { aggregateBytes, TripleCounts } from "../aggregates/index.ts";
import { isSplit, Manifest, type Settled } from "../manifest/index.ts";
import { isFirst, outputFormat, shardFile } from "../plan/index.ts";
import type { Store } from "../store/index.ts";
import type { ManifestRecord, Plan, Shard } from "../types.ts";
import { GrowingPart, type PutFile } from "./growing-part.ts";

/** What a shard is committed with besides its files. */
type CommitFacts = Pick<ManifestRecord, "seconds" | "kernels">;

/** The files of a shard while it is done: its part, its quarantine and its aggregates. */
export class ShardFiles {
  readonly #store: Store;
  readonly #shard: Shard;
  readonly #ending: string;
  readonly #part: GrowingPart;
  readonly #writer: TripleWriter;
  readonly #counts: TripleCounts | undefined;
  #quarantine: GrowingPart | undefined;
  readonly #open: GrowingPart[];
  readonly #done = { out: 0, quarantined: 0, sentences: 0, relations: 0 };

  private constructor(store: Store, plan: Plan, shard: Shard, part: GrowingPart) {
    const { output, identity, escapeFormulas, buckets } = plan.options;
    this.#store = store;
    this.#shard = shard;
    this.#ending = outputFormat(output).extension;
    this.#part = part;
    this.#open = [part];
    const inRecords = output !== "jsonl" || identity === "record";
    this.#writer = outputFormat(output).open(part, {
      escapeFormulas,
      model: inRecords ? plan.model.identity : undefined,
      // The head of a table belongs to its first part.
      continued: !isFirst(shard),
    });
    this.#counts = buckets > 0 ? new TripleCounts(buckets) : undefined;
  }

  static async open(store: Store, plan: Plan, shard: Shard): Promise<ShardFiles> {
    const name = shardFile("part", shard.id, outputFormat(plan.options.output).extension);
    return new ShardFiles(store, plan, shard, await GrowingPart.open(store, name));
  }

  /** Records so far. */
  get records(): number {
    return this.#done.out + this.#done.quarantined;
  }

  async write(document: Document): Promise<void> {
    await this.#writer.write(document);
    this.#counts?.add(document);
    this.#done.out++;
    this.#done.sentences += document.sentences.length;
    this.#done.relations += document.relations.length;
  }

  /** @param fault a line of the quarantine */
  async quarantine(fault: unknown): Promise<void> {
    if (this.#quarantine === undefined) {
      this.#quarantine = await GrowingPart.open(this.#store, shardFile("quarantine", this.#shard.id));
      this.#open.push(this.#quarantine);
    }
    await this.#quarantine.write(`${JSON.stringify(fault)}\n`);
    this.#done.quarantined++;
  }

  /**
   * Commits the shard: its files get their names, then its record. The first worker to put a record
   * is right.
   *
   * @returns the record that counts, which may be that of another worker
   */
  async commit({ seconds, kernels }: CommitFacts): Promise<Settled> {
    const { id } = this.#shard;
    const manifest = new Manifest(this.#store);
    await this.#writer.end();
    // One who was asleep must not leave a part beside those of its halves.
    const before = await manifest.get(id);
    if (before !== undefined) return before;
    const putting = [this.#part.put(), this.#putAggregates(), this.#putQuarantine()] as const;
    // All of them end before the first failure is thrown, so that nothing is closed too early.
    await Promise.allSettled(putting);
    const [part, aggregates, quarantine] = await Promise.all(putting);
    const { out, quarantined, sentences, relations } = this.#done;
    const record: ManifestRecord = {
      ...{ shard: id, in: out + quarantined, out, quarantined, sha256: part.sha256, bytes: part.bytes },
      ...(quarantine === undefined ? {} : { quarantineSha256: quarantine.sha256 }),
      ...(aggregates === undefined ? {} : { aggregatesSha256: aggregates }),
      ...{ sentences, relations, seconds, kernels, finished: Date.now() },
    };
    const settled = await manifest.put(record);
    if (isSplit(settled)) await removeShardFiles(this.#store, id, this.#ending);
    return settled;
  }

  /** Removes what was not committed. Does nothing after `commit`. */
  async close(): Promise<void> {
    for (const file of this.#open) await file.abort();
  }

  async #putQuarantine(): Promise<PutFile | undefined> {
    return this.#quarantine?.put();
  }

  async #putAggregates(): Promise<string | undefined> {
    if (this.#counts === undefined) return undefined;
    const file = await GrowingPart.open(this.#store, shardFile("aggregates", this.#shard.id));
    this.#open.push(file);
    await file.write(aggregateBytes(this.#counts.all()));
    return (await file.put()).sha256;
  }
}

/**
 * Removes the files of a shard, whichever there are. The record is up to the caller.
 *
 * @param ending of the plan's output format
 */
export async function removeShardFiles(store: Store, id: string, ending: string): Promise<void> {
  for (const what of ["quarantine", "aggregates", "part"] as const) await store.remove(shardFile(what, id, ending));
}
