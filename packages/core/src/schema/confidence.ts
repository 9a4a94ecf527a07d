/**
 * A confidence as it is written: six digits. The seventh depends on which sentences shared a batch,
 * since a sum of floats depends on its order.
 */
export function roundConfidence(confidence: number): number {
  return Math.round(confidence * 1e6) / 1e6;
}
