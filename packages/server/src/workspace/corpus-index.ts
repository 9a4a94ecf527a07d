import type { Sentence } from "@weft-nlp/core";
import type { OverlapClass } from "@weft-nlp/core/metrics";
import { type CorpusCounts, overlapBits, type PackedCorpus, searchable } from "./pack-corpus.ts";

/** Selects sentences; all given conditions must hold. */
export interface SentenceFilter {
  readonly type?: string | undefined;
  readonly relation?: string | undefined;
  readonly overlap?: OverlapClass | undefined;
  /** In tokens, inclusive, as is `maxLength`. */
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  /** Words in the text, ignoring case. */
  readonly search?: string | undefined;
}

/** A sentence with its index in the file. */
export interface PackedSentence extends Sentence {
  /** From 0. */
  readonly index: number;
  readonly line: number | null;
  readonly overlap: OverlapClass[];
}

/** The sentences of a packed file; finds and unpacks a page of them within milliseconds. */
export class CorpusIndex {
  readonly counts: CorpusCounts;
  readonly bytes: number;
  readonly corpus: PackedCorpus;
  readonly #packed: Buffer;
  readonly #words: Buffer;

  constructor(corpus: PackedCorpus) {
    this.corpus = corpus;
    this.counts = corpus.counts;
    this.#packed = Buffer.from(corpus.packed.buffer);
    this.#words = Buffer.from(corpus.words.buffer);
    this.bytes = this.#packed.length + this.#words.length;
  }

  /** The indexes of the sentences that match a filter, in the order of the file. */
  matching({ type, relation, overlap, minLength = 0, maxLength = Infinity, search }: SentenceFilter): number[] {
    const lists: ArrayLike<number>[] = [];
    if (type !== undefined) lists.push(this.corpus.byType.get(type) ?? []);
    if (relation !== undefined) lists.push(this.corpus.byRelation.get(relation) ?? []);
    const words = search === undefined ? "" : searchable(search).trim();
    if (words !== "") lists.push(this.#holding(Buffer.from(words)));
    const bit = overlap === undefined ? 15 : overlapBits[overlap];
    const passes = (index: number): boolean => {
      const length = this.corpus.lengths[index] as number;
      return length >= minLength && length <= maxLength && ((this.corpus.overlap[index] as number) & bit) !== 0;
    };
    const [shortest, ...others] = lists.toSorted((a, b) => a.length - b.length);
    const candidates = shortest === undefined ? Array.from(this.corpus.lengths.keys()) : Array.from(shortest);
    const sets = others.map((list) => new Set(Array.from(list)));
    return candidates.filter((index) => passes(index) && sets.every((set) => set.has(index)));
  }

  sentence(index: number): PackedSentence {
    const [start, end] = [this.corpus.ends[index] as number, this.corpus.ends[index + 1] as number];
    const bits = this.corpus.overlap[index] as number;
    const overlap = (Object.keys(overlapBits) as OverlapClass[]).filter((name) => (bits & overlapBits[name]) !== 0);
    return {
      index,
      overlap,
      ...(JSON.parse(this.#packed.toString("utf8", start, end)) as Omit<PackedSentence, "index" | "overlap">),
    };
  }

  *sentences(): Generator<PackedSentence> {
    for (let index = 0; index < this.corpus.lengths.length; index++) yield this.sentence(index);
  }

  #holding(words: Buffer): number[] {
    const found: number[] = [];
    const ends = this.corpus.wordEnds;
    let sentence = 0;
    for (let at = this.#words.indexOf(words); at >= 0; at = this.#words.indexOf(words, ends[sentence + 1] as number)) {
      sentence = sentenceAt(ends, at, sentence);
      found.push(sentence);
    }
    return found;
  }
}

/**
 * Finds the sentence at an offset by binary search.
 *
 * @param from a sentence that does not begin after it
 */
function sentenceAt(ends: Float64Array, place: number, from: number): number {
  let [low, high] = [from, ends.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ends[middle] as number) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
