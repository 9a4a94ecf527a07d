/**
 * A model of its own, as a plugin: tags find entities, pairs of words relate them, and the pairs
 * read what the tags say. Copy this folder to begin a model.
 *
 * @import { Omission, Prediction, Sentence } from "weft-nlp"
 * @import { EncoderExample, Matrix, PairScorer, Scope, Tape } from "weft-nlp/encoders"
 * @import { Encoder, Lexicon, Losses, LossOptions, Model, PredictOptions } from "weft-nlp/models"
 */
import {
  applyBilstm,
  bilstmLayer,
  concatenate,
  decodeCells,
  inputNeeds,
  inputSettings,
  normal,
  operations,
  packTags,
  predictPairs,
  readCells,
  readTags,
  SentenceEncoder,
  SentenceReader,
  TagsHead,
  WordPairsHead,
} from "weft-nlp/encoders";
import { thresholdOf } from "weft-nlp/metrics";
import { defineModel } from "weft-nlp/models";
import { z } from "zod";

/**
 * What stands under `model` in a configuration. Descriptions go into the JSON Schema for editors.
 */
const settings = z.strictObject({
  inputs: inputSettings({ words: { size: 100 }, wordShape: { size: 8 } }),
  hiddenSize: z.int().min(1).default(50).describe("units of the BiLSTM in one direction"),
  dropout: z.number().min(0).lt(1).default(0.3).describe("dropout on the input and on the states"),
  wordDropout: z.number().min(0).lt(1).default(0.1).describe("share of training words read as unknown"),
});

/**
 * A sentence as the model reads it: plain values and typed arrays, which threads can send.
 *
 * @typedef {EncoderExample & { readonly tags: Int32Array, readonly cells: Int32Array }} Example
 * @typedef {z.infer<typeof settings>} Settings
 */

/** An entity's last word carries its relations, and a word may relate to itself. */
const pairs = /** @type {const} */ ({ anchor: "last", diagonal: true, pool: "row", pairBias: true });

/** @implements {Encoder<Example>} */
class Reader {
  /** @param {Settings} settings @param {Lexicon} lexicon */
  constructor(settings, lexicon) {
    this.lexicon = lexicon;
    this.inputs = new SentenceReader(settings.inputs, lexicon);
  }

  /**
   * What the model cannot hold, such as overlapping entities, is added to `omissions`.
   *
   * @param {Sentence} sentence @param {Omission[]} omissions @returns {Example}
   */
  encode(sentence, omissions = []) {
    return {
      ...this.inputs.read(sentence, omissions),
      tags: readTags(sentence, this.lexicon, omissions).tags,
      cells: readCells(sentence, pairs, this.lexicon, omissions),
    };
  }
}

/** @implements {Model<Example>} */
class TagsAndPairs {
  /** @param {Settings} settings @param {Lexicon} lexicon @param {Scope} scope */
  constructor(settings, lexicon, scope) {
    const { inputs, hiddenSize, dropout, wordDropout } = settings;
    const width = 2 * hiddenSize; // D
    this.lexicon = lexicon;
    this.dropout = dropout;
    this.encoder = new SentenceEncoder({ inputs, initial: normal(1), wordDropout, inputDropout: dropout }, lexicon, scope);
    this.context = bilstmLayer(scope.child("context"), this.encoder.width, hiddenSize);
    this.tags = new TagsHead({ tagger: "softmax", decoding: "constrained" }, lexicon, width, scope);
    this.pairs = new WordPairsHead(pairs, lexicon.relations.size, width + lexicon.tags.size, scope);
  }

  /** The table that pretrained word vectors fill. */
  get wordVectors() {
    return this.encoder.wordVectors;
  }

  /**
   * @param {Tape} tape
   * @param {readonly Example[]} examples
   * @param {LossOptions} [options] given in training
   * @returns {{ tagScores: Matrix, scorer: PairScorer }}
   */
  forward(tape, examples, options) {
    const batch = this.encoder.pack(examples, tape.training ? options?.random : undefined);
    const words = this.encoder.forward(tape, batch); // [ΣN, inputs]
    const context = applyBilstm(tape, this.context, words, batch.offsets); // [ΣN, D]
    const states = tape.apply(operations.dropout, { input: context, rate: this.dropout });
    const tagScores = this.tags.scores(tape, states); // [ΣN, T]
    const seen = concatenate(tape, [states, tape.apply(operations.softmax, tagScores)]); // [ΣN, D+T]
    return { tagScores, scorer: this.pairs.scorer(tape, seen, batch.offsets) };
  }

  /**
   * @param {Tape} tape
   * @param {readonly Example[]} examples
   * @param {LossOptions} options
   * @returns {Losses}
   */
  loss(tape, examples, options) {
    const { factor } = options;
    const { tagScores, scorer } = this.forward(tape, examples, options);
    const gold = packTags(examples.map(({ tags }) => tags));
    const weights = new Float32Array(examples.length).fill(1);
    return {
      entity: this.tags.loss(tape, tagScores, scorer.offsets, gold, weights, factor),
      relation: tape.apply(operations.pairLoss, { ...scorer, gold: examples.map(({ cells }) => cells), factor }),
    };
  }

  /**
   * @param {Tape} tape
   * @param {readonly Example[]} examples
   * @param {PredictOptions} options
   * @returns {Prediction[]}
   */
  predict(tape, examples, { threshold }) {
    const { tagScores, scorer } = this.forward(tape, examples);
    const thresholds = this.lexicon.relations.names.map((type) => thresholdOf(threshold, type));
    const cells = predictPairs(tape, scorer, thresholds);
    return this.tags
      .read(tape, tagScores, scorer.offsets)
      .map((tags, s) => decodeCells(this.lexicon, pairs, tags.best(), tags.probabilities, cells[s] ?? []));
  }
}

export const tagsAndPairs = defineModel({
  name: "tags-and-pairs",
  paper: "an example of Weft's own",
  settings,
  capabilities: { needsGoldEntities: false },
  needs: ({ inputs }) => inputNeeds(inputs),
  build: (settings, lexicon, scope) => new TagsAndPairs(settings, lexicon, scope.child("tags-and-pairs")),
  encoder: (settings, lexicon) => new Reader(settings, lexicon),
});

/**
 * What makes this module a plugin. Weft calls it once in every thread.
 *
 * @type {import("weft-nlp/models").Plugin}
 */
export function register(registry) {
  registry.model(tagsAndPairs);
}
