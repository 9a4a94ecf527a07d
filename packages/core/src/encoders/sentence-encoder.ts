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

export interface EncoderOptions {
  readonly inputs: Inputs;
  /** First values of tables. */
  readonly initial: Initialiser;
  /** The share of words that training reads as unknown. */
  readonly wordDropout: number;
  /**
   * Dropout on what the encoder gives: of single numbers, and of whole columns of a sentence
   * (Tompson et al. 2015).
   */
  readonly inputDropout: number;
  readonly spatialDropout?: number | undefined;
  /** Dropout inside of parts. */
  readonly partDropout?: number | undefined;
}

/** The share of the encoder's columns that one part gives. */
export interface PartShare {
  readonly name: string;
  readonly width: number;
}

/**
 * What is known of every word before its context: sentences in, [ΣN, D] out, the parts of the input
 * side by side. It stands under every model; which parts it reads the settings say.
 */
export class SentenceEncoder {
  /** D */
  readonly width: number;
  readonly shares: readonly PartShare[];
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
        message: "the training data has nothing of what the model reads",
        hint: "switch another input on, for example words",
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

  /** @param random given in training, where word dropout makes some words unknown */
  pack(examples: readonly EncoderExample[], random: Random | undefined): PackedSentences {
    return packSentences(examples, this.#empty, random && { rate: this.#options.wordDropout, random });
  }

  /**
   * [ΣN, D]; where no weight is learnt, and no part looks at the words around, each distinct word
   * once.
   */
  forward(tape: Tape, batch: PackedSentences): PlacedRows {
    const names = tape.training ? undefined : this.#names(batch);
    if (names === undefined) return { input: this.everyWord(tape, batch) };
    const { firsts, rows } = distinct(names.ids);
    const picked = this.#parts.map(([name]) => [name, pickWords(batch.inputs[name] as Columns, firsts)] as const);
    const input = this.#beside(tape, { offsets: batch.offsets, inputs: Object.fromEntries(picked) });
    return { input, rows, source: sourceOf(names, firsts) };
  }

  /** [ΣN, D] with a row of its own for every word. */
  everyWord(tape: Tape, batch: PackedSentences): Matrix {
    return this.#drop(tape, this.#beside(tape, batch), batch.offsets);
  }

  /**
   * What `forward` gives part by part, in the order of `shares`, for layers that weigh each on its
   * own: each distinct word, tag and so on once.
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

  /** All parts side by side, one row a word. */
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

  /** What a word is called by all parts at once; nothing where a part has no names. */
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

/** Neighbours that are rows of tables are looked up in one go. */
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

/** Numbers as one number, as in a table of all combinations; behind them text, as it stands. */
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
