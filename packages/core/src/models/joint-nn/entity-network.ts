import { type ChainParameters, type Matrix, normal, operations, type Parameter, type Tape, uniform } from "@weft/tensor";
import type { Lexicon, Vocabulary } from "../../data/index.ts";
import {
  applyBilstm,
  applyConvolution,
  applyLinear,
  type BilstmLayer,
  bilstmLayer,
  type ConvolutionLayer,
  convolutionLayer,
  type LinearLayer,
  linearLayer,
  type Scope,
} from "../../nn/index.ts";
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
  readonly #characters: { vocabulary: Vocabulary; table: Parameter; convolution: ConvolutionLayer } | undefined;
  readonly #encoder: BilstmLayer;
  readonly #tag: LinearLayer;

  constructor(settings: EntitySettings, lexicon: Lexicon, scope: Scope) {
    const { wordSize, characterSize, characterFilters, filterWidths, hiddenSize } = settings;
    const tags = lexicon.tags.size;
    this.#dropout = settings.dropout;
    this.width = 2 * hiddenSize;
    this.words = scope.child("word").table("weight", lexicon.words.size, wordSize, normal(1));
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
    const input = this.#input(tape, batch); // x, [ΣN, Dw + Dc]
    const encoded = applyBilstm(tape, this.#encoder, this.#drop(tape, input), batch.offsets); // h, [ΣN, 2H]
    const states = this.#drop(tape, encoded);
    return { states, tagScores: applyLinear(tape, this.#tag, states) };
  }

  #input(tape: Tape, { words, tokens }: JointBatch): Matrix {
    const embedded = tape.apply(operations.embed, [{ table: this.words, ids: words }]); // w, [ΣN, Dw]
    if (this.#characters === undefined) return embedded;
    const { vocabulary, table, convolution } = this.#characters;
    const { ids, spans, index } = spellings(tokens, vocabulary);
    const characters = this.#drop(tape, tape.apply(operations.embed, [{ table, ids }])); // [C, 50]
    const pooled = this.#drop(tape, applyConvolution(tape, convolution, { input: characters, spans })); // c, one row a distinct word
    const terms = [{ input: embedded }, { input: pooled, rows: index, to: embedded.columns }];
    return tape.apply(operations.compose, { rows: words.length, columns: embedded.columns + pooled.columns, terms });
  }

  #drop(tape: Tape, input: Matrix): Matrix {
    return tape.apply(operations.dropout, { input, rate: this.#dropout });
  }
}

/** The characters of the distinct words end to end, where each word lies in them, and which one each token is. */
function spellings(tokens: readonly string[], vocabulary: Vocabulary): { ids: Int32Array; spans: Int32Array; index: Int32Array } {
  const places = new Map<string, number>();
  const ids: number[] = [];
  const spans: number[] = [];
  const index = Int32Array.from(tokens, (token) => {
    const known = places.get(token);
    if (known !== undefined) return known;
    const start = ids.length;
    for (const character of token) ids.push(vocabulary.indexOf(character));
    spans.push(start, ids.length);
    places.set(token, places.size);
    return places.size - 1;
  });
  return { ids: Int32Array.from(ids), spans: Int32Array.from(spans), index };
}
