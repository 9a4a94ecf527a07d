import type { LoggedEvent } from "@weft-nlp/node/runs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { thinEvents } from "./thin-events.ts";

function step(epoch: number, number: number, loss: number, sentences = 1): LoggedEvent {
  return { kind: "step", epoch, step: number, loss, losses: {}, gradNorm: 1, sentences };
}

test("adjacent steps are averaged over sentences, at the epoch of the last of them", () => {
  const events = [step(1, 1, 4, 3), step(1, 2, 8, 1), step(2, 3, 2), step(2, 4, 1)];
  expect(thinEvents(events, 2)).toEqual([
    { kind: "loss", at: 1, loss: 5 },
    { kind: "loss", at: 2, loss: 1.5 },
  ]);
  expect(thinEvents(events, 9).map(({ at }) => at)).toEqual([0.5, 1, 1.5, 2]);
});

test("each part of a model has its own curve, and every evaluation is kept", () => {
  const scored = { kind: "evaluation", epoch: 1, step: 2, protocol: "strict", score: 0.5, improved: true } as const;
  const events: LoggedEvent[] = [
    { ...step(1, 1, 2), part: "tagger" },
    { ...scored, part: "tagger" },
    { ...step(1, 1, 6), part: "classifier" },
    { ...scored, part: "classifier", score: 0.7 },
  ];
  expect(thinEvents(events, 1)).toEqual([
    { kind: "loss", part: "tagger", at: 1, loss: 2 },
    { kind: "loss", part: "classifier", at: 1, loss: 6 },
    { kind: "score", part: "tagger", at: 1, protocol: "strict", score: 0.5, improved: true },
    { kind: "score", part: "classifier", at: 1, protocol: "strict", score: 0.7, improved: true },
  ]);
});

test("never more points than requested, in order, and within the measured range", () => {
  const losses = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(losses, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 40 }), (values, max, perEpoch) => {
      const events = values.map((loss, index) => step(1 + Math.floor(index / perEpoch), index + 1, loss));
      const points = thinEvents(events, max).flatMap((point) => (point.kind === "loss" ? point : []));
      expect(points.length).toBeLessThanOrEqual(max);
      expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted((a, b) => a - b));
      const [min, largest] = [Math.min(...values), Math.max(...values)];
      for (const { loss } of points) {
        expect(loss).toBeGreaterThanOrEqual(min - 1e-9);
        expect(loss).toBeLessThanOrEqual(largest + 1e-9);
      }
    }),
  );
});
