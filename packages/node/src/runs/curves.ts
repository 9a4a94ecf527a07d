import { lineChart } from "@weft-nlp/draw";
import type { LoggedEvent } from "./event-log.ts";

/**
 * Writes two pictures of a training into a folder: the loss of each epoch, and the dev scores. Each
 * part of a model is a line.
 */
export function curves(events: readonly LoggedEvent[]): { readonly loss: string; readonly score: string } {
  const parts = [...new Set(events.map(({ part }) => part))];
  const evaluations = events.filter((event) => event.kind === "evaluation");
  const protocols = [...new Set(evaluations.map(({ protocol }) => protocol))];
  const best = parts.flatMap((part) => evaluations.findLast((event) => event.part === part && event.improved) ?? []);
  const name = (part: string | undefined, whole: string): string => part ?? whole;
  return {
    loss: lineChart({
      title: "Training loss",
      xLabel: "epoch",
      yLabel: "loss per sentence",
      series: parts.map((part) => ({
        name: name(part, "train"),
        points: lossesOf(events.filter((event) => event.part === part)),
      })),
    }),
    score: lineChart({
      title: `F1 on dev (${protocols.join(", ") || "none"})`,
      xLabel: "epoch",
      yLabel: "F1",
      series: parts.map((part) => ({
        name: name(part, "dev"),
        points: evaluations.flatMap(({ part: of, epoch, score }) => (of === part ? [[epoch, score] as const] : [])),
      })),
      marks: best.map(({ part, epoch, score }) => ({
        x: epoch,
        label: `${part === undefined ? "" : `${part}: `}best ${(100 * score).toFixed(1)}`,
      })),
    }),
  };
}

function lossesOf(events: readonly LoggedEvent[]): (readonly [epoch: number, loss: number])[] {
  const sums = new Map<number, { total: number; sentences: number }>();
  for (const event of events) {
    if (event.kind !== "step") continue;
    const sum = sums.get(event.epoch) ?? { total: 0, sentences: 0 };
    sums.set(event.epoch, { total: sum.total + event.loss * event.sentences, sentences: sum.sentences + event.sentences });
  }
  return [...sums].map(([epoch, { total, sentences }]) => [epoch, total / sentences] as const);
}
