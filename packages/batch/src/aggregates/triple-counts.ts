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
  readonly #found = new Map<string, Growing>();

  /** @param buckets how many there are */
  constructor(buckets: number) {
    this.#buckets = buckets;
  }

  add(document: Document): void {
    if (document.relations.length === 0) return;
    const { document: id, statements } = statementsOf(document);
    for (const { head, relation, tail, confidence } of statements) {
      // White space in mentions is single spaces, so line breaks separate.
      const key = `${head.text}\n${tail.text}\n${relation}`;
      const worth = Math.round((rounded(confidence) ?? 1) * millionths);
      const found = this.#found.get(key);
      if (found === undefined) {
        const triple = { head: head.text, relation, tail: tail.text, count: 1, total: worth, best: worth };
        this.#found.set(key, { ...triple, bestIn: id, others: undefined });
      } else {
        found.count++;
        found.total += worth;
        addSample(found, worth, id);
      }
    }
  }

  /** All triples in the order in which they were first found. */
  *all(): Generator<CountedTriple> {
    for (const [key, { bestIn, others, ...triple }] of this.#found) {
      const first = sampleKey(triple.best, bestIn);
      const samples = others === undefined ? [first] : [first, ...others];
      yield { bucket: hashOf(key) % this.#buckets, ...triple, samples };
    }
  }
}

/**
 * A triple while it is counted. Most are found once, so that the first sample is kept as the two
 * values that it is made of.
 */
type Growing = { -readonly [Key in keyof Omit<CountedTriple, "bucket" | "samples">]: CountedTriple[Key] } & {
  /** The document of the first sample. */
  bestIn: string;
  /** The samples after it. */
  others: string[] | undefined;
};

/** Keeps the first few samples in order, each once. */
function addSample(triple: Growing, worth: number, id: string): void {
  const isFirst = worth > triple.best || (worth === triple.best && id < triple.bestIn);
  if (worth === triple.best && id === triple.bestIn) return;
  const sample = isFirst ? sampleKey(triple.best, triple.bestIn) : sampleKey(worth, id);
  if (isFirst) [triple.best, triple.bestIn] = [worth, id];
  triple.others ??= [];
  const { others } = triple;
  const place = others.findIndex((each) => each >= sample);
  if (others[place] === sample) return;
  others.splice(place < 0 ? others.length : place, 0, sample);
  if (others.length >= maxSamples) others.pop();
}

/** A text that sorts more confident places first: `0012345 news.txt:7` for confidence 0.987655. */
function sampleKey(worth: number, id: string): string {
  return `${String(millionths - worth).padStart(7, "0")} ${id}`;
}

/** FNV-1a with 32 bits over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  return hash >>> 0;
}
