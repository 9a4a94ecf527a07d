import type { Prediction, Thresholds } from "../../metrics/index.ts";
import type { Entity, Relation } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { ProbabilityTable } from "../probability-table.ts";
import { tagNames } from "../tags/decode-entities.ts";
import { meaningOf, type PairOrder, type Reading } from "./candidate-pairs.ts";

/**
 * Chooses the label of each pair: the likeliest of those whose p / (p + p₀), against the
 * probability p₀ of no relation, exceeds its threshold. At the threshold 0.5 that is the likeliest
 * label of all.
 *
 * @param probabilities label probabilities, [pairs, labels]
 */
export function chooseLabels(
  { threshold }: { readonly threshold: Thresholds },
  lexicon: Lexicon,
  order: PairOrder,
  probabilities: ProbabilityTable,
  labels: number,
): Int32Array {
  const limits = Array.from({ length: labels }, (_, label) => {
    if (label === 0 || typeof threshold === "number") return Number(threshold);
    return threshold[lexicon.relations.nameOf(meaningOf(label, order).type)] ?? 0.5;
  });
  return Int32Array.from({ length: probabilities.length / labels }, (_, k) => {
    const at = k * labels;
    const none = probabilities[at] ?? 0;
    let best = 0;
    for (let label = 1; label < labels; label++) {
      const p = probabilities[at + label] ?? 0;
      const limit = limits[label] ?? 0.5;
      const counts = p * (1 - limit) > none * limit;
      if (counts && (best === 0 || p > (probabilities[at + best] ?? 0))) best = label;
    }
    return best;
  });
}

/** The relations between the candidates of a reading, as indices of its spans. */
export function decodeRelations(
  lexicon: Lexicon,
  order: PairOrder,
  { pairs }: Reading,
  labels: Int32Array,
  confidenceOf?: (pair: number, label: number) => number,
): Relation[] {
  const relations: Relation[] = [];
  for (const [k, [first, second]] of pairs.entries()) {
    const label = labels[k] ?? 0;
    if (label === 0) continue;
    const { type, reversed } = meaningOf(label, order);
    const [head, tail] = reversed ? [second, first] : [first, second];
    const confidence = confidenceOf?.(k, label);
    relations.push({ head, tail, type: lexicon.relations.nameOf(type), ...(confidence === undefined ? {} : { confidence }) });
  }
  return relations;
}

/** Puts entities and relations into the form that every model returns. */
export function predictionOf(lexicon: Lexicon, reading: Reading, entities: readonly Entity[], relations: Relation[]): Prediction {
  return { entities, relations, tags: tagNames(lexicon, reading.tags) };
}
