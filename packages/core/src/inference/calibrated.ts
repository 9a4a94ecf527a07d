import { inverseScaling, type Prediction, type Scaling, scaleConfidence, type Thresholds } from "../metrics/index.ts";
import type { Model } from "../models/index.ts";

/** How a model's confidences were brought in line with what is right, and from where. */
export interface Calibration {
  /** What confidences of relations went through. Thresholds count in the measure after it. */
  readonly scaling: Scaling;
  /** The threshold for confidences as they were: what there is to go back to. */
  readonly rawThreshold: Thresholds;
  /** What counted as right, on which data, and what thresholds were chosen for, in words. */
  readonly protocol: string;
  readonly data: string;
  readonly goal: string;
}

/**
 * A model whose relations are as sure as the scaling says. Entities, and everything that training
 * uses, stay as they are.
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
