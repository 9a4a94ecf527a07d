import { type Matrix, operations, type Tape } from "@weft-nlp/tensor";
import { logOf } from "../../heads/sampling.ts";
import type { Reading } from "../../heads/span-pairs/candidate-pairs.ts";
import { packTags } from "../../heads/tags/read-tags.ts";
import type { TagsHead } from "../../heads/tags/tags-head.ts";
import type { Output, OutputScores } from "../model.ts";

/** An output of the joint network: a reading of the tags, and a label for each of its pairs. */
export interface JointOutput extends Output {
  readonly reading: Reading;
  readonly labels: Int32Array;
}

/** The scores of one pass, for the words and for the pairs of all readings. */
export interface JointScores {
  /** [ΣN, T] */
  readonly tagScores: Matrix;
  readonly offsets: Int32Array;
  /** [Σ pairs, labels]; undefined if no reading has a pair. */
  readonly labelScores: Matrix | undefined;
  /** The row of the first output's first pair. The outputs follow sentence by sentence. */
  readonly firstRow: number;
}

/** P(y) = Π P(tag) · Π P(label | tags), and its gradient (§3.3). */
export function scoreOutputs(
  tape: Tape,
  tagger: TagsHead,
  scores: JointScores,
  outputs: readonly (readonly JointOutput[])[],
): Omit<OutputScores, "losses"> {
  return {
    entities: outputs.length === 0 ? [] : entityLogProbs(tape, tagger, scores, outputs),
    relations: outputs.length === 0 ? [] : relationLogProbs(tape, scores, outputs),
    addGradient(entityFactors, relationFactors) {
      addEntityGradient(tape, tagger, scores, outputs, entityFactors);
      addRelationGradient(tape, scores, outputs, relationFactors);
    },
  };
}

function entityLogProbs(
  tape: Tape,
  tagger: TagsHead,
  { tagScores, offsets }: JointScores,
  outputs: readonly (readonly JointOutput[])[],
): Float64Array[] {
  const distributions = tagger.read(tape.quiet(), tagScores, offsets);
  return outputs.map((set, s) => Float64Array.from(set, ({ reading }) => distributions[s]?.logProb(reading.tags) ?? 0));
}

function relationLogProbs(
  tape: Tape,
  { labelScores, firstRow }: JointScores,
  outputs: readonly (readonly JointOutput[])[],
): Float64Array[] {
  if (labelScores === undefined) return outputs.map((set) => new Float64Array(set.length));
  const quiet = tape.quiet();
  const probabilities = quiet.read(quiet.apply(operations.softmax, labelScores)); // [Σ pairs, L]
  let row = firstRow;
  return outputs.map((set) =>
    Float64Array.from(set, ({ labels }) => {
      let sum = 0;
      for (const label of labels) sum += logOf(probabilities[row++ * labelScores.columns + label] ?? 0);
      return sum;
    }),
  );
}

/**
 * The gradient of c · ln P is that of a loss with the weight −c. The k-th outputs of all sentences
 * are handled together.
 */
function addEntityGradient(
  tape: Tape,
  tagger: TagsHead,
  { tagScores, offsets }: JointScores,
  outputs: readonly (readonly JointOutput[])[],
  factors: readonly Float64Array[],
): void {
  const max = Math.max(0, ...outputs.map((set) => set.length));
  for (let k = 0; k < max; k++) {
    const tags = outputs.map((set, s) => {
      const length = (offsets[s + 1] ?? 0) - (offsets[s] ?? 0);
      return set[k]?.reading.tags ?? new Int32Array(length).fill(-1);
    });
    const weights = Float32Array.from(outputs, (_, s) => -(factors[s]?.[k] ?? 0));
    tagger.loss(tape, tagScores, offsets, packTags(tags), weights, 1);
  }
}

function addRelationGradient(
  tape: Tape,
  { labelScores: scores, firstRow }: JointScores,
  outputs: readonly (readonly JointOutput[])[],
  factors: readonly Float64Array[],
): void {
  if (scores === undefined) return;
  const gold = new Int32Array(scores.rows).fill(-1);
  const weights = new Float32Array(scores.rows);
  let row = firstRow;
  for (const [s, set] of outputs.entries()) {
    for (const [k, { labels }] of set.entries()) {
      gold.set(labels, row);
      weights.fill(-(factors[s]?.[k] ?? 0), row, row + labels.length);
      row += labels.length;
    }
  }
  tape.apply(operations.softmaxLoss, { scores, gold, weights, factor: 1 });
}
