import {
  type Initialiser,
  type Lookup,
  type Matrix,
  operations,
  type PlacedRows,
  type Random,
  type TableRows,
  type Tape,
} from "@weft-nlp/tensor";
import { ConfigError } from "../errors.ts";
import { distinct, type Scope } from "../nn/index.ts";
import type { Lexicon } from "../vocabulary/index.ts";
import type { EncoderExample, PackedSentences } from "./example.ts";
import type { Columns, PartNetwork } from "./input-part.ts";
import { type Inputs, readParts } from "./input-settings.ts";
import { packSentences, pickWords } from "./pack.ts";
import { SentenceReader } from "./sentence-reader.ts";
import type { WordVectorTable } from "./word-vectors.ts";

/** The inputs of an encoder and its dropout rates, each from 0 to below 1. */
export interface EncoderOptions {
  readonly inputs: Inputs;
  /** Draws the first values of tables. */
  readonly initial: Initialiser;
  /** The share of words that training reads as unknown. */
  readonly wordDropout: number;
  /** Dropout of single numbers in the encoder's output. */
  readonly inputDropout: number;
  /**
   * Dropout of whole columns of a sentence in the encoder's output (Tompson et al. 2015); defaults
   * to 0.
   */
  readonly spatialDropout?: number | undefined;
  /** Dropout inside the parts; defaults to 0. */
  readonly partDropout?: number | undefined;
}

/** The columns that one part contributes to the encoder's output. */
export interface PartShare {
  readonly name: string;
  readonly width: number;
}

/**
 * Represents every word by what is known before its context: it turns packed sentences into
 * [ΣN, D], with the rows of all input parts concatenated. Every model builds on it; the settings
 * decide which parts it reads.
 */
export class SentenceEncoder {
  /** Columns of the output, D. */
  readonly width: number;
  /** The columns of each part, in the order of the output. */
  readonly shares: readonly PartShare[];
  /** The table that word vectors may fill, if words are read. */
  readonly wordVectors: WordVectorTable | undefined;
  readonly #options: EncoderOptions;
  readonly #parts: readonly (readonly [name: string, network: PartNetwork])[];
  readonly #empty: EncoderExample;

  /** @throws {ConfigError} SETTING_INVALID when the lexicon knows none of the inputs */
  constructor(options: EncoderOptions, lexicon: Lexicon, scope: Scope) {
    const { inputs, initial, partDropout: dropout = 0 } = options;
    this.#options = options;
    if (readParts(inputs, lexicon).length === 0) {
      throw new ConfigError("SETTING_INVALID", {
        at: { path: "model.inputs" },
        message: "the training data holds none of the inputs that the model reads",
        hint: "switch on another input, for example words",
      });
    }
    this.#parts = readParts(inputs, lexicon).map(({ name, part, settings }) => [
      name,
      part.build(settings, { lexicon, scope, initial, dropout }),
    ]);
    this.#empty = new SentenceReader(inputs, lexicon).read({ id: "", tokens: [], entities: [], relations: [] });
    this.shares = this.#parts.map(([, { name, width }]) => ({ name, width }));
    this.width = this.shares.reduce((sum, { width }) => sum + width, 0);
    this.wordVectors = this.#parts.map(([, { wordVectors }]) => wordVectors).find((table) => table !== undefined);
  }

  /**
   * Packs examples end to end for `forward`.
   *
   * @param random draws the words that word dropout makes unknown; undefined outside training
   */
  pack(examples: readonly EncoderExample[], random: Random | undefined): PackedSentences {
    return packSentences(examples, this.#empty, random && { rate: this.#options.wordDropout, random });
  }

  /**
   * Encodes every word, [ΣN, D]. Outside training, each distinct word is computed once, unless a
   * part depends on the words around it.
   */
  forward(tape: Tape, batch: PackedSentences): PlacedRows {
    const names = tape.training ? undefined : this.#names(batch);
    if (names === undefined) return { input: this.everyWord(tape, batch) };
    const { firsts, rows } = distinct(names.ids);
    const picked = this.#parts.map(([name]) => [name, pickWords(batch.inputs[name] as Columns, firsts)] as const);
    const input = this.#beside(tape, { offsets: batch.offsets, inputs: Object.fromEntries(picked) });
    return { input, rows, source: sourceOf(names, firsts) };
  }

  /** Encodes every word into its own row of a matrix, [ΣN, D]. */
  everyWord(tape: Tape, batch: PackedSentences): Matrix {
    return this.#drop(tape, this.#beside(tape, batch), batch.offsets);
  }

  /**
   * The output of `forward` as one matrix per part, in the order of `shares`, for layers with
   * separate weights for each part. Each distinct word, tag and so on is computed once.
   */
  forwardShares(tape: Tape, { inputs, offsets }: PackedSentences): PlacedRows[] {
    const { inputDropout, spatialDropout = 0 } = this.#options;
    const noisy = tape.training && (inputDropout > 0 || spatialDropout > 0);
    return this.#parts.map(([name, part]) => {
      const columns = inputs[name] as Columns;
      const names = noisy ? undefined : part.names?.(columns);
      if (names === undefined) {
        return { input: this.#drop(tape, everyRow(tape, part.rows(tape, columns, offsets)), offsets) };
      }
      const { firsts, rows } = distinct(names.ids);
      const found = part.rows(tape, pickWords(columns, firsts), offsets);
      return { input: everyRow(tape, found), rows, source: sourceOf(names, firsts) };
    });
  }

  /** Concatenates all parts, one row per word. */
  #beside(tape: Tape, { inputs, offsets }: PackedSentences): Matrix {
    const found = this.#parts.map(([name, part]) => part.rows(tape, inputs[name] as Columns, offsets));
    const terms = together(tape, found);
    const [first] = terms;
    if (first !== undefined && terms.length === 1) return everyRow(tape, first);
    let to = 0;
    const placed = terms.map(({ input, rows }) => {
      const term = { input, rows, to };
      to += input.columns;
      return term;
    });
    const rows = first?.rows?.length ?? first?.input.rows ?? 0;
    return tape.apply(operations.compose, { rows, columns: to, terms: placed });
  }

  /** Names that identify a word across all parts; undefined if a part has no names. */
  #names({ inputs }: PackedSentences): TableRows | undefined {
    const all: TableRows[] = [];
    for (const [name, part] of this.#parts) {
      const own = part.names?.(inputs[name] as Columns);
      if (own === undefined) return undefined;
      all.push(own);
    }
    return combineNames(all);
  }

  #drop(tape: Tape, input: Matrix, offsets: Int32Array): Matrix {
    const { inputDropout, spatialDropout = 0 } = this.#options;
    const columns = tape.apply(operations.dropout, { input, rate: spatialDropout, shared: offsets });
    return tape.apply(operations.dropout, { input: columns, rate: inputDropout });
  }
}

/** Merges consecutive table lookups into one operation. */
function together(tape: Tape, found: readonly (Lookup | PlacedRows)[]): PlacedRows[] {
  const terms: PlacedRows[] = [];
  let lookups: Lookup[] = [];
  const flush = (): void => {
    if (lookups.length > 0) terms.push({ input: tape.apply(operations.embed, lookups) });
    lookups = [];
  };
  for (const rows of found) {
    if ("table" in rows) lookups.push(rows);
    else {
      flush();
      terms.push(rows);
    }
  }
  flush();
  return terms;
}

function everyRow(tape: Tape, found: Lookup | PlacedRows): Matrix {
  if ("table" in found) return tape.apply(operations.embed, [found]);
  const { input, rows } = found;
  if (rows === undefined) return input;
  return tape.apply(operations.compose, { rows: rows.length, columns: input.columns, terms: [{ input, rows }] });
}

/**
 * Combines numeric names into one number, an index into all combinations; other names into text.
 */
function combineNames(all: readonly TableRows[]): TableRows {
  const [first, ...others] = all;
  return others.reduce(combineTwo, first ?? { table: { name: "", rows: 0 }, ids: [] });
}

function combineTwo(left: TableRows, right: TableRows): TableRows {
  const table = { name: `${left.table.name} and ${right.table.name}`, rows: left.table.rows * right.table.rows };
  const count = left.ids.length;
  if (left.ids instanceof Int32Array || left.ids instanceof Float64Array) {
    if (right.ids instanceof Int32Array && table.rows <= Number.MAX_SAFE_INTEGER) {
      const numbers = new Float64Array(count);
      for (let k = 0; k < count; k++) numbers[k] = (left.ids[k] as number) * right.table.rows + (right.ids[k] as number);
      return { table, ids: numbers };
    }
  }
  const texts: string[] = [];
  for (let k = 0; k < count; k++) texts.push(`${left.ids[k]} ${right.ids[k]}`);
  return { table, ids: texts };
}

function sourceOf({ table, ids }: TableRows, places: Int32Array): TableRows {
  const names: (number | string)[] = [];
  for (let k = 0; k < places.length; k++) names.push(ids[places[k] as number] as number | string);
  return { table, ids: names };
}
