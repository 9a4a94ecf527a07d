import { createHash } from "node:crypto";
import type { Document } from "@weft-nlp/core";
import { rounded, statementsOf } from "@weft-nlp/core/triples";

/** A triple in the documents of a shard, with what `reduce` adds up. */
export interface CountedTriple {
  /** By its hash; the same for the same head, relation and tail everywhere. */
  readonly bucket: number;
  readonly head: string;
  readonly relation: string;
  readonly tail: string;
  /** How often it was found. */
  readonly count: number;
  /** The sum of its confidences in millionths: whole numbers, so that their order is no matter. */
  readonly total: number;
  /** Its best confidence in millionths. */
  readonly best: number;
  /** Where it is: ids of documents, the most confident first, each after its confidence. */
  readonly samples: readonly string[];
}

/** Max places that are kept for a triple. */
export const maxSamples = 3;
const millionths = 1_000_000;

/** Counts the triples of a shard. */
export class TripleCounts {
  readonly #buckets: number;
  readonly #found = new Map<string, Omit<CountedTriple, "bucket">>();

  /** @param buckets how many there are */
  constructor(buckets: number) {
    this.#buckets = buckets;
  }

  add(document: Document): void {
    const { document: id, statements } = statementsOf(document);
    for (const { head, relation, tail, confidence } of statements) {
      const key = JSON.stringify([head.text, relation, tail.text]);
      const worth = Math.round((rounded(confidence) ?? 1) * millionths);
      const before = this.#found.get(key);
      const sample = sampleKey(worth, id);
      this.#found.set(key, {
        ...{ head: head.text, relation, tail: tail.text },
        count: (before?.count ?? 0) + 1,
        total: (before?.total ?? 0) + worth,
        best: Math.max(before?.best ?? 0, worth),
        samples: [...new Set([...(before?.samples ?? []), sample])].toSorted().slice(0, maxSamples),
      });
    }
  }

  /** All triples, by bucket and then by their words. */
  sorted(): CountedTriple[] {
    const all = [...this.#found].map(([key, triple]) => ({ key, bucket: bucketOf(key, this.#buckets), ...triple }));
    all.sort((a, b) => a.bucket - b.bucket || (a.key < b.key ? -1 : 1));
    return all.map(({ key: _, ...triple }) => triple);
  }
}

/** A text that sorts more confident places first: `0012345 news.txt:7` for confidence 0.987655. */
function sampleKey(worth: number, id: string): string {
  return `${String(millionths - worth).padStart(7, "0")} ${id}`;
}

function bucketOf(key: string, buckets: number): number {
  return createHash("sha256").update(key).digest().readUInt32LE() % buckets;
}
