import type { RelationCandidate } from "../../constraints/index.ts";
import { type Thresholds, thresholdOf } from "../../metrics/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { ProbabilityTable } from "../probability-table.ts";
import { labelCount, meaningOf, type PairOrder, type Reading } from "./candidate-pairs.ts";

/**
 * The labels of a reading's pairs as candidates. Those of one pair exclude each other; a label's
 * confidence is measured against no relation, as thresholds are.
 *
 * @param floors types whose candidates are wanted below their threshold, down to this confidence
 * @param probabilities label probabilities of the pairs, [pairs, labels]
 */
export function labelCandidates(
  { threshold, floors = {} }: { readonly threshold: Thresholds; readonly floors?: Readonly<Record<string, number>> | undefined },
  { relations }: Pick<Lexicon, "relations">,
  order: PairOrder,
  { pairs }: Pick<Reading, "pairs">,
  probabilities: ProbabilityTable,
): RelationCandidate[] {
  const labels = labelCount(relations.size, order);
  const meanings = Array.from({ length: labels - 1 }, (_, k) => {
    const { type, reversed } = meaningOf(k + 1, order);
    const name = relations.nameOf(type);
    return { type: name, reversed, limit: thresholdOf(threshold, name), floor: floors[name] ?? 1 };
  });
  return pairs.flatMap(([first, second], group) => {
    const none = probabilities[group * labels] ?? 0;
    return meanings.flatMap(({ type, reversed, limit, floor }, k): RelationCandidate[] => {
      const p = probabilities[group * labels + k + 1] ?? 0;
      const counts = p * (1 - limit) > none * limit;
      const confidence = p / (p + none);
      if (!counts && !(confidence >= floor)) return [];
      const [head, tail] = reversed ? [second, first] : [first, second];
      return [{ head, tail, type, confidence, counts, group }];
    });
  });
}
