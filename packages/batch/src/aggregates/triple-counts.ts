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
    const { document: id, statements } = statementsOf(document);
    for (const { head, relation, tail, confidence } of statements) {
      // White space in mentions is single spaces, so line breaks separate.
      const key = `${head.text}\n${tail.text}\n${relation}`;
      const worth = Math.round((rounded(confidence) ?? 1) * millionths);
      const sample = sampleKey(worth, id);
      const found = this.#found.get(key);
      if (found === undefined) {
        this.#found.set(key, {
          head: head.text,
          relation,
          tail: tail.text,
          count: 1,
          total: worth,
          best: worth,
          samples: [sample],
        });
        continue;
      }
      found.count++;
      found.total += worth;
      found.best = Math.max(found.best, worth);
      keepSample(found.samples, sample);
    }
  }

  /** All triples in the order in which they were first found. */
  all(): CountedTriple[] {
    return [...this.#found].map(([key, triple]) => ({ bucket: hashOf(key) % this.#buckets, ...triple }));
  }
}

/** A triple while it is counted. */
type Growing = { -readonly [Key in keyof Omit<CountedTriple, "bucket" | "samples">]: CountedTriple[Key] } & {
  readonly samples: string[];
};

/** Keeps the first few in order, each once. */
function keepSample(samples: string[], sample: string): void {
  const place = samples.findIndex((each) => each >= sample);
  if (samples[place] === sample || (place < 0 && samples.length >= maxSamples)) return;
  samples.splice(place < 0 ? samples.length : place, 0, sample);
  if (samples.length > maxSamples) samples.pop();
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
