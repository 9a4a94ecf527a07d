import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, WeftError } from "@weft-nlp/core";
import { documentFromText } from "@weft-nlp/core/text";
import { statementsOf } from "@weft-nlp/core/triples";
import { Random } from "@weft-nlp/tensor";
import { parquetReadObjects } from "hyparquet";
import { afterAll, expect, test } from "vitest";
import { aggregateBytes, TripleCounts } from "../aggregates/index.ts";
import { reduceTriples } from "./reduce-triples.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-reduce-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const buckets = 3;

/** A document with one relation. */
function document(id: string, [head, type, tail]: readonly [string, string, string], confidence: number): Document {
  const plain = documentFromText(id, `${head} and ${tail}`);
  const entities = [0, 2].map((start) => ({ start, end: start + 1, type: "PER", confidence: 1 }));
  return { ...plain, entities, relations: [{ head: 0, tail: 1, type, confidence }] };
}

/** Writes the aggregates of shards of random documents. @returns the documents */
function writeShards(names: readonly string[]): Document[] {
  const random = Random.of(11);
  const people = ["Ada", "Bob", "Zoë", "Éva", "李"];
  const pick = (): string => people[random.integer(people.length)] ?? "";
  return names.flatMap((name, shard) => {
    const counts = new TripleCounts(buckets);
    const documents = Array.from({ length: 40 }, (_, k) =>
      document(`d${shard}:${k}`, [pick(), "knows", pick()], (1 + random.integer(999_999)) / 1_000_000),
    );
    for (const each of documents) counts.add(each);
    writeFileSync(at(name), aggregateBytes(counts.all()));
    return documents;
  });
}

interface Row {
  readonly head: string;
  readonly tail: string;
  readonly count: bigint;
  readonly best: number;
  readonly mean: number;
  readonly documents: readonly string[];
}

async function rowsOf(out: string): Promise<Row[]> {
  const files = readdirSync(at(out)).toSorted();
  expect(files).toEqual(["part-0000.parquet", "part-0001.parquet", "part-0002.parquet"]);
  const rows: Row[] = [];
  for (const name of files) {
    const file = new Uint8Array(readFileSync(join(at(out), name))).buffer;
    rows.push(...((await parquetReadObjects({ file, compressors: {}, utf8: true })) as unknown as Row[]));
  }
  return rows;
}

test("every triple has one row with its count, best and mean confidence and best documents", async () => {
  const names = ["a.parquet", "b.parquet", "c.parquet"];
  const documents = writeShards(names);
  const done: number[] = [];
  const input = { buckets, threads: 2, onProgress: (step: number) => done.push(step) };
  const found = await reduceTriples({ ...input, files: names.map(at), out: at("triples") });
  const expected = new Map<string, { confidence: number; id: string }[]>();
  for (const each of documents) {
    const { document: id, statements } = statementsOf(each);
    for (const { head, tail, confidence = 0 } of statements) {
      const key = `${head.text} ${tail.text}`;
      expected.set(key, [...(expected.get(key) ?? []), { confidence, id }]);
    }
  }
  expect(found).toEqual({ triples: expected.size, found: 120 });
  expect(done).toEqual([1, 2, 3, 4]);
  const rows = await rowsOf("triples");
  for (const { head, tail, count, best, mean, documents: ids } of rows) {
    const all = (expected.get(`${head} ${tail}`) ?? []).toSorted((a, b) => b.confidence - a.confidence);
    expect(Number(count)).toBe(all.length);
    expect(best).toBeCloseTo(all[0]?.confidence ?? -1, 9);
    expect(mean).toBeCloseTo(all.reduce((sum, each) => sum + each.confidence, 0) / all.length, 5);
    expect(ids).toEqual(all.slice(0, 3).map(({ id }) => id));
  }
  expect(rows).toHaveLength(expected.size);
  await reduceTriples({ ...input, files: names.toReversed().map(at), out: at("reversed") });
  expect(await rowsOf("reversed")).toEqual(rows);
  // Buckets that do not fit are divided, and the pieces that still do not fit again.
  await reduceTriples({ ...input, files: names.map(at), out: at("pieces"), rowsAtOnce: 2 });
  expect(await rowsOf("pieces")).toEqual(rows);
});

test("an existing data set is refused, and a failure leaves nothing", async () => {
  const names = ["d.parquet"];
  writeShards(names);
  const input = { files: names.map(at), buckets, threads: 1 };
  await reduceTriples({ ...input, out: at("taken") });
  await expect(reduceTriples({ ...input, out: at("taken") })).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
  writeFileSync(at("bad.parquet"), "no parquet");
  const failure: unknown = await reduceTriples({ ...input, files: [at("bad.parquet")], out: at("none") }).catch(
    (cause: unknown) => cause,
  );
  expect(failure).toBeInstanceOf(WeftError);
  expect(failure).toMatchObject({ code: "BATCH_DAMAGED", at: { source: at("none") } });
  expect(readdirSync(folder).filter((name) => name.startsWith("none") || name.startsWith("."))).toEqual([]);
});

test("a batch without triples gives a data set without rows", async () => {
  writeFileSync(at("empty.parquet"), aggregateBytes([]));
  expect(await reduceTriples({ files: [at("empty.parquet")], buckets, out: at("empty"), threads: 1 })).toEqual({
    triples: 0,
    found: 0,
  });
  expect(await rowsOf("empty")).toEqual([]);
});
