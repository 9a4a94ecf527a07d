import type { Initialiser, Lookup, PlacedRows, TableRows, Tape } from "@weft-nlp/tensor";
import type { z } from "zod";
import type { Scope } from "../nn/index.ts";
import type { Omission, Sentence } from "../schema/index.ts";
import type { Lexicon, LexiconNeeds } from "../vocabulary/index.ts";
import type { WordVectorTable } from "./word-vectors.ts";

/**
 * What a part keeps of a sentence, and of sentences end to end: columns of numbers or of text, so
 * that it can be sent to another thread.
 */
export type Columns = Readonly<Record<string, Int32Array | readonly string[]>>;

/**
 * One thing that is known of every word before its context: the word itself, its characters, its
 * part of speech. The encoder puts the rows of all parts side by side. A new part is a file in
 * `inputs/` and a line in `inputs/index.ts`.
 */
export interface InputPart<Settings extends object = object> {
  /** The name of its section in `model.inputs`. */
  readonly name: string;
  /** What it adds, for the documentation. */
  readonly summary: string;
  /** @param defaults of the model that reads it, in place of the part's own */
  settings(defaults: Partial<Settings>): z.ZodType<Settings>;
  /** True where it reads entities: only a model that is given them can have it. */
  readonly readsEntities?: boolean | undefined;
  /** What the lexicon must hold for it. */
  needs?(settings: Settings): LexiconNeeds;
  /**
   * Whether the lexicon holds that. A part that it does not is not read; every part without this
   * is.
   */
  isKnown?(lexicon: Lexicon): boolean;
  reader(lexicon: Lexicon): ReadPart;
  /**
   * The columns after word dropout; a part without this never notices it.
   *
   * @param taken 1 for each word that dropout took; none in use
   */
  drop?(columns: Columns, taken: Uint8Array | undefined): Columns;
  build(settings: Settings, place: PartPlace): PartNetwork;
}

/** Takes what a part needs of a sentence. What it cannot hold is added to `omissions`. */
export type ReadPart = (sentence: Sentence, omissions: Omission[]) => Columns;

/** Where a part's parameters live. */
export interface PartPlace {
  readonly lexicon: Lexicon;
  readonly scope: Scope;
  /** First values of tables. */
  readonly initial: Initialiser;
  /** Dropout inside of a part, before its rows are put beside those of others. */
  readonly dropout: number;
}

/** A part with its parameters. */
export interface PartNetwork {
  /** The name of its parameters, which tells its share of a weight from that of other parts. */
  readonly name: string;
  /** Numbers that it adds to a word. */
  readonly width: number;
  readonly wordVectors?: WordVectorTable | undefined;
  /**
   * Words of one name have one row, wherever they stand: such rows are computed once a batch, and
   * their products once for good. Absent where a row depends on the sentence around the word; then
   * every word has a row of its own.
   */
  names?(columns: Columns): TableRows;
  /**
   * One row for each word of the columns: rows of a table, or of a matrix.
   *
   * @param offsets where each sentence starts, and the last one ends
   */
  rows(tape: Tape, columns: Columns, offsets: Int32Array): Lookup | PlacedRows;
}

/** Checks a part against its own settings and forgets them, so that all parts fit one table. */
export function defineInput<Settings extends object>(part: InputPart<Settings>): InputPart {
  return part;
}

/** Columns that are numbers. */
export function numbersOf(columns: Columns, name: string): Int32Array {
  return columns[name] as Int32Array;
}
