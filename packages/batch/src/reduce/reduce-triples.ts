import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FileError } from "@weft-nlp/node/errors";
import { fileFailure, renameFile, sweepFolder, temporaryName } from "@weft-nlp/node/files";
import { BatchError } from "../errors.ts";
import { addUpBucket, countOf, rowsOf, spread } from "./buckets.ts";
import { isOutOfMemory, openDatabase, quoted } from "./load-duckdb.ts";

/** What to reduce. */
export interface ReduceInput {
  /** Parquet files of aggregates, as workers write them. */
  readonly files: readonly string[];
  /** How many buckets the triples were hashed into. */
  readonly buckets: number;
  /** A new folder for the data set: a Parquet file for each bucket. */
  readonly out: string;
  /** Memory of the database in MiB. Defaults to 2048. */
  readonly memoryMiB?: number | undefined;
  readonly threads: number;
  /** Rows of aggregates that are added up at a time. Defaults to what fits into the memory. */
  readonly rowsAtOnce?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/** What was reduced. */
export interface Reduction {
  /** Different triples. */
  readonly triples: number;
  /** How often they were found, all together. */
  readonly found: number;
}

/** Files that are read by one query. */
const atOnce = 256;

/**
 * Adding up takes about 500 bytes for each row with names of usual length, and cannot continue on
 * disk. The rest of the memory is for longer names and for what DuckDB reads ahead.
 */
const rowsPerMiB = 800;

/** Folders that rows are spread over at once; each has an open file. */
const maxFolders = 256;

/**
 * Adds up the triples of all shards, in bounded memory: first spreads them over buckets on disk,
 * reading each file once, then adds up bucket by bucket, a large one in pieces. The data set is the
 * same for the same shards, whichever order they were done in.
 *
 * @throws {FileError} PACKAGE_MISSING without DuckDB; OUTPUT_EXISTS; or when the system refuses
 */
export async function reduceTriples(input: ReduceInput): Promise<Reduction> {
  const { files, buckets, out, threads, memoryMiB = 2048, signal, onProgress } = input;
  const { rowsAtOnce = memoryMiB * rowsPerMiB } = input;
  await refuseExisting(out);
  const folder = temporaryName(out);
  const spill = join(folder, "spill");
  const result = join(folder, "result");
  await sweepFolder(dirname(folder));
  try {
    await mkdir(spill, { recursive: true });
    await mkdir(result);
  } catch (cause) {
    throw fileFailure(cause, out, "write");
  }
  const database = await openDatabase(join(folder, "temporary"), { memoryMiB, threads });
  const groups = Array.from({ length: Math.ceil(files.length / atOnce) }, (_, k) =>
    rowsOf(...files.slice(k * atOnce, (k + 1) * atOnce)),
  );
  const steps = groups.length + buckets;
  let step = 0;
  const advance = (): void => {
    signal?.throwIfAborted();
    onProgress?.(++step, steps);
  };
  try {
    let rows = 0;
    for (const group of groups) rows += await countOf(database, group);
    const fitting = Math.ceil(rows / buckets / rowsAtOnce);
    const pieces = Math.max(1, Math.min(fitting, Math.floor(maxFolders / buckets)));
    for (const [k, group] of groups.entries()) {
      await spread(database, group, { into: spill, by: ["bucket", "piece"], pieces, depth: 0, name: String(k) });
      advance();
    }
    for (let bucket = 0; bucket < buckets; bucket++) {
      const rowsFolder = join(spill, `bucket=${bucket}`);
      await addUpBucket(database, { folder: rowsFolder, pieces, out: join(result, partName(bucket)), rowsAtOnce, signal });
      advance();
    }
    const { triples, found } = await database.row(
      `SELECT count(*) AS triples, coalesce(sum(count), 0)::BIGINT AS found FROM read_parquet(${quoted(join(result, "*.parquet"))})`,
    );
    await renameFile(result, out);
    return { triples: Number(triples), found: Number(found) };
  } catch (cause) {
    throw databaseFailure(cause, out);
  } finally {
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function partName(bucket: number): string {
  return `part-${String(bucket).padStart(4, "0")}.parquet`;
}

async function refuseExisting(out: string): Promise<void> {
  const names = await readdir(out).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw fileFailure(cause, out, "write");
  });
  if (names.length === 0) return;
  throw new FileError("OUTPUT_EXISTS", {
    at: { source: out },
    message: "the folder for the data set is not empty",
    hint: "name a new folder with --out",
  });
}

/** DuckDB reports a full disk or a lack of memory in words only. */
function databaseFailure(cause: unknown, source: string): unknown {
  if (!(cause instanceof Error) || "code" in cause || cause.name === "AbortError") return cause;
  const full = /no space left|disk quota/i.test(cause.message);
  const memory = isOutOfMemory(cause);
  if (!full && !memory) {
    return new BatchError("BATCH_DAMAGED", {
      at: { source },
      message: `the aggregates cannot be added up: ${cause.message.split("\n", 1)[0]}`,
      hint: "weft batch verify finds aggregates that have changed",
      cause,
    });
  }
  return new FileError(full ? "DISK_FULL" : "FILE_UNUSABLE", {
    at: { source },
    message: full ? "no space is left to write this file" : "the memory does not suffice to add up a bucket",
    hint: full ? "free some space, or write to another disk" : "raise --memory, or plan with more --buckets",
    cause,
  });
}
