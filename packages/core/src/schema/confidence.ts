/**
 * Rounds a confidence to the six digits that files and answers hold. The seventh depends on which
 * sentences shared a batch, since a sum of floats depends on its order.
 */
export function roundConfidence(confidence: number): number {
  return Math.round(confidence * 1e6) / 1e6;
}
