import type { TrainConfig } from "./config.ts";

/**
 * The learning rate of a step as a share of the full rate: a linear warm-up, then constant, linear
 * decay, or half a cosine.
 */
export function rateFactor(schedule: TrainConfig["training"]["schedule"], step: number, steps: number): number {
  const warmup = Math.round(schedule.warmup * steps);
  if (step < warmup) return (step + 1) / warmup;
  const done = steps <= warmup ? 0 : (step - warmup) / (steps - warmup);
  const share = schedule.name === "constant" ? 1 : schedule.name === "linear" ? 1 - done : (1 + Math.cos(Math.PI * done)) / 2;
  return schedule.final + (1 - schedule.final) * share;
}
