import { type Prediction, sentenceF1 } from "../metrics/index.ts";
import type { MrtSettings } from "./mrt-settings.ts";

/**
 * The outputs of one sentence, gold first: the log-probabilities of their parts, and their costs.
 */
export interface SampleSet {
  /** ln P(E | s) */
  readonly entities: Float64Array;
  /** ln P(R | s, E) */
  readonly relations: Float64Array;
  /** Δ */
  readonly costs: Float64Array;
}

/** The expected loss over a sample set, and its derivative by every ln P(E) and ln P(R). */
export interface Risk {
  readonly risk: number;
  readonly entityFactors: Float64Array;
  readonly relationFactors: Float64Array;
}

type RiskSettings = Pick<MrtSettings, "alpha" | "mu" | "learnedLoss" | "learnedScale">;

/**
 * The expected risk of eq. 6, or of eq. 5 on the sample set with the learned loss.
 *
 * The gradient is that of appendix A: with s = α (μ ln P(E) + (1 − μ) ln P(R)) and Q = softmax(s),
 * the derivative by the s of an output is Q times the difference of its slope from the mean slope.
 * The factors of a sentence sum to zero and are finite for every α.
 */
export function expectedRisk({ entities, relations, costs }: SampleSet, settings: RiskSettings): Risk {
  const { alpha, mu } = settings;
  const q = renormalised(
    entities.map((value, k) => mu * value + (1 - mu) * (relations[k] ?? 0)),
    alpha,
  );
  const { risk, slopes } = settings.learnedLoss ? learnedRisk(q, costs, settings.learnedScale) : plainRisk(q, costs);
  const mean = dot(q, slopes);
  const along = q.map((share, k) => share * ((slopes[k] ?? 0) - mean));
  return {
    risk,
    entityFactors: along.map((slope) => alpha * mu * slope),
    relationFactors: along.map((slope) => alpha * (1 - mu) * slope),
  };
}

/**
 * Q: e^(α·x), renormalised. The most likely output has exponent 0 for every α, so nothing overflows
 * and the sum is at least 1.
 */
export function renormalised(x: Float64Array, alpha: number): Float64Array {
  const top = x.reduce((max, value) => Math.max(max, value), -Infinity);
  const powers = x.map((value) => Math.exp(alpha * (value - top)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function plainRisk(q: Float64Array, costs: Float64Array): { risk: number; slopes: Float64Array } {
  return { risk: dot(q, costs), slopes: costs };
}

/**
 * The learned loss Γ = 1 − Q. The hinge [1 − Q(y) + Q(y*)]₊ requires a margin of gold over the most
 * likely other output. Without another output there is no hinge.
 */
function learnedRisk(
  q: Float64Array,
  costs: Float64Array,
  scale: MrtSettings["learnedScale"],
): { risk: number; slopes: Float64Array } {
  const [by, shift] = scale === "half" ? [0.5, 1] : [1, 0];
  const each = costs.map((cost, k) => by * (cost + shift - (q[k] ?? 0)));
  const slopes = costs.map((cost, k) => by * (cost + shift - 2 * (q[k] ?? 0)));
  const risk = dot(q, each);
  if (q.length < 2) return { risk, slopes };
  let best = 1;
  for (let k = 2; k < q.length; k++) if ((q[k] ?? 0) > (q[best] ?? 0)) best = k;
  const hinge = 1 - (q[0] ?? 0) + (q[best] ?? 0);
  if (hinge <= 0) return { risk, slopes };
  slopes[0] = (slopes[0] ?? 0) - 1;
  slopes[best] = (slopes[best] ?? 0) + 1;
  return { risk: risk + hinge, slopes };
}

/**
 * Δ of one output: one minus its F1, counted as in reports and in the choice of the best epoch, or
 * one minus its F_β (appendix C). If neither side has an item, either is 1.
 */
export function costOf(
  gold: Prediction,
  predicted: Prediction,
  length: number,
  { risk, relationF1, beta }: Pick<MrtSettings, "risk" | "relationF1" | "beta">,
): number {
  const tokens = new Array<string>(length).fill("");
  const entity = (): number => 1 - sentenceF1("ner-strict", gold, predicted, tokens, beta);
  const relation = (): number => 1 - sentenceF1(relationF1, gold, predicted, tokens, beta);
  if (risk === "none") return 0;
  if (risk === "entity") return entity();
  return risk === "relation" ? relation() : (entity() + relation()) / 2;
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, k) => sum + value * (y[k] ?? 0), 0);
}
