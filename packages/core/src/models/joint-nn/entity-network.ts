import {
  type ChainParameters,
  type Matrix,
  normal,
  operations,
  type Parameter,
  type PlacedRows,
  type TableRows,
  type Tape,
  uniform,
} from "@weft-nlp/tensor";
import {
  applyBilstm,
  applyConvolution,
  applyLinear,
  type BilstmLayer,
  bilstmLayer,
  type ConvolutionLayer,
  convolutionLayer,
  distinct,
  type LinearLayer,
  linearLayer,
  type Scope,
} from "../../nn/index.ts";
import type { Lexicon, Vocabulary } from "../../vocabulary/index.ts";
import type { JointNnSettings } from "./settings.ts";

/** Sentences packed end to end. */
export interface JointBatch {
  readonly words: Int32Array;
  /** The words themselves, whose characters are read. */
  readonly tokens: readonly string[];
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
}

/** The words seen in their context, and what that says about their tags. */
export interface EntityOutput {
  /** [ΣN, 2H] */
  readonly states: Matrix;
  /** [ΣN, T] */
  readonly tagScores: Matrix;
}

/** The settings that make the entity side. */
export type EntitySettings = Pick<
  JointNnSettings,
  "wordSize" | "characterSize" | "characterFilters" | "filterWidths" | "hiddenSize" | "dropout" | "tagger"
>;

/** The entity side (§3.1): embeddings ⊕ character CNN, BiLSTM, tag scores. */
export class EntityNetwork {
  /** Word embeddings, [V, Dw]. */
  readonly words: Parameter;
  readonly chain: ChainParameters | undefined;
  /** Width of the states, 2H. */
  readonly width: number;
  readonly #dropout: number;
  /** All words that can be, by embedding and spelling: a table that nobody has written down. */
  readonly #spellings: TableRows["table"];
  readonly #characters: { vocabulary: Vocabulary; table: Parameter; convolution: ConvolutionLayer } | undefined;
  readonly #encoder: BilstmLayer;
  readonly #tag: LinearLayer;

  constructor(settings: EntitySettings, lexicon: Lexicon, scope: Scope) {
    const { wordSize, characterSize, characterFilters, filterWidths, hiddenSize } = settings;
    const tags = lexicon.tags.size;
    this.#dropout = settings.dropout;
    this.width = 2 * hiddenSize;
    this.words = scope.child("word").table("weight", lexicon.words.size, wordSize, normal(1));
    this.#spellings = { name: `spellings of ${this.words.name}`, rows: Number.POSITIVE_INFINITY };
    let inputs = wordSize;
    if (lexicon.characters !== undefined) {
      const place = scope.child("character");
      this.#characters = {
        vocabulary: lexicon.characters,
        table: place.table("weight", lexicon.characters.size, characterSize, normal(1)),
        convolution: convolutionLayer(place, characterSize, characterFilters, filterWidths),
      };
      inputs += characterFilters * filterWidths.length;
    }
    this.#encoder = bilstmLayer(scope.child("encoder"), inputs, hiddenSize);
    this.#tag = linearLayer(scope.child("tag"), this.width, tags);
    if (settings.tagger === "crf") {
      const place = scope.child("chain");
      this.chain = {
        transitions: place.dense("transitions", tags, tags, uniform(0.1)),
        start: place.dense("start", 1, tags, uniform(0.1)),
        end: place.dense("end", 1, tags, uniform(0.1)),
      };
    }
  }

  forward(tape: Tape, batch: JointBatch): EntityOutput {
    const encoded = applyBilstm(tape, this.#encoder, this.#words(tape, batch), batch.offsets); // h, [ΣN, 2H]
    const states = this.#drop(tape, encoded);
    return { states, tagScores: applyLinear(tape, this.#tag, states) };
  }

  /** x, [ΣN, Dw + Dc]; where no weight is learnt, a row for each distinct word, which says all that a word is before its context. */
  #words(tape: Tape, { words, tokens }: JointBatch): PlacedRows {
    const names = tape.training ? tokens : tokens.map((token, place) => `${words[place]} ${token}`);
    const { firsts, rows } = distinct(names);
    const spelled = Array.from(firsts, (place) => tokens[place] as string);
    if (tape.training) return { input: this.#drop(tape, this.#input(tape, words, spelled, rows)) };
    const ids = firsts.map((place) => words[place] as number);
    const source = { table: this.#spellings, ids: Array.from(firsts, (place) => names[place] as string) };
    return { input: this.#input(tape, ids, spelled), rows, source };
  }

  /** @param rows which of the spelled words each word is; row by row where left out */
  #input(tape: Tape, words: Int32Array, spelled: readonly string[], rows?: Int32Array): Matrix {
    const embedded = tape.apply(operations.embed, [{ table: this.words, ids: words }]); // w
    if (this.#characters === undefined) return embedded;
    const { vocabulary, table, convolution } = this.#characters;
    const { ids, spans } = charactersOf(spelled, vocabulary);
    const characters = this.#drop(tape, tape.apply(operations.embed, [{ table, ids }])); // [C, 50]
    const pooled = this.#drop(tape, applyConvolution(tape, convolution, { input: characters, spans })); // c, one row a distinct word
    const terms = [{ input: embedded }, { input: pooled, rows, to: embedded.columns }];
    return tape.apply(operations.compose, { rows: words.length, columns: embedded.columns + pooled.columns, terms });
  }

  #drop(tape: Tape, input: Matrix): Matrix {
    return tape.apply(operations.dropout, { input, rate: this.#dropout });
  }
}

/** The characters of words end to end, and where each word lies in them. */
function charactersOf(words: readonly string[], vocabulary: Vocabulary): { ids: Int32Array; spans: Int32Array } {
  const ids: number[] = [];
  const spans: number[] = [];
  for (const word of words) {
    const start = ids.length;
    for (const character of word) ids.push(vocabulary.indexOf(character));
    spans.push(start, ids.length);
  }
  return { ids: Int32Array.from(ids), spans: Int32Array.from(spans) };
}
