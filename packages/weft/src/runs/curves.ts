import { lineChart } from "@weft/core";
import type { LoggedEvent } from "./event-log.ts";

/** The loss of each epoch and the dev scores of a training, as one picture each, side by side in a folder. */
export function curves(events: readonly LoggedEvent[]): { readonly loss: string; readonly score: string } {
  const sums = new Map<number, { total: number; sentences: number }>();
  for (const event of events) {
    if (event.kind !== "step") continue;
    const sum = sums.get(event.epoch) ?? { total: 0, sentences: 0 };
    sums.set(event.epoch, { total: sum.total + event.loss * event.sentences, sentences: sum.sentences + event.sentences });
  }
  const evaluations = events.filter((event) => event.kind === "evaluation");
  const best = evaluations.findLast((event) => event.improved);
  return {
    loss: lineChart({
      title: "Training loss",
      xLabel: "epoch",
      yLabel: "loss per sentence",
      series: [{ name: "train", points: [...sums].map(([epoch, { total, sentences }]) => [epoch, total / sentences] as const) }],
    }),
    score: lineChart({
      title: `F1 on dev (${evaluations[0]?.protocol ?? "none"})`,
      xLabel: "epoch",
      yLabel: "F1",
      series: [{ name: "dev", points: evaluations.map(({ epoch, score }) => [epoch, score] as const) }],
      marks: best === undefined ? [] : [{ x: best.epoch, label: `best ${(100 * best.score).toFixed(1)}` }],
    }),
  };
}
