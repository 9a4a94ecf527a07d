import type { ModelIdentity } from "@weft-nlp/core/triples";
import type { RecordInput } from "@weft-nlp/node/files";

/** What a batch reads, with what, and how. Written once and never changed. */
export interface Plan {
  readonly format: "weft-batch";
  readonly version: 1;
  /** Names the plan, and so its queue: the beginning of a hash of everything below. */
  readonly id: string;
  readonly model: { readonly path: string; readonly identity: ModelIdentity };
  readonly inputs: readonly PlannedInput[];
  readonly options: BatchOptions;
  /** The list of shards: a file beside the plan with a line for each, and its SHA-256. */
  readonly shards: { readonly file: string; readonly count: number; readonly sha256: string };
  /** Records of all inputs; absent if they were not read for the plan. */
  readonly records?: number | undefined;
}

/** An input file as it was when the batch was planned. */
export interface PlannedInput {
  /** As it was given; ids of documents begin with it. */
  readonly name: string;
  /** Where every worker opens it: absolute. */
  readonly path: string;
  readonly kind: RecordInput;
  /** Size on disk in bytes. */
  readonly bytes: number;
  /** Whether it is gzip: it is then one shard, and can be read from its beginning only. */
  readonly packed: boolean;
  readonly checksum: Checksum;
}

/**
 * `full`: SHA-256 of the file. `sampled`: SHA-256 of its size, of its first and last MiB and of
 * blocks between them.
 */
export interface Checksum {
  readonly kind: "full" | "sampled";
  readonly sha256: string;
  /** SHA-256 of the sample, for both kinds: a worker checks it before its first shard. */
  readonly sample: string;
}

/** Everything that the output depends on besides the inputs and the model. */
export interface BatchOptions {
  /** A format whose parts can be joined. */
  readonly output: "jsonl" | "triples" | "tsv" | "csv";
  /** Whether an id of text is `name:line` or `name@byte`. */
  readonly ids: "line" | "byte";
  readonly blank: "record" | "skip";
  readonly newlines?: "auto" | "soft" | "hard" | undefined;
  readonly threshold?: number | undefined;
  readonly minConfidence?: number | undefined;
  readonly window?: number | undefined;
  readonly overlap?: number | undefined;
  readonly escapeFormulas?: boolean | undefined;
  readonly identity: "file" | "record";
  /** What computes; defaults to the fastest of each machine, whose last bits may differ. */
  readonly kernels?: "native" | "relaxed" | "baseline" | "plain" | undefined;
  /** URLs of the plugins that the model needs. */
  readonly plugins?: readonly string[] | undefined;
  /** Into how many buckets triples are collected for `reduce`; 0 collects none. */
  readonly buckets: number;
}

/** A range of one input that a worker does at once. */
export interface Shard {
  /** Its number from 0; halves of shard `7` are `7/0` and `7/1`. */
  readonly id: string;
  /** Index of the input. */
  readonly input: number;
  /** Half-open bytes of the unpacked input; records that begin there belong to the shard. */
  readonly start: number;
  /** Absent for the rest of the input. */
  readonly end?: number | undefined;
  /** The line at `start`, counted from 1; absent if the input was not read for the plan. */
  readonly line?: number | undefined;
  /** How many records it has; absent if the input was not read for the plan. */
  readonly records?: number | undefined;
  /** SHA-256 of its bytes; absent if the input was not read for the plan. */
  readonly sha256?: string | undefined;
}

/** A committed shard. `in = out + quarantined`. */
export interface ManifestRecord {
  readonly shard: string;
  /** Records read. */
  readonly in: number;
  /** Records written. */
  readonly out: number;
  /** Records that could not be read. */
  readonly quarantined: number;
  /** SHA-256 of the part. */
  readonly sha256: string;
  /** SHA-256 of its quarantine; present if anything is quarantined. */
  readonly quarantineSha256?: string | undefined;
  /** SHA-256 of its aggregates; present if the plan has buckets. */
  readonly aggregatesSha256?: string | undefined;
  /** Size of the part in bytes. */
  readonly bytes: number;
  readonly sentences: number;
  readonly relations: number;
  /** Time of the work, without waiting. */
  readonly seconds: number;
  /** When it was committed: milliseconds since 1970. */
  readonly finished: number;
  /** What computed it, as `kernelMark` names it. */
  readonly kernels: string;
}

/** A shard that ended workers again and again, and was halved. */
export interface SplitRecord {
  readonly shard: string;
  readonly children: readonly [Shard, Shard];
}

/** How far a shard has got, for progress and to see that it advances. */
export interface ShardProgress {
  readonly shard: string;
  /** Records done. */
  readonly records: number;
}

/**
 * Does shards, one at a time. It holds an open model in a process of its own, so this thread stays
 * free for a queue's client, and a record that ends the process ends nothing else.
 */
export interface ShardRunner {
  /**
   * Does a shard and commits it. A shard that is committed already resolves to its record at once.
   *
   * @param signal stops the work; nothing of the shard stays
   * @throws {ShardLost} if the worker ended or stalled: the shard may be retried
   * @throws {FileError} if the system or the input keeps any shard from being done
   */
  run(shard: Shard, signal: AbortSignal): Promise<ManifestRecord>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** What a driver needs of a batch. */
export interface BatchJob {
  readonly plan: Plan;
  /**
   * The shards that are left, in order: the plan without the manifest, with the halves of shards
   * that were split. Reads the manifest again at each call.
   */
  pending(): Promise<readonly Shard[]>;
  /** Opens a worker with a model of its own. Closing it is up to the driver. */
  openRunner(): Promise<ShardRunner>;
  /**
   * Notes that a worker was lost with a shard, and decides. `retry`: the shard is left as it was.
   * `split`: its halves are left instead. `quarantined`: it was one record, which is committed as
   * quarantined.
   */
  lost(shard: Shard, reason: string): Promise<LossDecision>;
  /**
   * Notes that the workers that hold a shard gave no sign of life, and decides as `lost` does.
   * Those of this machine that still run are not lost. `undefined` if no worker was lost.
   */
  abandoned(shard: Shard): Promise<LossDecision | undefined>;
  /** Called for each committed shard. */
  committed(record: ManifestRecord): void;
}

/** What happens after a lost worker. */
export type LossDecision =
  | { readonly kind: "retry"; readonly losses: number }
  | { readonly kind: "split"; readonly children: readonly [Shard, Shard] }
  | { readonly kind: "quarantined"; readonly record: ManifestRecord };

/** Decides which worker does which shard, and when. */
export interface Driver {
  readonly name: string;
  /**
   * Does every pending shard that is this driver's to do. Plan and manifest are the truth: whatever
   * a driver remembers besides may be lost.
   */
  run(job: BatchJob, signal: AbortSignal): Promise<void>;
}
