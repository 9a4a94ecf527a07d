import { type Location, type Sentence, WeftError } from "@weft-nlp/core";
import type { Fault } from "@weft-nlp/core/corpus";
import { type OverlapClass, overlapClasses } from "@weft-nlp/core/metrics";
import { readSentences } from "@weft-nlp/node/files";
import { placeInside } from "./place-inside.ts";

export interface CorpusCounts {
  readonly sentences: number;
  readonly tokens: number;
  readonly entities: number;
  readonly relations: number;
  /** Most frequent first. */
  readonly entityTypes: Readonly<Record<string, number>>;
  readonly relationTypes: Readonly<Record<string, number>>;
  /** Annotations that could not be read into a document. */
  readonly notCarried: number;
  /** Why reading stopped before the end. */
  readonly fault: Fault | null;
  /** True if the file exceeds what is kept in memory; the counts cover the part that is kept. */
  readonly truncated: boolean;
}

/**
 * The sentences of a file, packed so that 50,000 of them take tens of megabytes: the JSON of each
 * in one buffer, its words in lower case in another, and for each type the list of sentences that
 * have it. The large parts are in memory that threads share.
 */
export interface PackedCorpus {
  readonly counts: CorpusCounts;
  readonly packed: Uint8Array<SharedArrayBuffer>;
  /** Offset of each sentence in `packed`, followed by the end of the last one. */
  readonly ends: Float64Array;
  readonly words: Uint8Array<SharedArrayBuffer>;
  readonly wordEnds: Float64Array;
  /** Tokens of each sentence. */
  readonly lengths: Uint32Array;
  readonly overlap: Uint8Array;
  readonly byType: ReadonlyMap<string, Uint32Array>;
  readonly byRelation: ReadonlyMap<string, Uint32Array>;
}

const untyped = "untyped";
export const overlapBits = { none: 1, Normal: 2, EPO: 4, SEO: 8 } as const satisfies Record<OverlapClass, number>;

/**
 * Reads a file or corpus folder up to its end, its first fault or the memory limit.
 *
 * @throws errors that are not faults of the file
 */
export async function packCorpus(path: string, { maxBytes }: { readonly maxBytes: number }): Promise<PackedCorpus> {
  const gathered = new Gathered();
  let fault: Fault | null = null;
  let truncated = false;
  try {
    for await (const event of readSentences(path, { followLinks: false })) {
      if (event.kind === "omission") gathered.notCarried++;
      else gathered.add(event.sentence, lineIn(path, event.at));
      truncated = gathered.bytes > maxBytes;
      if (truncated) break;
    }
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    const { code, summary: message, hint, at = {} } = error;
    const { source, ...place } = at;
    const inside = placeInside(path, source);
    fault = { code, message, hint, at: inside === undefined ? place : { ...place, source: inside } };
  }
  return {
    counts: gathered.counts(fault, truncated),
    packed: joined(gathered.packed),
    ends: endsOf(gathered.packed),
    words: joined(gathered.words),
    wordEnds: endsOf(gathered.words),
    lengths: Uint32Array.from(gathered.lengths),
    overlap: Uint8Array.from(gathered.overlap),
    byType: listsOf(gathered.byType),
    byRelation: listsOf(gathered.byRelation),
  };
}

/** In a corpus folder a line means nothing without its file; sentences are found by id. */
function lineIn(path: string, { source, line }: Location): number | null {
  return placeInside(path, source) === undefined ? (line ?? null) : null;
}

/** Collects what is read before it is packed. */
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
    // No search contains a line end, so a match cannot span two sentences.
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

export function searchable(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, " ");
}

function joined(pieces: readonly Buffer[]): Uint8Array<SharedArrayBuffer> {
  const bytes = new Uint8Array(new SharedArrayBuffer(pieces.reduce((sum, { length }) => sum + length, 0)));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function listsOf(places: ReadonlyMap<string, readonly number[]>): Map<string, Uint32Array> {
  return new Map([...places].map(([type, list]) => [type, Uint32Array.from(list)]));
}

function endsOf(pieces: readonly Buffer[]): Float64Array {
  const ends = new Float64Array(pieces.length + 1);
  for (const [index, { length }] of pieces.entries()) ends[index + 1] = (ends[index] as number) + length;
  return ends;
}
