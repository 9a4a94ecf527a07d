import { type Matrix, normal, operations, type Tape } from "@weft-nlp/tensor";
import { type Inputs, type PackedSentences, SentenceEncoder } from "../encoders/index.ts";
import { TagsHead, type TagsHeadSettings } from "../heads/tags/tags-head.ts";
import type { Scope } from "../nn/index.ts";
import type { Lexicon } from "../vocabulary/index.ts";
import { WordContext } from "./word-context.ts";

export interface TaggingSettings extends TagsHeadSettings {
  readonly inputs: Inputs;
  readonly hiddenSize: number;
  /** Defaults to a BiLSTM. */
  readonly context?: "bilstm" | "none" | undefined;
  readonly dropout: number;
  readonly wordDropout: number;
}

/** The states of words in context, and the scores of their tags. */
export interface TaggedWords {
  /** h, [ΣN, H'] */
  readonly states: Matrix;
  /** [ΣN, T] */
  readonly tagScores: Matrix;
}

/**
 * An encoder, a BiLSTM and a tags head: the entity side of the joint network (Sun et al. 2018,
 * §3.1) and the whole tagger (Ma and Hovy 2016). Dropout of one rate applies inside the characters,
 * to the input and to the states.
 */
export class TaggingNetwork {
  readonly encoder: SentenceEncoder;
  readonly tags: TagsHead;
  /** Width of the states, H': 2·hiddenSize, or that of the inputs without a BiLSTM. */
  readonly width: number;
  readonly #dropout: number;
  readonly #context: WordContext;

  constructor(settings: TaggingSettings, lexicon: Lexicon, scope: Scope) {
    const { inputs, hiddenSize, context = "bilstm", dropout, wordDropout } = settings;
    const drops = { wordDropout, inputDropout: dropout, partDropout: dropout };
    this.#dropout = dropout;
    this.encoder = new SentenceEncoder({ inputs, initial: normal(1), ...drops }, lexicon, scope);
    this.#context = new WordContext(context, this.encoder, hiddenSize, scope);
    this.width = this.#context.width;
    this.tags = new TagsHead(settings, lexicon, this.width, scope);
  }

  forward(tape: Tape, batch: PackedSentences): TaggedWords {
    const input = this.#context.forward(tape, batch); // [ΣN, H']
    const states = tape.apply(operations.dropout, { input, rate: this.#dropout });
    return { states, tagScores: this.tags.scores(tape, states) };
  }
}
