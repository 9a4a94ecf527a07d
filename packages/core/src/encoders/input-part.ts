import type { Initialiser, Lookup, PlacedRows, TableRows, Tape } from "@weft-nlp/tensor";
import type { z } from "zod";
import type { Scope } from "../nn/index.ts";
import type { Omission, Sentence } from "../schema/index.ts";
import type { Lexicon, LexiconNeeds } from "../vocabulary/index.ts";
import type { WordVectorTable } from "./word-vectors.ts";

/**
 * The data an input part keeps of one sentence, or of packed sentences: columns of numbers or of
 * text, which can be sent to another thread.
 */
export type Columns = Readonly<Record<string, Int32Array | readonly string[]>>;

/**
 * One thing known about every word before its context: the word itself, its characters, its part of
 * speech. The encoder concatenates the rows of all parts. To add a part, write a file in `inputs/`
 * and list it in `inputs/index.ts`.
 */
export interface InputPart<Settings extends object = object> {
  /** The name of the part's section in `model.inputs`. */
  readonly name: string;
  /** What the part adds, for the documentation. */
  readonly summary: string;
  /**
   * The schema of the part's settings.
   *
   * @param defaults the model's defaults, which take precedence over the part's own
   */
  settings(defaults: Partial<Settings>): z.ZodType<Settings>;
  /** True if the part reads entities, which only models with given entities have. */
  readonly readsEntities?: boolean | undefined;
  /** What the lexicon must hold for this part; defaults to nothing. */
  needs?(settings: Settings): LexiconNeeds;
  /**
   * Whether the lexicon holds what the part needs. If not, the part is skipped. Defaults to true.
   */
  isKnown?(lexicon: Lexicon): boolean;
  reader(lexicon: Lexicon): ReadPart;
  /**
   * Returns the columns after word dropout. A part without this method ignores word dropout.
   *
   * @param taken 1 for each dropped word; undefined outside training
   */
  drop?(columns: Columns, taken: Uint8Array | undefined): Columns;
  /**
   * For a part that reads a frozen network: lets training compute the network's rows once, before
   * its first step.
   */
  readonly frozen?: FrozenColumns | undefined;
  build(settings: Settings, place: PartPlace): PartNetwork;
}

/** How the rows of a frozen network get into the columns of a part. */
export interface FrozenColumns {
  /** The words of a sentence, from its columns. */
  sentence(columns: Columns): readonly string[];
  /**
   * The columns with the rows of the words.
   *
   * @param features 16-bit floats, two in each number; a last number may be half empty
   */
  attach(columns: Columns, features: Int32Array): Columns;
}

/** Reads a part's columns from a sentence and adds what they cannot hold to `omissions`. */
export type ReadPart = (sentence: Sentence, omissions: Omission[]) => Columns;

/** Everything a part needs to create its parameters. */
export interface PartPlace {
  readonly lexicon: Lexicon;
  readonly scope: Scope;
  /** Draws the first values of tables. */
  readonly initial: Initialiser;
  /** Dropout inside a part, before its rows are concatenated with the others. */
  readonly dropout: number;
}

/** A part with its parameters. */
export interface PartNetwork {
  /** The name of the part's parameters, and of its block in weights that are split by part. */
  readonly name: string;
  /** Columns that the part adds to a word. */
  readonly width: number;
  readonly wordVectors?: WordVectorTable | undefined;
  /**
   * Names the row of each word. Words with the same name have the same row wherever they occur, so
   * their rows are computed once per batch and the products of these rows are cached. Absent if a
   * row depends on the words around it.
   */
  names?(columns: Columns): TableRows;
  /**
   * The row of each word, from a table or from a matrix.
   *
   * @param offsets the start of each sentence, then the end of the last
   */
  rows(tape: Tape, columns: Columns, offsets: Int32Array): Lookup | PlacedRows;
}

/** Type-checks a part against its settings type, then erases it so that all parts fit one table. */
export function defineInput<Settings extends object>(part: InputPart<Settings>): InputPart {
  return part;
}

/** A column of numbers. */
export function numbersOf(columns: Columns, name: string): Int32Array {
  return columns[name] as Int32Array;
}
