import type { Tape } from "@weft-nlp/tensor";
import { type Prediction, type Thresholds, thresholdOf } from "../metrics/index.ts";
import type { Example, Model, Proposed, ProposeOptions } from "./model.ts";

/** What a model proposes; what it predicts, if it makes no proposals. */
export function proposalsOf<E extends Example>(
  model: Model<E>,
  tape: Tape,
  examples: readonly E[],
  options: ProposeOptions,
): Proposed[] {
  return model.propose?.(tape, examples, options) ?? model.predict(tape, examples, options).map((found) => proposalOf(found));
}

/** A prediction as a proposal: of its relations, constraints may choose some. */
export function proposalOf(prediction: Prediction): Proposed {
  return {
    mentions: prediction.entities.map(({ start, end, type }) => ({ start, end, options: [{ type, logRatio: 0 }] })),
    candidates: prediction.relations.map(({ head, tail, type, confidence = 1 }) => ({
      ...{ head, tail, type, confidence },
      counts: true,
    })),
    oneDirection: true,
    decide: ({ relations }) => ({ ...prediction, relations }),
  };
}

/** The confidence down to which candidates of a type are wanted. */
export function floorOf(
  { threshold, floors }: { threshold: Thresholds; floors: ProposeOptions["floors"] },
  type: string,
): number {
  return Math.min(thresholdOf(threshold, type), floors[type] ?? 1);
}
