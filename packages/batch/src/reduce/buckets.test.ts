import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, afterEach, expect, test } from "vitest";
import { aggregateBytes } from "../aggregates/index.ts";
import { addUpBucket, rowsOf, spread } from "./buckets.ts";
import { type Database, isOutOfMemory, openDatabase, quoted } from "./load-duckdb.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-buckets-"));
const open: Database[] = [];
afterEach(() => {
  for (const database of open.splice(0)) database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const heads = Array.from({ length: 40 }, (_, k) => `head ${k % 20}`);

/** Rows of 20 triples, two of each, spread over the one piece of a bucket. */
async function bucketOf(name: string): Promise<{ database: Database; folder: string; out: string }> {
  const database = await openDatabase(join(folder, `${name}-temporary`), { memoryMiB: 256, threads: 1 });
  open.push(database);
  const file = join(folder, `${name}-rows.parquet`);
  const counted = { bucket: 0, relation: "r", tail: "t", count: 2, total: 1_000_000, best: 500_000 };
  writeFileSync(file, aggregateBytes(heads.map((head, k) => ({ ...counted, head, samples: [`00500000d${k}`] }))));
  const into = join(folder, name);
  await spread(database, rowsOf(file), { into, by: ["bucket", "piece"], pieces: 1, depth: 0, name: "0" });
  return { database, folder: join(into, "bucket=0"), out: join(folder, `${name}.parquet`) };
}

async function read(file: string): Promise<unknown> {
  return parquetReadObjects({ file: new Uint8Array(readFileSync(file)).buffer, compressors: {}, utf8: true });
}

/**
 * The database with too little memory for some sums, which it says in the words of DuckDB.
 *
 * @param fits whether rows, in SQL, can be added up
 */
function tight(database: Database, fits: (rows: string) => Promise<boolean>): { database: Database; refused(): number } {
  let refused = 0;
  const run = async (sql: string): Promise<void> => {
    const rows = / FROM (read_parquet\(.*\)) GROUP BY /.exec(sql)?.[1];
    if (rows === undefined || (await fits(rows))) return database.run(sql);
    refused++;
    throw new Error("Out of Memory Error: could not allocate block of size 256.0 KiB (15.9 MiB/16.0 MiB used)");
  };
  return { database: { ...database, run }, refused: () => refused };
}

test("DuckDB without memory says so in words that are understood", async () => {
  const database = await openDatabase(join(folder, "temporary"), { memoryMiB: 8, threads: 1 });
  open.push(database);
  const failure: unknown = await database
    .run("CREATE TABLE t AS SELECT list(range) FROM range(10000000)")
    .catch((cause: unknown) => cause);
  expect(isOutOfMemory(failure), String(failure)).toBe(true);
  expect(isOutOfMemory(await database.run("SELECT nothing").catch((cause: unknown) => cause))).toBe(false);
});

test("what is out of memory is divided until it fits, and gives the same triples", async () => {
  const roomy = await bucketOf("roomy");
  await addUpBucket(roomy.database, { ...roomy, pieces: 1, rowsAtOnce: 1000 });
  const expected = await read(roomy.out);
  expect(expected).toHaveLength(20);
  const { database, ...bucket } = await bucketOf("tight");
  const small = tight(database, async (rows) => Number((await database.row(`SELECT count(*) AS n FROM ${rows}`))["n"]) <= 8);
  await addUpBucket(small.database, { ...bucket, pieces: 1, rowsAtOnce: 1000 });
  expect(small.refused()).toBeGreaterThan(2);
  expect(await read(bucket.out)).toEqual(expected);
});

test("if division does not help, the lack of memory is the error, and no sum is tried twice", async () => {
  const { database, ...bucket } = await bucketOf("never");
  const tried: string[] = [];
  const without = tight(database, async (rows) => {
    tried.push(rows);
    const { n } = await database.row(`SELECT count(*) AS n FROM ${rows} WHERE head = ${quoted("head 7")}`);
    return Number(n) === 0;
  });
  // Pieces of more than two rows are divided without a try; the triple itself never fits.
  const failure: unknown = await addUpBucket(without.database, { ...bucket, pieces: 1, rowsAtOnce: 2 }).catch(
    (cause: unknown) => cause,
  );
  expect(isOutOfMemory(failure), String(failure)).toBe(true);
  expect(new Set(tried).size).toBe(tried.length);
});
