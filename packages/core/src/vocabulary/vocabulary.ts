import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, within } from "../json/fields.ts";
import type { Sentence } from "../schema/index.ts";
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
 * The words that a model knows, from the training split alone, and the rows that unknown words
 * share.
 *
 * Row 0 is the unknown word (with `shape`: the unknown word of no particular form). The other
 * shapes follow, then the words from frequent to rare, ties in code-unit order. There is no padding
 * row, since no batch is padded.
 */
export class Vocabulary {
  readonly options: Readonly<Required<{ [Name in keyof VocabularyOptions]: NonNullable<VocabularyOptions[Name]> }>>;
  /** The known words, folded; word `i` has row `unknownRows + i`. */
  readonly words: readonly string[];
  /** Occurrences in the training split, parallel to `words`. */
  readonly counts: readonly number[];
  readonly #rows: ReadonlyMap<string, number>;

  private constructor(entries: readonly (readonly [string, number])[], options: Vocabulary["options"]) {
    this.options = options;
    this.words = entries.map(([word]) => word);
    this.counts = entries.map(([, count]) => count);
    this.#rows = new Map(this.words.map((word, index) => [word, this.unknownRows + index]));
  }

  static build(words: Iterable<string>, options: VocabularyOptions = {}): Vocabulary {
    const complete = {
      minCount: options.minCount ?? 1,
      foldCase: options.foldCase ?? false,
      foldNumbers: options.foldNumbers ?? false,
      unknown: options.unknown ?? "single",
    };
    const counts = new Map<string, number>();
    for (const word of words) {
      const folded = fold(word, complete);
      counts.set(folded, (counts.get(folded) ?? 0) + 1);
    }
    const entries = [...counts].filter(([, count]) => count >= complete.minCount);
    entries.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    return new Vocabulary(entries, complete);
  }

  /**
   * Restores a vocabulary from the value of `toJSON`.
   *
   * @throws {DataError} FIELD_MISSING or FIELD_INVALID for any other value
   */
  static fromJSON(value: unknown, at: Location = {}): Vocabulary {
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
    );
  }

  toJSON(): Readonly<Record<string, unknown>> {
    return { ...this.options, words: this.words, counts: this.counts };
  }

  /** The number of rows, at the front, for unknown words. */
  get unknownRows(): number {
    return this.options.unknown === "shape" ? wordShapes.length : 1;
  }

  /** The number of rows that an embedding table for this vocabulary needs. */
  get size(): number {
    return this.unknownRows + this.words.length;
  }

  has(word: string): boolean {
    return this.#rows.has(fold(word, this.options));
  }

  /** The row of a word, or the row for unknown words of its shape. */
  indexOf(word: string): number {
    return this.#rows.get(fold(word, this.options)) ?? this.unknownIndexOf(word);
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
    const row = this.#rows.get(fold(word, this.options));
    return row === undefined ? 0 : (this.counts[row - this.unknownRows] as number);
  }
}

/** Builds the vocabulary of the words in sentences. */
export function wordVocabulary(sentences: Iterable<Sentence>, options?: VocabularyOptions): Vocabulary {
  return Vocabulary.build(tokensOf(sentences), options);
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

function fold(word: string, { foldCase, foldNumbers }: Vocabulary["options"]): string {
  const cased = foldCase ? word.toLowerCase() : word;
  return foldNumbers && /[^A-Za-z]/.test(cased) ? cased.replace(/\p{Nd}/gu, "0") : cased;
}
