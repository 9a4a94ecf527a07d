import { ConfigError, DataError, type Sentence } from "@weft-nlp/core";
import { type BuiltModel, type Calibration, recalibrate, reconstrain } from "@weft-nlp/core/inference";
import {
  bestPoint,
  type CandidateSet,
  type CoOccurrence,
  collectCandidates,
  evaluate,
  fitScaling,
  type OperatingPoint,
  operatingPoints,
  type ProtocolName,
  pointOfPrecision,
  protocolName,
  type Reliability,
  reliability,
  type Scaling,
  type Score,
  scaleConfidence,
  type Thresholds,
  thresholdsByType,
} from "@weft-nlp/core/metrics";
import { defaultProtocols, predictSentences } from "./evaluate-model.ts";
import type { ComputeOptions } from "./model-folder.ts";

/** What a calibration optimises, and on what data. */
export interface CalibrateOptions extends ComputeOptions {
  /** What counts as right. Defaults to the first of the model's own protocols. */
  readonly protocol?: string | undefined;
  /** Chooses a threshold per relation type instead of one for all. */
  readonly perType?: boolean | undefined;
  /** Maximises recall at this precision, instead of F1. */
  readonly precision?: number | undefined;
  /** The name of the data, for the report and the model card. */
  readonly data: string;
  readonly onProgress?: ((sentences: number) => void) | undefined;
}

/** A model's decisions about relations, under one threshold and one measure of confidence. */
export interface Decisions {
  readonly threshold: Thresholds;
  readonly score: Score;
  readonly coOccurrence: CoOccurrence;
  readonly reliability: Reliability;
}

/** The result of a calibration: decisions before and after, and the whole curve of thresholds. */
export interface CalibrationReport {
  readonly protocol: ProtocolName;
  readonly data: string;
  readonly goal: string;
  /**
   * False if no threshold reaches the requested precision; the most precise one was chosen instead.
   */
  readonly reached: boolean;
  readonly sentences: number;
  /** The number of relations with a confidence of at least `minConfidence`. */
  readonly candidates: number;
  readonly minConfidence: number;
  readonly scaling: Scaling;
  readonly before: Decisions;
  readonly after: Decisions;
  /** The scores at every common threshold, from the highest to the lowest, after scaling. */
  readonly curve: readonly OperatingPoint[];
}

/**
 * Relations below this confidence are ignored: each adds less than a thousandth to the likelihood
 * that the scaling is fitted to.
 */
const minConfidence = 0.001;

/**
 * Fits a scaling of confidences and thresholds to annotated sentences outside the training data.
 *
 * @returns the model with new decisions and the same weights, not yet saved, and a report of what
 *   changed
 * @throws {ConfigError} SETTING_INVALID if the model finds no relations, or the protocol does not
 *   count them
 * @throws {DataError} CALIBRATION_IMPOSSIBLE if the model proposes no relations
 */
export async function calibrateModel(
  built: BuiltModel,
  sentences: readonly Sentence[],
  options: CalibrateOptions,
): Promise<{ model: BuiltModel; report: CalibrationReport }> {
  const { definition, description } = built;
  if (definition.capabilities.findsRelations === false) {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "model.name" },
      message: `${definition.name} finds only entities, so there are no relations to calibrate`,
      hint: "calibrate a pipeline that contains it",
    });
  }
  const { precision, perType = false, data, onProgress, ...compute } = options;
  const protocol = protocolName(options.protocol ?? defaultProtocols(built)[0] ?? "strict");
  const raw = rawModel(built);
  // All candidates are wanted, also those that constraints would rule out in favour of others.
  const free = reconstrain(raw, undefined);
  const found = await predictSentences(free, sentences, { ...compute, threshold: minConfidence, onProgress });
  const set = collectCandidates(protocol, sentences, found);
  if (set.candidates.length === 0) {
    throw new DataError("CALIBRATION_IMPOSSIBLE", {
      at: { source: data },
      message: `the model gives no relation a probability of ${minConfidence} or more in ${sentences.length} sentences`,
      hint: "calibrate on sentences similar to the training data; a model that needs entities needs them in this file",
    });
  }
  const scaling = fitScaling(set.candidates);
  const fitted = scaledSet(set, scaling);
  const curve = operatingPoints(fitted);
  const point = precision === undefined ? bestPoint(curve) : pointOfPrecision(curve, precision);
  const threshold = perType
    ? thresholdsByType(fitted, description.lexicon.relations.names, { precision })
    : (point?.threshold ?? 0.5);
  const goal = precision === undefined ? "the best F1" : `max recall at a precision of ${precision}`;
  const calibration: Calibration = { scaling, rawThreshold: raw.description.threshold, protocol, data, goal };
  const model = recalibrate(raw, threshold, calibration);
  const decisions = async (one: BuiltModel, candidates: CandidateSet): Promise<Decisions> => {
    const predictions = await predictSentences(one, sentences, compute);
    const { protocols, coOccurrence } = evaluate(sentences, predictions, { protocols: [protocol] });
    const scored = protocols[protocol]?.micro as Score;
    return { threshold: one.description.threshold, score: scored, coOccurrence, reliability: reliability(candidates.candidates) };
  };
  const after = await decisions(model, fitted);
  return {
    model,
    report: {
      protocol,
      data,
      goal: perType ? `${goal}, per type` : goal,
      reached: precision === undefined || after.score.precision >= precision,
      sentences: sentences.length,
      candidates: set.candidates.length,
      minConfidence,
      scaling,
      before: await decisions(raw, set),
      after,
      curve,
    },
  };
}

/** The model without any calibration. */
export function rawModel(built: BuiltModel): BuiltModel {
  const { calibration, threshold } = built.description;
  return recalibrate(built, calibration?.rawThreshold ?? threshold, undefined);
}

function scaledSet(set: CandidateSet, scaling: Scaling): CandidateSet {
  const candidates = set.candidates.map((candidate) => ({
    ...candidate,
    confidence: scaleConfidence(candidate.confidence, scaling),
  }));
  return { ...set, candidates };
}
