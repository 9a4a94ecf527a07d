import { ConfigError, DataError, type Sentence } from "@weft-nlp/core";
import { type BuiltModel, type Calibration, recalibrate } from "@weft-nlp/core/inference";
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

export interface CalibrateOptions extends ComputeOptions {
  /** What counts as right; the first of the model's own where left out. */
  readonly protocol?: string | undefined;
  /** A threshold for each relation type, not one for all. */
  readonly perType?: boolean | undefined;
  /** The most recall with this precision, not the best F1. */
  readonly precision?: number | undefined;
  /** What the data is called in the model's folder. */
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

export interface CalibrationReport {
  readonly protocol: ProtocolName;
  readonly data: string;
  readonly goal: string;
  /**
   * False where no threshold has the precision asked for, so that the best one there is was taken.
   */
  readonly reached: boolean;
  readonly sentences: number;
  /** Relations that the model gives at least `minConfidence`. */
  readonly candidates: number;
  readonly minConfidence: number;
  readonly scaling: Scaling;
  readonly before: Decisions;
  readonly after: Decisions;
  /** What every common threshold would give, in the new measure, from the highest to the lowest. */
  readonly curve: readonly OperatingPoint[];
}

/**
 * Relations less likely than this decide nothing: each adds less than a thousandth to the
 * likelihood that the scaling is fitted to.
 */
const minConfidence = 0.001;

/**
 * Fits a scaling of confidences and thresholds to annotated sentences that were not learnt from.
 *
 * @returns the same weights with new decisions, not yet written anywhere, and what changed
 * @throws {ConfigError} SETTING_INVALID for a model that finds no relations, or a protocol that
 *   does not count them
 * @throws {DataError} CALIBRATION_IMPOSSIBLE where the model proposes nothing
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
      message: `${definition.name} finds entities alone, and there is no relation to calibrate`,
      hint: "calibrate a pipeline that it is a part of",
    });
  }
  const { precision, perType = false, data, onProgress, ...compute } = options;
  const protocol = protocolName(options.protocol ?? defaultProtocols(built)[0] ?? "strict");
  const raw = rawModel(built);
  const found = await predictSentences(raw, sentences, { ...compute, threshold: minConfidence, onProgress });
  const set = collectCandidates(protocol, sentences, found);
  if (set.candidates.length === 0) {
    throw new DataError("CALIBRATION_IMPOSSIBLE", {
      at: { source: data },
      message: `the model gives no relation a probability of ${minConfidence} or more in ${sentences.length} sentences`,
      hint: "calibrate on sentences like those it was trained on; a model that needs entities needs them in this file",
    });
  }
  const scaling = fitScaling(set.candidates);
  const fitted = scaledSet(set, scaling);
  const curve = operatingPoints(fitted);
  const point = precision === undefined ? bestPoint(curve) : pointOfPrecision(curve, precision);
  const threshold = perType
    ? thresholdsByType(fitted, description.lexicon.relations.names, { precision })
    : (point?.threshold ?? 0.5);
  const goal = precision === undefined ? "the best F1" : `the most recall with a precision of ${precision}`;
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
      goal: perType ? `${goal}, type by type` : goal,
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

/** The model as it was before any calibration. */
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
