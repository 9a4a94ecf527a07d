import {
  backwardMessages,
  bestPath,
  type Chain,
  type ChainParameters,
  expectations,
  type Matrix,
  operations,
  pathScore,
  type Random,
  readChain,
  type Tape,
  uniform,
} from "@weft-nlp/tensor";
import { applyLinear, type LinearLayer, linearLayer, type Scope } from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { ProbabilityTable, Steps } from "../probability-table.ts";
import { bestIndex, drawIndex, drawTags, logOf, logProbOfTags } from "../sampling.ts";
import { type TagConstraints, tagConstraints } from "./tag-constraints.ts";

/** How tags are modelled and decoded. */
export interface TagsHeadSettings {
  /** A softmax for each word, or a conditional random field (CRF; Lafferty et al. 2001). */
  readonly tagger: "softmax" | "crf";
  /** The best sequence of all, or of the consistent ones (Viterbi). */
  readonly decoding: "free" | "constrained";
}

/** A probability distribution over the tag sequences of one sentence. */
export interface TagDistribution {
  /** The sequence that the decoder chooses, [N]. */
  best(): Int32Array;
  /** The probability of each tag of each word, [N, T]. */
  readonly probabilities: ProbabilityTable;
  /**
   * Draws a sequence: each tag uniformly with probability ε, else from the model given the tags
   * before it.
   */
  draw(epsilon: number, random: Random): Int32Array;
  /** ln P of a sequence; a tag of −1 counts as certain. */
  logProb(tags: Int32Array): number;
  /**
   * What ln P changes by if some tags of a sequence are replaced.
   *
   * @param tags the sequence, [N]
   * @param start the first word whose tag changes
   * @param others the tags from there on
   */
  logRatio(tags: Int32Array, start: number, others: Int32Array): number;
}

/**
 * Tags words: scores, loss and decoding, by a softmax for each word or by a conditional random
 * field (Lafferty et al. 2001) over the sentence.
 */
export class TagsHead {
  readonly #tags: number;
  readonly #layer: LinearLayer;
  readonly #chain: ChainParameters | undefined;
  readonly #constraints: TagConstraints | undefined;
  /** Those for decoding without the chain. */
  readonly #consistent: TagConstraints | undefined;

  /** @param width columns of the features it reads, D */
  constructor({ tagger, decoding }: TagsHeadSettings, lexicon: Lexicon, width: number, scope: Scope) {
    const T = lexicon.tags.size;
    this.#tags = T;
    this.#layer = linearLayer(scope.child("tag"), width, T);
    this.#chain = tagger === "crf" ? chainLayer(scope.child("chain"), T) : undefined;
    const consistent = tagConstraints(lexicon.tags.names, lexicon.scheme);
    this.#constraints = decoding === "constrained" ? consistent : undefined;
    this.#consistent = tagger === "crf" ? consistent : this.#constraints;
  }

  /**
   * Scores the tags of each word.
   *
   * @param features [ΣN, D]
   * @returns [ΣN, T]
   */
  scores(tape: Tape, features: Matrix): Matrix {
    return applyLinear(tape, this.#layer, features);
  }

  /** The probability of each tag of each word taken alone, [ΣN, T]. */
  probabilities(tape: Tape, features: Matrix): Matrix {
    return tape.apply(operations.softmax, this.scores(tape, features));
  }

  /**
   * Computes Σ −weight · ln P(tags) over sentences and adds factor times its gradient.
   *
   * @param scores [ΣN, T]
   * @param offsets the start of each sentence, then the end of the last
   * @param tags the tags of all words, [ΣN]; −1 for an unknown tag, which the loss skips
   * @param weights one per sentence
   */
  loss(tape: Tape, scores: Matrix, offsets: Int32Array, tags: Int32Array, weights: Float32Array, factor: number): number {
    if (this.#chain !== undefined) {
      return tape.apply(operations.crfLoss, { scores, chain: this.#chain, offsets, gold: tags, weights, factor });
    }
    const byWord = new Float32Array(tags.length);
    for (const [s, weight] of weights.entries()) byWord.fill(weight, offsets[s], offsets[s + 1]);
    return tape.apply(operations.softmaxLoss, { scores, gold: tags, weights: byWord, factor });
  }

  /** Reads the distribution over the tags of each sentence from its scores, [ΣN, T]. */
  read(tape: Tape, scores: Matrix, offsets: Int32Array): TagDistribution[] {
    const sentences = Array.from({ length: offsets.length - 1 }, (_, s) => [offsets[s] ?? 0, offsets[s + 1] ?? 0] as const);
    const chain = this.#chain;
    if (chain !== undefined) return sentences.map(([start, end]) => this.#ofChain(readChain(tape, scores, chain, start, end)));
    const probabilities = tape.read(tape.apply(operations.softmax, scores)); // [ΣN, T]
    return sentences.map(([start, end]) => this.#ofWords(probabilities.subarray(start * this.#tags, end * this.#tags)));
  }

  /**
   * The same in steps: the probabilities may be replaced by others, such as the mean of several
   * models.
   */
  *readInSteps(tape: Tape, scores: Matrix, offsets: Int32Array): Steps<TagDistribution[]> {
    const own = this.read(tape, scores, offsets);
    const given = yield () => own.map(({ probabilities }) => probabilities);
    return given === undefined ? own : given.map((probabilities) => this.#ofProbabilities(probabilities));
  }

  /**
   * The distribution in which words have these probabilities and nothing else is known. Without the
   * scores of a chain, consistent sequences must be asked for: a conditional random field decodes
   * like `constrained`.
   *
   * @param probabilities [N, T]
   */
  #ofProbabilities(probabilities: ProbabilityTable): TagDistribution {
    return this.#ofWords(probabilities, this.#consistent);
  }

  #ofWords(probabilities: ProbabilityTable, constraints = this.#constraints): TagDistribution {
    const T = this.#tags;
    const length = probabilities.length / T;
    const words = Array.from({ length }, (_, i) => i);
    return {
      probabilities,
      best: () => {
        if (constraints === undefined) return Int32Array.from(words, (i) => bestIndex(probabilities, i * T, T));
        return bestPath({ ...constraints, scores: Float64Array.from(probabilities, logOf) });
      },
      draw: (epsilon, random) => drawTags(probabilities, T, epsilon, random),
      logProb: (tags) => logProbOfTags(probabilities, T, tags),
      logRatio: (tags, start, others) => {
        const logAt = (i: number, tag: number): number => logOf(probabilities[i * T + tag] ?? 0);
        return others.reduce((sum, tag, k) => sum + logAt(start + k, tag) - logAt(start + k, tags[start + k] ?? 0), 0);
      },
    };
  }

  #ofChain(chain: Chain): TagDistribution {
    const T = this.#tags;
    const { logPartition, scores: probabilities } = expectations(chain);
    const constraints = this.#constraints;
    return {
      probabilities,
      best: () => bestPath(constraints === undefined ? chain : constrained(chain, constraints)),
      draw: (epsilon, random) => {
        const behind = backwardMessages(chain);
        const tags = new Int32Array(chain.scores.length / T);
        const weights = new Float64Array(T);
        for (let i = 0; i < tags.length; i++) {
          const before = i === 0 ? chain.start : chain.transitions.subarray((tags[i - 1] ?? 0) * T, ((tags[i - 1] ?? 0) + 1) * T);
          for (let t = 0; t < T; t++) weights[t] = (before[t] ?? 0) + (chain.scores[i * T + t] ?? 0) + (behind[i * T + t] ?? 0);
          const top = weights.reduce((max, value) => Math.max(max, value), -Infinity);
          tags[i] =
            random.next() < epsilon
              ? random.integer(T)
              : drawIndex(
                  weights.map((value) => Math.exp(value - top)),
                  0,
                  T,
                  random,
                );
        }
        return tags;
      },
      logProb: (tags) => {
        if (!tags.includes(-1)) return pathScore(chain, tags) - logPartition;
        const allowed = chain.scores.map((value, k) => {
          const right = tags[Math.floor(k / T)] ?? -1;
          return right < 0 || right === k % T ? value : -Infinity;
        });
        return expectations({ ...chain, scores: allowed }).logPartition - logPartition;
      },
      logRatio: (tags, start, others) => {
        const end = start + others.length;
        const changed = tags.slice();
        changed.set(others, start);
        return partOfScore(chain, changed, start, end) - partOfScore(chain, tags, start, end);
      },
    };
  }
}

/** The part of a path's score that the tags of some words decide. */
function partOfScore(
  { scores, transitions, start: first, end: last }: Chain,
  tags: Int32Array,
  start: number,
  end: number,
): number {
  const T = first.length;
  let total = 0;
  for (let i = start; i <= end; i++) {
    const [before = 0, tag = 0] = [tags[i - 1], tags[i]];
    if (i < end) total += scores[i * T + tag] ?? 0;
    if (i === tags.length) total += last[before] ?? 0;
    else total += (i === 0 ? first[tag] : transitions[before * T + tag]) ?? 0;
  }
  return total;
}

function chainLayer(scope: Scope, tags: number): ChainParameters {
  return {
    transitions: scope.dense("transitions", tags, tags, uniform(0.1)),
    start: scope.dense("start", 1, tags, uniform(0.1)),
    end: scope.dense("end", 1, tags, uniform(0.1)),
  };
}

function constrained(chain: Chain, { transitions, start, end }: TagConstraints): Chain {
  return {
    scores: chain.scores,
    transitions: chain.transitions.map((value, k) => value + (transitions[k] ?? 0)),
    start: chain.start.map((value, k) => value + (start[k] ?? 0)),
    end: chain.end.map((value, k) => value + (end[k] ?? 0)),
  };
}
