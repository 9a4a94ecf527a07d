import { inverseScaling, type Prediction, type Scaling, scaleConfidence, type Thresholds } from "../metrics/index.ts";
import { type Model, type Proposed, proposalSteps } from "../models/index.ts";

/** A fit of a model's confidences to observed precision, and how it was made. */
export interface Calibration {
  /** The scaling of relation confidences. Thresholds apply to the scaled confidences. */
  readonly scaling: Scaling;
  /** The threshold for the unscaled confidences, to restore when the calibration is removed. */
  readonly rawThreshold: Thresholds;
  /** The protocol that decided which relations are right. */
  readonly protocol: string;
  /** The data it was fitted on, in words. */
  readonly data: string;
  /** What the thresholds were chosen for, in words. */
  readonly goal: string;
}

/**
 * Scales the confidences of a model's relations. Entities, losses and outputs are those of the raw
 * model.
 */
export function calibratedModel(raw: Model, scaling: Scaling): Model {
  const asRaw = (value: number): number => scaleConfidence(value, inverseScaling(scaling));
  const rawThresholds = (threshold: Thresholds): Thresholds =>
    typeof threshold === "number" ? asRaw(threshold) : each(threshold, asRaw);
  return {
    wordVectors: raw.wordVectors,
    outputs: raw.outputs,
    loss: (tape, examples, options) => raw.loss(tape, examples, options),
    predict: (tape, examples, { threshold, ...options }) =>
      raw.predict(tape, examples, { ...options, threshold: rawThresholds(threshold) }).map((found) => scaled(found, scaling)),
    *proposeInSteps(tape, examples, { threshold, floors = {}, ...options }) {
      const raws = { ...options, threshold: rawThresholds(threshold), floors: each(floors, asRaw) };
      return (yield* proposalSteps(raw, tape, examples, raws)).map((proposed) => scaledProposal(proposed, scaling));
    },
  };
}

function scaledProposal(proposed: Proposed, scaling: Scaling): Proposed {
  return {
    proposal() {
      const offered = proposed.proposal();
      return {
        ...offered,
        candidates: offered.candidates.map((candidate) => ({
          ...candidate,
          confidence: scaleConfidence(candidate.confidence, scaling),
        })),
      };
    },
    decide(choice) {
      if (choice === undefined) return scaled(proposed.decide(), scaling);
      const { relations } = choice;
      const raws = relations.map((relation) => ({
        ...relation,
        confidence: scaleConfidence(relation.confidence, inverseScaling(scaling)),
      }));
      return { ...scaled(proposed.decide({ ...choice, relations: raws }), scaling), relations };
    },
  };
}

function each(values: Readonly<Record<string, number>>, change: (value: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([type, value]) => [type, change(value)]));
}

function scaled(found: Prediction, scaling: Scaling): Prediction {
  const all = <Item extends { readonly confidence?: number | undefined }>(items: readonly Item[]): Item[] =>
    items.map((item) =>
      item.confidence === undefined ? item : { ...item, confidence: scaleConfidence(item.confidence, scaling) },
    );
  return { ...found, relations: all(found.relations), ...(found.cells === undefined ? {} : { cells: all(found.cells) }) };
}
