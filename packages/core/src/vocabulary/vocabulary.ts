import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, within } from "../json/fields.ts";
import type { Sentence } from "../schema/index.ts";
import { foldDigits, type VectorMatch, type WordVectors } from "./vectors/word-vectors.ts";
import { wordShapeIndex, wordShapes } from "./word-shape.ts";

/** How a vocabulary is built and looked up. */
export interface VocabularyOptions {
  /** Words that occur less often are unknown. */
  readonly minCount?: number | undefined;
  /** Convert to lower case before counting and looking up. */
  readonly foldCase?: boolean | undefined;
  /** Replace every digit with 0 before counting and looking up. */
  readonly foldNumbers?: boolean | undefined;
  /**
   * `single`: one row for all unknown words. `shape`: one row per word shape, which separates an
   * unknown name from an unknown verb.
   */
  readonly unknown?: "single" | "shape" | undefined;
}

/**
 * The words that a model knows, and the rows that unknown words share.
 *
 * Row 0 is the unknown word (with `shape`: the unknown word of no particular form). The other
 * shapes follow, then the words of the training split from frequent to rare, ties in code-unit
 * order. There is no padding row, since no batch is padded. With word vectors, the rows of the
 * vectors follow: a word that training has not seen has the vector of itself, of its lower case or
 * of its form with every digit read as 0.
 */
export class Vocabulary {
  readonly options: Readonly<Required<{ [Name in keyof VocabularyOptions]: NonNullable<VocabularyOptions[Name]> }>>;
  /** The known words, folded; word `i` has row `unknownRows + i`. */
  readonly words: readonly string[];
  /** Occurrences in the training split, parallel to `words`. */
  readonly counts: readonly number[];
  /** The vectors of words, whose rows follow those of the training split; undefined without. */
  readonly vectors: WordVectors | undefined;
  readonly #rows: ReadonlyMap<string, number>;

  private constructor(
    entries: readonly (readonly [string, number])[],
    options: Vocabulary["options"],
    vectors: WordVectors | undefined,
  ) {
    this.options = options;
    this.vectors = vectors;
    this.words = entries.map(([word]) => word);
    this.counts = entries.map(([, count]) => count);
    this.#rows = new Map(this.words.map((word, index) => [word, this.unknownRows + index]));
  }

  /**
   * @param words the running words of the training split
   * @param vectors makes every word that has a vector known, however rare it is. A word with a
   *   vector of its own is not folded.
   */
  static build(words: Iterable<string>, options: VocabularyOptions = {}, vectors?: WordVectors): Vocabulary {
    const complete = {
      minCount: options.minCount ?? 1,
      foldCase: options.foldCase ?? false,
      foldNumbers: options.foldNumbers ?? false,
      unknown: options.unknown ?? "single",
    };
    const occurrences = countsOf(words);
    const counts = new Map<string, number>();
    for (const [word, count] of occurrences) {
      const key = keyOf(word, complete, vectors);
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
    const isKnown = ([word, count]: readonly [string, number]): boolean =>
      count >= complete.minCount || vectors?.match(word) !== undefined;
    const entries = [...counts].filter(isKnown);
    entries.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    return new Vocabulary(entries, complete, vectors);
  }

  /**
   * Restores a vocabulary from the value of `toJSON`.
   *
   * @param vectors those that the vocabulary was built with
   * @throws {DataError} FIELD_MISSING or FIELD_INVALID for any other value or other vectors
   */
  static fromJSON(value: unknown, at: Location = {}, vectors?: WordVectors): Vocabulary {
    const fields = asObject(value, at, "");
    const words = asList(fields["words"], at, "words").map((word, index) => asString(word, at, `words[${index}]`));
    const counts = asList(fields["counts"], at, "counts").map((count, index) => asNumber(count, at, `counts[${index}]`));
    const { unknown, foldCase, foldNumbers } = fields;
    const valid =
      (unknown === "single" || unknown === "shape") && typeof foldCase === "boolean" && typeof foldNumbers === "boolean";
    if (!valid || counts.length !== words.length || new Set(words).size !== words.length) {
      const message = "expected unknown, foldCase, foldNumbers, and unique words with one count each";
      throw new DataError("FIELD_INVALID", { at: within(at, "vocabulary"), message });
    }
    const minCount = asNumber(fields["minCount"], at, "minCount");
    return new Vocabulary(
      words.map((word, index) => [word, counts[index] as number]),
      { minCount, foldCase, foldNumbers, unknown },
      sameVectors(fields["vectors"], at, vectors),
    );
  }

  /** The vectors themselves are no part of the JSON, only what identifies them. */
  toJSON(): Readonly<Record<string, unknown>> {
    const own = { ...this.options, words: this.words, counts: this.counts };
    if (this.vectors === undefined) return own;
    const { origin, count, dimension, digest } = this.vectors;
    return { ...own, vectors: { ...origin, count, dimension, digest } };
  }

  /** The number of rows, at the front, for unknown words. */
  get unknownRows(): number {
    return this.options.unknown === "shape" ? wordShapes.length : 1;
  }

  /**
   * The number of rows that an embedding table for this vocabulary needs. The rows of word vectors
   * follow them and are not counted.
   */
  get size(): number {
    return this.unknownRows + this.words.length;
  }

  has(word: string): boolean {
    return this.#find(word) !== undefined;
  }

  /** The row of a word, or the row for unknown words of its shape. */
  indexOf(word: string): number {
    return this.#find(word) ?? this.unknownIndexOf(word);
  }

  /**
   * The row that the word would have if it were unknown. Training sometimes substitutes it for a
   * rare word.
   */
  unknownIndexOf(word: string): number {
    return this.options.unknown === "shape" ? wordShapeIndex(word) : 0;
  }

  /** Occurrences in the training split; 0 for an unknown word. */
  countOf(word: string): number {
    const row = this.#find(word) ?? 0;
    return this.counts[row - this.unknownRows] ?? 0;
  }

  #find(word: string): number | undefined {
    const { vectors } = this;
    if (vectors === undefined) return this.#rows.get(fold(word, this.options));
    // A word of training as it stands needs no search in the vectors.
    const row = this.#rows.get(word);
    if (row !== undefined) return row;
    const match = vectors.match(word);
    const trained = match?.by === "exact" ? undefined : this.#rows.get(keyBy(word, this.options, match?.by));
    return trained ?? (match && this.size + match.row);
  }
}

/** The number of rows of a vocabulary, those of its word vectors included. */
export function rowsOf({ size, vectors }: Pick<Vocabulary, "size" | "vectors">): number {
  return size + (vectors?.count ?? 0);
}

/** Builds the vocabulary of the words in sentences. */
export function wordVocabulary(sentences: Iterable<Sentence>, options?: VocabularyOptions, vectors?: WordVectors): Vocabulary {
  return Vocabulary.build(tokensOf(sentences), options, vectors);
}

/** Builds the vocabulary of the characters (code points) in the tokens of sentences. */
export function characterVocabulary(sentences: Iterable<Sentence>, options?: VocabularyOptions): Vocabulary {
  return Vocabulary.build(charactersOf(sentences), options);
}

function* tokensOf(sentences: Iterable<Sentence>): Generator<string> {
  for (const sentence of sentences) yield* sentence.tokens;
}

function* charactersOf(sentences: Iterable<Sentence>): Generator<string> {
  for (const token of tokensOf(sentences)) yield* token;
}

function countsOf(words: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The form under which training knows a word: folded, unless a vector would be missed. */
function keyOf(word: string, options: Vocabulary["options"], vectors: WordVectors | undefined): string {
  return keyBy(word, options, vectors?.match(word)?.by);
}

/** @param by how the word is found in the vectors; undefined if it is not */
function keyBy(word: string, options: Vocabulary["options"], by: VectorMatch | undefined): string {
  if (by === "exact") return word;
  return by === "lowerCased" ? fold(word, { ...options, foldNumbers: false }) : fold(word, options);
}

function fold(word: string, { foldCase, foldNumbers }: Pick<Vocabulary["options"], "foldCase" | "foldNumbers">): string {
  const cased = foldCase ? word.toLowerCase() : word;
  return foldNumbers ? foldDigits(cased) : cased;
}

function sameVectors(stated: unknown, at: Location, vectors: WordVectors | undefined): WordVectors | undefined {
  if (stated === undefined) return undefined;
  const digest = asString(asObject(stated, at, "vectors")["digest"], at, "vectors.digest");
  if (vectors !== undefined && digest === vectors.digest) return vectors;
  throw new DataError("FIELD_INVALID", {
    at: within(at, "vectors"),
    message: `the words need the vectors ${digest}, ${vectors === undefined ? "which are missing" : `not ${vectors.digest}`}`,
  });
}
