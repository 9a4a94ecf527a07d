import { type Matrix, operations, type Tape } from "@weft-nlp/tensor";
import type { EntityHead, UnitScores } from "../../heads/entities/entity-head.ts";
import { logOf } from "../../heads/sampling.ts";
import type { Reading } from "../../heads/span-pairs/candidate-pairs.ts";
import type { Output, OutputScores } from "../model.ts";

/** An output of the joint network: labels of entities, and a label for each of their pairs. */
export interface JointOutput extends Output {
  /** The labels of the entities: tags, or the labels of spans. */
  readonly entityLabels: Int32Array;
  readonly reading: Reading;
  readonly labels: Int32Array;
}

/** The scores of one pass, for the entities and for the pairs of all readings. */
export interface JointScores {
  readonly entities: UnitScores;
  /** [Σ pairs, labels]; undefined if no reading has a pair. */
  readonly labelScores: Matrix | undefined;
  /** The row of the first output's first pair. The outputs follow sentence by sentence. */
  readonly firstRow: number;
}

/** P(y) = Π P(entity label) · Π P(label | entities), and its gradient (§3.3). */
export function scoreOutputs(
  tape: Tape,
  head: EntityHead,
  scores: JointScores,
  outputs: readonly (readonly JointOutput[])[],
): Omit<OutputScores, "losses"> {
  return {
    entities: outputs.length === 0 ? [] : entityLogProbs(tape, head, scores, outputs),
    relations: outputs.length === 0 ? [] : relationLogProbs(tape, scores, outputs),
    addGradient(entityFactors, relationFactors) {
      addEntityGradient(tape, head, scores, outputs, entityFactors);
      addRelationGradient(tape, scores, outputs, relationFactors);
    },
  };
}

function entityLogProbs(
  tape: Tape,
  head: EntityHead,
  { entities }: JointScores,
  outputs: readonly (readonly JointOutput[])[],
): Float64Array[] {
  const distributions = head.read(tape.quiet(), entities);
  return outputs.map((set, s) => Float64Array.from(set, ({ entityLabels }) => distributions[s]?.logProb(entityLabels) ?? 0));
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
  head: EntityHead,
  { entities }: JointScores,
  outputs: readonly (readonly JointOutput[])[],
  factors: readonly Float64Array[],
): void {
  const max = Math.max(0, ...outputs.map((set) => set.length));
  for (let k = 0; k < max; k++) {
    const labels = outputs.map((set, s) => {
      const count = (entities.units[s + 1] ?? 0) - (entities.units[s] ?? 0);
      return set[k]?.entityLabels ?? new Int32Array(count).fill(-1);
    });
    const weights = Float32Array.from(outputs, (_, s) => -(factors[s]?.[k] ?? 0));
    head.loss(tape, entities, labels, weights, 1);
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
