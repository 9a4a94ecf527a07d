import { type Fault, type Location, type OverlapClass, overlapClasses, type Sentence, WeftError } from "@weft/core";
import { ToolError } from "../../errors.ts";
import { readSentences } from "../../files/read-documents.ts";
import type { IndexedSentence } from "./data-schemas.ts";
import { placeInside } from "./place-inside.ts";

/** What a page of sentences is chosen by; each narrows what the others leave. */
export interface SentenceFilter {
  readonly type?: string | undefined;
  readonly relation?: string | undefined;
  readonly overlap?: OverlapClass | undefined;
  /** In tokens, both included. */
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  /** Words that stand in the text, whatever their case. */
  readonly search?: string | undefined;
}

export interface CorpusCounts {
  readonly sentences: number;
  readonly tokens: number;
  readonly entities: number;
  readonly relations: number;
  /** The most frequent first. */
  readonly entityTypes: Readonly<Record<string, number>>;
  readonly relationTypes: Readonly<Record<string, number>>;
  /** Annotations that could not be carried over. */
  readonly notCarried: number;
  /** Why reading stopped before the end. */
  readonly fault: Fault | null;
  /** True where the file holds more than is kept in memory; the counts are of what is. */
  readonly truncated: boolean;
}

const untyped = "untyped";
const overlapBits = { none: 1, Normal: 2, EPO: 4, SEO: 8 } as const satisfies Record<OverlapClass, number>;

/**
 * The sentences of a file, packed so that 50,000 of them take some tens of megabytes: each as JSON in one buffer, its words in lower case in
 * another, and for each type the list of sentences that hold it. A page of sentences is then found and unpacked within milliseconds.
 */
export class CorpusIndex {
  readonly counts: CorpusCounts;
  readonly bytes: number;
  readonly #packed: Buffer;
  readonly #ends: Float64Array;
  readonly #words: Buffer;
  readonly #wordEnds: Float64Array;
  readonly #lengths: Uint32Array;
  readonly #overlap: Uint8Array;
  readonly #byType: ReadonlyMap<string, readonly number[]>;
  readonly #byRelation: ReadonlyMap<string, readonly number[]>;

  private constructor(gathered: Gathered, counts: CorpusCounts) {
    this.counts = counts;
    this.#packed = Buffer.concat(gathered.packed);
    this.#ends = endsOf(gathered.packed);
    this.#words = Buffer.concat(gathered.words);
    this.#wordEnds = endsOf(gathered.words);
    this.#lengths = Uint32Array.from(gathered.lengths);
    this.#overlap = Uint8Array.from(gathered.overlap);
    this.#byType = gathered.byType;
    this.#byRelation = gathered.byRelation;
    this.bytes = this.#packed.length + this.#words.length;
  }

  /**
   * Reads a file, or a folder that is one corpus, up to its end, its first fault, or as much as is kept.
   *
   * @throws what is no fault of the file
   */
  static async read(path: string, { maxBytes }: { readonly maxBytes: number }): Promise<CorpusIndex> {
    const gathered = new Gathered();
    let fault: Fault | null = null;
    let truncated = false;
    try {
      for await (const event of readSentences(path, { followLinks: false })) {
        if (event.kind === "loss") gathered.notCarried++;
        else gathered.add(event.sentence, lineIn(path, event.at));
        truncated = gathered.bytes > maxBytes;
        if (truncated) break;
      }
    } catch (error) {
      if (!(error instanceof WeftError) && !(error instanceof ToolError)) throw error;
      const { code, summary: message, hint, at = {} } = error;
      const { source, ...place } = at;
      const inside = placeInside(path, source);
      fault = { code, message, hint, at: inside === undefined ? place : { ...place, source: inside } };
    }
    return new CorpusIndex(gathered, gathered.counts(fault, truncated));
  }

  /** The sentences that pass a filter, in the order of the file. */
  matching({ type, relation, overlap, minLength = 0, maxLength = Infinity, search }: SentenceFilter): number[] {
    const lists: (readonly number[])[] = [];
    if (type !== undefined) lists.push(this.#byType.get(type) ?? []);
    if (relation !== undefined) lists.push(this.#byRelation.get(relation) ?? []);
    const words = search === undefined ? "" : searchable(search).trim();
    if (words !== "") lists.push(this.#holding(Buffer.from(words)));
    const bit = overlap === undefined ? 15 : overlapBits[overlap];
    const passes = (index: number): boolean => {
      const length = this.#lengths[index] as number;
      return length >= minLength && length <= maxLength && ((this.#overlap[index] as number) & bit) !== 0;
    };
    const [shortest, ...others] = lists.toSorted((a, b) => a.length - b.length);
    const candidates = shortest ?? Array.from(this.#lengths.keys());
    const sets = others.map((list) => new Set(list));
    return candidates.filter((index) => passes(index) && sets.every((set) => set.has(index)));
  }

  sentence(index: number): IndexedSentence {
    const [start, end] = [this.#ends[index] as number, this.#ends[index + 1] as number];
    const bits = this.#overlap[index] as number;
    const overlap = (Object.keys(overlapBits) as OverlapClass[]).filter((name) => (bits & overlapBits[name]) !== 0);
    return {
      index,
      overlap,
      ...(JSON.parse(this.#packed.toString("utf8", start, end)) as Omit<IndexedSentence, "index" | "overlap">),
    };
  }

  *sentences(): Generator<IndexedSentence> {
    for (let index = 0; index < this.#lengths.length; index++) yield this.sentence(index);
  }

  #holding(words: Buffer): number[] {
    const found: number[] = [];
    const ends = this.#wordEnds;
    let sentence = 0;
    for (let at = this.#words.indexOf(words); at >= 0; at = this.#words.indexOf(words, ends[sentence + 1] as number)) {
      sentence = sentenceAt(ends, at, sentence);
      found.push(sentence);
    }
    return found;
  }
}

/** Lines of a folder's files say nothing without the file; what stands there is found by its id. */
function lineIn(path: string, { source, line }: Location): number | null {
  return placeInside(path, source) === undefined ? (line ?? null) : null;
}

/** What is read before it is packed together. */
class Gathered {
  readonly packed: Buffer[] = [];
  readonly words: Buffer[] = [];
  readonly lengths: number[] = [];
  readonly overlap: number[] = [];
  readonly byType = new Map<string, number[]>();
  readonly byRelation = new Map<string, number[]>();
  readonly #types = new Map<string, number>();
  readonly #relations = new Map<string, number>();
  bytes = 0;
  notCarried = 0;

  add(sentence: Sentence, line: number | null): void {
    const index = this.lengths.length;
    const { id, tokens, entities, relations } = sentence;
    const packed = Buffer.from(JSON.stringify({ id, line, tokens, entities, relations }));
    // The line end, which no search holds, keeps a match from reaching over two sentences.
    const words = Buffer.from(`${searchable(tokens.join(" "))}\n`);
    this.packed.push(packed);
    this.words.push(words);
    this.bytes += packed.length + words.length;
    this.lengths.push(tokens.length);
    this.overlap.push(overlapClasses(sentence).reduce((bits, name) => bits | overlapBits[name], 0));
    note(
      this.#types,
      this.byType,
      index,
      entities.map(({ type }) => type ?? untyped),
    );
    note(
      this.#relations,
      this.byRelation,
      index,
      relations.map(({ type }) => type),
    );
  }

  counts(fault: Fault | null, truncated: boolean): CorpusCounts {
    const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);
    return {
      sentences: this.lengths.length,
      tokens: this.lengths.reduce((total, length) => total + length, 0),
      entities: sum(this.#types.values()),
      relations: sum(this.#relations.values()),
      entityTypes: byFrequency(this.#types),
      relationTypes: byFrequency(this.#relations),
      notCarried: this.notCarried,
      fault,
      truncated,
    };
  }
}

function note(counts: Map<string, number>, places: Map<string, number[]>, index: number, types: readonly string[]): void {
  for (const type of types) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
    const list = places.get(type);
    if (list === undefined) places.set(type, [index]);
    else if (list.at(-1) !== index) list.push(index);
  }
}

function byFrequency(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

function searchable(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, " ");
}

/** Where each piece begins, and behind the last one where it ends. */
function endsOf(pieces: readonly Buffer[]): Float64Array {
  const ends = new Float64Array(pieces.length + 1);
  for (const [index, { length }] of pieces.entries()) ends[index + 1] = (ends[index] as number) + length;
  return ends;
}

/** The piece that holds a place, by halving. @param from one that does not begin behind it */
function sentenceAt(ends: Float64Array, place: number, from: number): number {
  let [low, high] = [from, ends.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ends[middle] as number) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
