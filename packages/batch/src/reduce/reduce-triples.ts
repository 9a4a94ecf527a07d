import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FileError } from "@weft-nlp/node";
import { fileFailure, sweepFolder, temporaryName } from "@weft-nlp/node/files";
import { maxSamples } from "../aggregates/index.ts";
import { BatchError } from "../errors.ts";
import { type Database, openDatabase, quoted } from "./load-duckdb.ts";

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
 * Adds up the triples of all shards, in bounded memory: first spreads them over buckets on disk,
 * reading each file once, then adds up bucket by bucket. The data set is the same for the same
 * shards, whichever order they were done in.
 *
 * @throws {FileError} PACKAGE_MISSING without DuckDB; OUTPUT_EXISTS; or when the system refuses
 */
export async function reduceTriples(input: ReduceInput): Promise<Reduction> {
  const { files, buckets, out, threads, memoryMiB = 2048, signal, onProgress } = input;
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
  const steps = Math.ceil(files.length / atOnce) + buckets;
  let step = 0;
  const advance = (): void => {
    signal?.throwIfAborted();
    onProgress?.(++step, steps);
  };
  try {
    for (let start = 0; start < files.length; start += atOnce) {
      await spread(database, files.slice(start, start + atOnce), spill, start);
      advance();
    }
    for (let bucket = 0; bucket < buckets; bucket++) {
      await addUp(database, join(spill, `bucket=${bucket}`), join(result, partName(bucket)));
      await rm(join(spill, `bucket=${bucket}`), { recursive: true, force: true });
      advance();
    }
    const { triples, found } = await database.row(
      `SELECT count(*) AS triples, coalesce(sum(count), 0)::BIGINT AS found FROM read_parquet(${quoted(join(result, "*.parquet"))})`,
    );
    await rename(result, out);
    return { triples: Number(triples), found: Number(found) };
  } catch (cause) {
    throw databaseFailure(cause, out);
  } finally {
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function spread(database: Database, files: readonly string[], spill: string, start: number): Promise<void> {
  await database.run(
    `COPY (SELECT * FROM read_parquet([${files.map(quoted).join(", ")}], hive_partitioning = false)) TO ${quoted(spill)} ` +
      `(FORMAT parquet, PARTITION_BY (bucket), OVERWRITE_OR_IGNORE, FILENAME_PATTERN ${quoted(`${start}_{i}`)})`,
  );
}

/** Writes the triples of one bucket, sorted, so that the same shards give the same rows. */
async function addUp(database: Database, folder: string, out: string): Promise<void> {
  const there = await stat(folder).catch(() => undefined);
  const rows =
    there === undefined
      ? "(SELECT '' AS head, '' AS relation, '' AS tail, 0 AS count, 0 AS total, 0 AS best, '' AS sample WHERE false)"
      : `read_parquet(${quoted(join(folder, "*.parquet"))}, hive_partitioning = false)`;
  await database.run(
    "COPY (SELECT head, relation, tail, sum(count)::BIGINT AS count, max(best) / 1e6 AS best, " +
      "round(sum(total) / sum(count) / 1e6, 6) AS mean, " +
      `list_transform(min(sample, ${maxSamples}), s -> substr(s, 9)) AS documents ` +
      `FROM ${rows} GROUP BY head, relation, tail ORDER BY head, relation, tail) ` +
      `TO ${quoted(out)} (FORMAT parquet)`,
  );
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
  const memory = /out of memory/i.test(cause.message);
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
