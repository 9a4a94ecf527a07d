import type { Tape } from "@weft-nlp/tensor";
import { type Prediction, type Thresholds, thresholdOf } from "../metrics/index.ts";
import type { Example, Model, ProposalSteps, Proposed, ProposeOptions } from "./model.ts";
import { runAlone } from "./proposal-steps.ts";

/** What a model proposes; what it predicts, if it makes no proposals. */
export function proposalsOf<E extends Example>(
  model: Model<E>,
  tape: Tape,
  examples: readonly E[],
  options: ProposeOptions,
): Proposed[] {
  return runAlone(proposalSteps(model, tape, examples, options));
}

/** The steps of a model; none but the end, if it makes no proposals. */
export function* proposalSteps<E extends Example>(
  model: Model<E>,
  tape: Tape,
  examples: readonly E[],
  options: ProposeOptions,
): ProposalSteps {
  if (model.proposeInSteps !== undefined) return yield* model.proposeInSteps(tape, examples, options);
  return model.predict(tape, examples, options).map((found) => proposalOf(found));
}

/** Whether a model can decide from the mean of its probabilities and those of others. */
export function joinsEnsembles(model: Model): boolean {
  return model.proposeInSteps !== undefined && model.joinsEnsembles !== false;
}

/** A prediction as a proposal: of its relations, constraints may choose some. */
export function proposalOf(prediction: Prediction): Proposed {
  return {
    proposal: () => ({
      mentions: prediction.entities.map(({ start, end, type }) => ({ start, end, options: [{ type, logRatio: 0 }] })),
      candidates: prediction.relations.map(({ head, tail, type, confidence = 1 }) => ({
        ...{ head, tail, type, confidence },
        counts: true,
      })),
      oneDirection: true,
    }),
    decide: (choice) => (choice === undefined ? prediction : { ...prediction, relations: choice.relations }),
  };
}

/** The confidence down to which candidates of a type are wanted. */
export function floorOf(
  { threshold, floors = {} }: { threshold: Thresholds; floors?: ProposeOptions["floors"] },
  type: string,
): number {
  return Math.min(thresholdOf(threshold, type), floors[type] ?? 1);
}
