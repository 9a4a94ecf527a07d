import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { CountedTriple } from "./triple-counts.ts";

/** A row of a file of aggregates. A triple has one row for each sample; only the first counts. */
interface AggregateRow {
  readonly bucket: number;
  readonly head: string;
  readonly relation: string;
  readonly tail: string;
  readonly count: number;
  readonly total: bigint;
  readonly best: number;
  readonly sample: string;
}

const columns = {
  bucket: "INT32",
  head: "STRING",
  relation: "STRING",
  tail: "STRING",
  count: "INT32",
  total: "INT64",
  best: "INT32",
  sample: "STRING",
} as const satisfies Record<keyof AggregateRow, ColumnSource["type"]>;

/** The triples of a shard as Parquet, for `reduce`. @returns the bytes of the file */
export function aggregateBytes(triples: readonly CountedTriple[]): Uint8Array {
  const rows = triples.flatMap(({ samples, total, ...triple }) =>
    samples.map(
      (sample, k): AggregateRow =>
        k === 0 ? { ...triple, total: BigInt(total), sample } : { ...triple, count: 0, total: 0n, sample },
    ),
  );
  const columnData = Object.entries(columns).map(
    ([name, type]): ColumnSource => ({ name, type, encoding: "PLAIN", data: rows.map((row) => row[name as keyof AggregateRow]) }),
  );
  return new Uint8Array(parquetWriteBuffer({ columnData, statistics: false, codec: "UNCOMPRESSED" }));
}
