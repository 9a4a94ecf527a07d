import { type Matrix, operations, type Parameter, type Tape, uniform } from "@weft-nlp/tensor";
import { distinct, type RowsOfWords, type Scope, type WindowColumns } from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { PairBatch } from "./batch.ts";
import type { PairSettings } from "./settings.ts";
import { bioTags } from "./tags.ts";

/** Ye et al. 2019, §2.1: embeddings of words, of BIO tags, and of offsets from either entity. */
export class InputLayer {
  /** [V, Dw] */
  readonly words: Parameter;
  /** [2M + 1, Dp]: the offsets −M to M, the same table for both entities. */
  readonly positions: Parameter;
  /** Columns of a word and, where there are tags, of a tag. */
  readonly columns: WindowColumns;
  readonly #settings: PairSettings;
  readonly #tags: Parameter | undefined;

  constructor(settings: PairSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.words = scope.child("word").table("weight", lexicon.words.size, settings.wordSize, initial);
    const tags = bioTags(lexicon).length;
    this.#tags = settings.tag ? scope.child("tag").table("weight", tags, settings.tagSize, initial) : undefined;
    this.positions = scope.child("position").dense("weight", 2 * settings.positions + 1, settings.positionSize, initial);
    const { wordSize, positionSize } = settings;
    this.columns = { words: wordSize, tags: this.#tags?.columns ?? 0, positions: positionSize };
  }

  /** Words and tags once a sentence, [ΣN, Dw + Dt]; offsets, which differ from pair to pair, are for the network to add. */
  apply(tape: Tape, batch: PairBatch): Matrix {
    const lookups = [{ table: this.words, ids: batch.words }];
    if (this.#tags !== undefined) lookups.push({ table: this.#tags, ids: batch.tags });
    const embedded = tape.apply(operations.embed, lookups);
    return this.#drop(tape, embedded, batch.offsets);
  }

  /** The same for a convolution: each word and each tag of the batch once, unless dropout makes every place another. */
  shares(tape: Tape, batch: PairBatch): { words: RowsOfWords; tags: RowsOfWords | undefined } {
    return {
      words: this.#share(tape, this.words, batch.words, batch.offsets),
      tags: this.#tags === undefined ? undefined : this.#share(tape, this.#tags, batch.tags, batch.offsets),
    };
  }

  #share(tape: Tape, table: Parameter, ids: Int32Array, offsets: Int32Array): RowsOfWords {
    const { inputDropout, spatialDropout } = this.#settings;
    if (tape.training && (inputDropout > 0 || spatialDropout > 0)) {
      return { input: this.#drop(tape, tape.apply(operations.embed, [{ table, ids }]), offsets) };
    }
    const { firsts, rows } = distinct(ids);
    const source = { table, ids: firsts.map((place) => ids[place] as number) };
    return { input: tape.apply(operations.embed, [source]), source, rows };
  }

  #drop(tape: Tape, embedded: Matrix, offsets: Int32Array): Matrix {
    const { inputDropout, spatialDropout } = this.#settings;
    const columns = tape.apply(operations.dropout, { input: embedded, rate: spatialDropout, shared: offsets });
    return tape.apply(operations.dropout, { input: columns, rate: inputDropout });
  }
}

/** "Randomly initialized" (§3.2.1): about as large as word vectors are. */
const initial = uniform(0.5);
