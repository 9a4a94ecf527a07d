import type { ProtocolComparison, SystemComparison } from "@weft-nlp/core/metrics";

/** A difference of rates in percentage points with its sign: `+2.3`, `−0.4`, `0.0`. */
export function signed(difference: number): string {
  const text = (100 * Math.abs(difference)).toFixed(1);
  if (Number(text) === 0) return text;
  return `${difference > 0 ? "+" : "−"}${text}`;
}

type Tested = Pick<ProtocolComparison, "difference" | "interval" | "p">;

/**
 * What the tests support of the second system: `none` unless the interval excludes zero and both p
 * values are below one minus the confidence.
 */
export function claimOf(
  { difference, interval: [low, high], p }: Tested,
  { confidence }: Pick<SystemComparison, "confidence">,
): "better" | "worse" | "none" {
  const clearly = (p: number): boolean => p + confidence < 1 - 1e-12;
  if (!(low * high > 0 && clearly(p.bootstrap) && clearly(p.randomisation))) return "none";
  return difference > 0 ? "better" : "worse";
}

/**
 * The verdict on a difference, in a sentence. It says "better" or "worse" only if the interval
 * excludes zero and both p values are below one minus the confidence.
 */
export function comparisonVerdict(tested: Tested, { confidence }: Pick<SystemComparison, "confidence">): string {
  const { difference, interval, p } = tested;
  const [low, high] = interval;
  const numbers = `B − A is ${signed(difference)} points, ${Math.round(1000 * confidence) / 10} % interval ${signed(low)} to ${signed(high)}, p = ${probability(p.bootstrap)} (bootstrap) and ${probability(p.randomisation)} (randomisation)`;
  const claim = claimOf(tested, { confidence });
  return claim === "none" ? `no difference can be claimed: ${numbers}.` : `B is ${claim}: ${numbers}.`;
}

/** Two significant digits, never "0.00": a resampled p cannot be zero. */
function probability(p: number): string {
  return p < 0.1 ? String(Number(p.toPrecision(2))) : p.toFixed(2);
}
