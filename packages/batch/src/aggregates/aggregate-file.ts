import { parquetWriteBuffer } from "hyparquet-writer";
import type { CountedTriple } from "./triple-counts.ts";

/**
 * The triples of a shard as Parquet, for `reduce`. A triple has one row for each sample; only the
 * first counts.
 *
 * Every shard pays for this, so the columns are filled directly: an object for each row would take
 * several times as long.
 *
 * @returns the bytes of the file
 */
export function aggregateBytes(triples: Iterable<CountedTriple>): Uint8Array {
  const [bucket, count, total, best]: [number[], number[], bigint[], number[]] = [[], [], [], []];
  const [head, relation, tail, sample] = [new Texts(), new Texts(), new Texts(), new Texts()];
  for (const triple of triples) {
    let isFirst = true;
    for (const each of triple.samples) {
      bucket.push(triple.bucket);
      head.add(triple.head);
      relation.add(triple.relation);
      tail.add(triple.tail);
      count.push(isFirst ? triple.count : 0);
      total.push(isFirst ? BigInt(triple.total) : 0n);
      best.push(triple.best);
      sample.add(each);
      isFirst = false;
    }
  }
  const columns = [
    { name: "bucket", type: "INT32", data: bucket },
    { name: "head", type: "STRING", data: head.encoded() },
    { name: "relation", type: "STRING", data: relation.encoded() },
    { name: "tail", type: "STRING", data: tail.encoded() },
    { name: "count", type: "INT32", data: count },
    { name: "total", type: "INT64", data: total },
    { name: "best", type: "INT32", data: best },
    { name: "sample", type: "STRING", data: sample.encoded() },
  ] as const;
  const columnData = columns.map((column) => ({ ...column, encoding: "PLAIN" as const }));
  return new Uint8Array(parquetWriteBuffer({ columnData, statistics: false, codec: "UNCOMPRESSED" }));
}

/** Texts as UTF-8, one after the other in one buffer. */
class Texts {
  #buffer = Buffer.allocUnsafe(1 << 16);
  #end = 0;
  readonly #ends: number[] = [];

  add(text: string): void {
    // A UTF-16 unit takes at most three bytes.
    const most = this.#end + 3 * text.length;
    if (most > this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer.subarray(0, this.#end)], 2 * most);
    this.#end += this.#buffer.write(text, this.#end);
    this.#ends.push(this.#end);
  }

  /** Each text by itself. */
  encoded(): Uint8Array[] {
    const { buffer, byteOffset } = this.#buffer;
    let start = 0;
    return this.#ends.map((end) => {
      const text = new Uint8Array(buffer, byteOffset + start, end - start);
      start = end;
      return text;
    });
  }
}
