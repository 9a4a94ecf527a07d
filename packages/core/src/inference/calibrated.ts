import { inverseScaling, type Prediction, type Scaling, scaleConfidence, type Thresholds } from "../metrics/index.ts";
import type { Model } from "../models/index.ts";

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
  return {
    wordVectors: raw.wordVectors,
    outputs: raw.outputs,
    loss: (tape, examples, options) => raw.loss(tape, examples, options),
    predict: (tape, examples, { threshold, ...options }) => {
      const asRaw = (value: number): number => scaleConfidence(value, inverseScaling(scaling));
      const raws =
        typeof threshold === "number"
          ? asRaw(threshold)
          : Object.fromEntries(Object.entries(threshold).map(([type, value]) => [type, asRaw(value)]));
      return raw.predict(tape, examples, { ...options, threshold: raws }).map((found) => scaled(found, scaling));
    },
  };
}

function scaled(found: Prediction, scaling: Scaling): Prediction {
  const each = <Item extends { readonly confidence?: number | undefined }>(items: readonly Item[]): Item[] =>
    items.map((item) =>
      item.confidence === undefined ? item : { ...item, confidence: scaleConfidence(item.confidence, scaling) },
    );
  return { ...found, relations: each(found.relations), ...(found.cells === undefined ? {} : { cells: each(found.cells) }) };
}
