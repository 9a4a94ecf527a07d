import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "@weft-nlp/node/files";
import { maxSamples } from "../aggregates/index.ts";
import { type Database, isOutOfMemory, quoted } from "./load-duckdb.ts";

/** The rows of files, in SQL. @param files their names, which may hold `*` */
export function rowsOf(...files: readonly string[]): string {
  return `read_parquet([${files.map(quoted).join(", ")}], hive_partitioning = false)`;
}

export async function countOf(database: Database, rows: string): Promise<number> {
  const { count } = await database.row(`SELECT count(*) AS count FROM ${rows}`);
  return Number(count);
}

/** Where rows are spread to. */
interface SpreadTarget {
  /** Gets a folder `bucket=B/piece=P`, or `piece=P`, for each of them. */
  readonly into: string;
  readonly by: readonly ("bucket" | "piece")[];
  /** How many pieces there are. */
  readonly pieces: number;
  /** Rows with different triples that share a piece at one depth differ at the next. */
  readonly depth: number;
  /** Begins the names of the new files. */
  readonly name: string;
}

/** Spreads rows over folders; those of one triple stay together. */
export async function spread(database: Database, rows: string, target: SpreadTarget): Promise<void> {
  const { into, by, pieces, depth, name } = target;
  // Hashed twice: `hash` combines its arguments by an exclusive or, so with the depth among them
  // the rows of a piece would have the same last bits at every depth, and halving would do nothing.
  const piece = `(hash(xor(hash(head, relation, tail), ${depth}::UBIGINT)) % ${pieces})::INT AS piece`;
  // Dictionaries and compression would take half of the time.
  await database.run(
    `COPY (SELECT *, ${piece} FROM ${rows}) TO ${quoted(into)} (FORMAT parquet, PARTITION_BY (${by.join(", ")}), ` +
      `OVERWRITE_OR_IGNORE, FILENAME_PATTERN ${quoted(`${name}_{i}`)}, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1)`,
  );
}

/** A bucket to add up. */
interface BucketInput {
  /** Its rows in pieces, which are removed. There are none if it is missing. */
  readonly folder: string;
  readonly pieces: number;
  /** The file for its triples. */
  readonly out: string;
  /** A piece with more rows is divided. */
  readonly rowsAtOnce: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the triples of one bucket, sorted, so that the same shards give the same rows. Its pieces
 * are added up one by one, which has to fit into memory; sorting continues on disk by itself.
 */
export async function addUpBucket(database: Database, { folder, pieces, out, rowsAtOnce, signal }: BucketInput): Promise<void> {
  const sums = new Sums(database, rowsAtOnce, signal);
  await sums.addPieces(folder, pieces);
  const triples = sums.files.length === 0 ? noTriples : `SELECT * FROM ${rowsOf(...sums.files)}`;
  await database.run(`COPY (${triples} ORDER BY head, relation, tail) TO ${quoted(out)} (FORMAT parquet)`);
  await rm(folder, { recursive: true, force: true });
}

/** How many pieces a piece is divided into at most. */
const maxPieces = 64;

/** What is large after so many divisions are rows of a few triples, and those take no memory. */
const maxDepth = 4;

/** The triples of a bucket while they are added up. */
class Sums {
  readonly #database: Database;
  readonly #rowsAtOnce: number;
  readonly #signal: AbortSignal | undefined;
  /** Each has some of the triples, in no order. */
  readonly files: string[] = [];

  constructor(database: Database, rowsAtOnce: number, signal: AbortSignal | undefined) {
    this.#database = database;
    this.#rowsAtOnce = rowsAtOnce;
    this.#signal = signal;
  }

  async addPieces(folder: string, pieces: number, depth = 0): Promise<void> {
    for (let piece = 0; piece < pieces; piece++) {
      this.#signal?.throwIfAborted();
      const rows = join(folder, `piece=${piece}`);
      if (!(await exists(rows))) continue;
      await this.#addPiece(rows, join(folder, `sums-${piece}.parquet`), depth);
    }
  }

  async #addPiece(folder: string, out: string, depth: number): Promise<void> {
    const rows = rowsOf(join(folder, "*.parquet"));
    const count = await countOf(this.#database, rows);
    const divisible = depth < maxDepth;
    if (count <= this.#rowsAtOnce || !divisible) {
      try {
        await this.#database.run(`COPY (${addedUp(rows)}) TO ${quoted(out)} (FORMAT parquet, COMPRESSION uncompressed)`);
        this.files.push(out);
        await rm(folder, { recursive: true });
        return;
      } catch (cause) {
        // Long names take more than what was reckoned with. Only the sum of these rows is tried
        // again: the pieces of a division that failed may be added up already.
        if (!isOutOfMemory(cause) || !divisible) throw cause;
      }
    }
    await this.#divide(folder, rows, count, depth);
  }

  async #divide(folder: string, rows: string, count: number, depth: number): Promise<void> {
    const pieces = Math.min(maxPieces, Math.ceil(count / this.#rowsAtOnce) + 1);
    await spread(this.#database, rows, { into: folder, by: ["piece"], pieces, depth: depth + 1, name: "rows" });
    // They are in its pieces now, and need not take the space twice.
    for (const name of await readdir(folder)) if (name.endsWith(".parquet")) await rm(join(folder, name));
    await this.addPieces(folder, pieces, depth + 1);
  }
}

/** The triples of rows, in SQL. */
function addedUp(rows: string): string {
  return (
    "SELECT head, relation, tail, sum(count)::BIGINT AS count, max(best) / 1e6 AS best, " +
    "round(sum(total) / sum(count) / 1e6, 6) AS mean, " +
    `list_transform(min(sample, ${maxSamples}), s -> substr(s, 9)) AS documents ` +
    `FROM ${rows} GROUP BY head, relation, tail`
  );
}

const noTriples = addedUp(
  "(SELECT '' AS head, '' AS relation, '' AS tail, 0 AS count, 0 AS total, 0 AS best, '' AS sample WHERE false)",
);
