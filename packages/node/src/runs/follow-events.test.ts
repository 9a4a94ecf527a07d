import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventLog, type LoggedEvent } from "./event-log.ts";
import { followEvents, type LogLook } from "./follow-events.ts";
import { RunProgress } from "./run-progress.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "weft-follow-"))));
afterEach(async () => rm(folder, { recursive: true, force: true }));

const stepEvent = (step: number): Extract<LoggedEvent, { kind: "step" }> => ({
  kind: "step",
  epoch: Math.ceil(step / 2),
  step,
  loss: 10 / step,
  losses: {},
  gradNorm: step,
  sentences: 5,
});
const evaluation = (epoch: number, score: number): LoggedEvent => ({
  kind: "evaluation",
  epoch,
  step: 2 * epoch,
  protocol: "strict",
  score,
  improved: score > 0.3,
});
const steps = ({ fresh }: LogLook): string => fresh.map(({ kind, step }) => `${kind} ${step}`).join(", ");

async function next(looks: AsyncGenerator<LogLook>): Promise<LogLook> {
  const { value, done } = await looks.next();
  if (done === true) throw new Error("it has ended");
  return value;
}

test("follows a log from nothing to its end, through split lines and a resumed training", async () => {
  const log = new EventLog(join(folder, "events.jsonl"));
  const looks = followEvents(folder, { everyMs: 5 });
  expect(await next(looks)).toEqual({ fresh: [], restarted: false, done: false });
  const first = next(looks);
  log.add(stepEvent(1));
  log.add(stepEvent(2));
  await log.flush();
  expect(steps(await first)).toBe("step 1, step 2");
  const third = JSON.stringify(evaluation(1, 0.5));
  const second = next(looks);
  await appendFile(join(folder, "events.jsonl"), third.slice(0, 20));
  await new Promise((resolve) => setTimeout(resolve, 30));
  await appendFile(join(folder, "events.jsonl"), `${third.slice(20)}\n${JSON.stringify(stepEvent(3))}\n`);
  expect(steps(await second)).toBe("evaluation 2, step 3");
  await log.restore(2);
  const cut = await next(looks);
  expect([cut.restarted, steps(cut)]).toEqual([true, "step 1, step 2, evaluation 2"]);
  log.add(stepEvent(3));
  await log.flush();
  await writeFile(join(folder, "report.json"), "{}");
  let last: LogLook;
  const found: string[] = [];
  do {
    last = await next(looks);
    found.push(steps(last));
  } while (!last.done);
  expect(found.join("")).toBe("step 3");
  expect((await looks.next()).done).toBe(true);
});

test("ends on a signal, and after one look if requested", async () => {
  const controller = new AbortController();
  const looks = followEvents(folder, { signal: controller.signal, everyMs: 60_000 });
  await next(looks);
  setTimeout(() => controller.abort(), 10);
  expect((await looks.next()).done).toBe(true);
  const once = followEvents(folder, { once: true });
  await next(once);
  expect((await once.next()).done).toBe(true);
});

test("an epoch is the mean of its steps, and the best is the last that improved", () => {
  const progress = new RunProgress();
  progress.add([stepEvent(1), stepEvent(2), evaluation(1, 0.4)]);
  progress.add([{ ...stepEvent(3), riskRatio: 0.25 }, stepEvent(4), evaluation(2, 0.2)]);
  expect(progress.epochs).toEqual([
    { epoch: 1, loss: 7.5, gradNorm: 1.5, step: 2, score: 0.4 },
    { epoch: 2, loss: (10 / 3 + 2.5) / 2, gradNorm: 3.5, riskRatio: 0.25, step: 4, score: 0.2 },
  ]);
  expect([progress.best, progress.step, progress.protocol]).toEqual([{ epoch: 1, score: 0.4 }, 4, "strict"]);
});

test("the loss has every step, and long trainings are shown as means of stretches", () => {
  const progress = new RunProgress();
  progress.add([stepEvent(1)]);
  expect(progress.losses).toEqual([[1, 10]]);
  progress.add([stepEvent(2)]);
  expect(progress.losses).toEqual([
    [1, 10],
    [2, 5],
  ]);
  for (let step = 3; step <= 100_000; step++) {
    progress.add([{ ...stepEvent(step), loss: step <= 50_000 ? 4 : 2, sentences: (step % 3) + 1 }]);
    expect(progress.losses.length).toBeLessThanOrEqual(400);
  }
  const { losses } = progress;
  expect(losses.length).toBeGreaterThan(150);
  expect(losses.at(-1)).toEqual([100_000, expect.closeTo(2, 9)]);
  expect(losses.find(([step]) => step > 20_000)?.[1]).toBeCloseTo(4, 9);
});

test("epochs of a model with parts belong to their part, and the best is that of the current part", () => {
  const progress = new RunProgress();
  const of = (part: "tagger" | "classifier", events: readonly LoggedEvent[]): LoggedEvent[] =>
    events.map((event) => ({ ...event, part }));
  progress.add(of("tagger", [stepEvent(1), stepEvent(2), evaluation(1, 0.9)]));
  progress.add(
    of("classifier", [
      { ...stepEvent(1), step: 3 },
      { ...evaluation(1, 0.4), step: 4 },
    ]),
  );
  expect(progress.epochs.map(({ part, epoch, score }) => [part, epoch, score])).toEqual([
    ["tagger", 1, 0.9],
    ["classifier", 1, 0.4],
  ]);
  expect(progress).toMatchObject({ part: "classifier", best: { epoch: 1, score: 0.4 }, step: 4 });
});
