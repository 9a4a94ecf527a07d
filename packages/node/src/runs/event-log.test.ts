import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { EventLog, type LoggedEvent, loggedForm, readEvents } from "./event-log.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const step = (number: number): LoggedEvent => ({
  kind: "step",
  epoch: 1,
  step: number,
  loss: 1 / number,
  losses: { entity: 1 / number },
  gradNorm: 2,
  sentences: 3,
});

async function written(name: string, ...numbers: number[]): Promise<{ path: string; log: EventLog }> {
  const path = join(folder, name);
  const log = new EventLog(path);
  for (const number of numbers) log.add(step(number));
  await log.flush();
  return { path, log };
}

test("events added in several calls come back unchanged", async () => {
  const { path, log } = await written("a.jsonl", 1, 2);
  log.add(step(3));
  expect(await readEvents(path)).toEqual([step(1), step(2)]);
  await log.flush();
  await log.flush();
  expect(await readEvents(path)).toEqual([step(1), step(2), step(3)]);
});

test("a missing log is empty, and a truncated line is skipped", async () => {
  expect(await readEvents(join(folder, "none.jsonl"))).toEqual([]);
  const { path } = await written("cut.jsonl", 1);
  appendFileSync(path, JSON.stringify(step(2)).slice(0, 9));
  expect(await readEvents(path)).toEqual([step(1)]);
  writeFileSync(path, `${JSON.stringify(step(1))}\n{"kind":"st\n${JSON.stringify(step(2))}\n`);
  expect(await readEvents(path)).toEqual([step(1), step(2)]);
});

const evaluation = (at: number): LoggedEvent => ({
  ...{ kind: "evaluation", epoch: 1, step: at, protocol: "strict", score: 0.5, improved: true },
});

test("resuming drops the events that a resumed training repeats", async () => {
  const { path, log } = await written("back.jsonl", 1, 2, 3);
  appendFileSync(path, "half a li");
  expect(await log.restore(2)).toEqual({ repaired: undefined, from: 1 });
  expect(await readEvents(path)).toEqual([step(1), step(2)]);
  log.add(step(3));
  await log.flush();
  expect(readFileSync(path, "utf8").split("\n").length).toBe(4);
  await log.restore(0);
  expect(readFileSync(path, "utf8")).toBe("");
});

test("lines that are no events, damaged or repeated are removed, and that is said", async () => {
  const path = join(folder, "repaired.jsonl");
  const events = [step(1), step(2), evaluation(2), step(3)];
  const odd = ["null", "3", "{}", '{"kind":"step","step":"1","epoch":1}', '{"kind":"st'];
  const all = [...events, ...events].flatMap((event, k) => [JSON.stringify(event), odd[k] ?? []].flat());
  writeFileSync(path, `${all.join("\n")}\n`);
  expect(await readEvents(path)).toEqual([...events, ...events]);
  const { repaired, from } = await new EventLog(path).restore(3);
  expect({ repaired, from }).toEqual({ repaired: "5 damaged lines were removed; 4 repeated lines were removed", from: 1 });
  expect(await readEvents(path)).toEqual(events);
});

test("a log that lacks steps of the checkpoint is refused and stays as it is; one that is gone is not", async () => {
  const { path, log } = await written("late.jsonl", 3, 4, 5);
  const before = readFileSync(path, "utf8");
  await expect(log.restore(5)).rejects.toMatchObject({
    code: "EVENTS_INCOMPLETE",
    at: { source: path },
    summary: "the log lacks step 1, but the checkpoint has all up to 5",
  });
  expect(readFileSync(path, "utf8")).toBe(before);
  await expect((await written("gap.jsonl", 1, 3)).log.restore(3)).rejects.toMatchObject({ code: "EVENTS_INCOMPLETE" });
  await expect((await written("short.jsonl", 1)).log.restore(2)).rejects.toMatchObject({ code: "EVENTS_INCOMPLETE" });
  const gone = new EventLog(join(folder, "gone.jsonl"));
  expect(await gone.restore(5)).toMatchObject({
    from: 6,
    repaired: expect.stringContaining("the curves begin after them") as string,
  });
  gone.add(step(6));
  await gone.flush(true);
  expect(await gone.restore(6, 6)).toEqual({ repaired: undefined, from: 6 });
});

test("the log keeps steps and scores of a training, without the report", () => {
  const evaluation = { kind: "evaluation", epoch: 1, step: 2, protocol: "strict", score: 0.5, improved: true } as const;
  const more = { report: {} as never, current: () => expect.fail("the log needs no model") };
  expect(loggedForm({ ...evaluation, ...more })).toEqual(evaluation);
  expect(loggedForm({ ...evaluation, ...more, entities: 0.7 })).toEqual({ ...evaluation, entities: 0.7 });
  expect(loggedForm({ kind: "checkpoint", epoch: 1, step: 2, bytes: () => new Uint8Array(0) })).toBeUndefined();
});

test.skipIf(process.platform !== "linux")("a full disk is reported", async () => {
  const log = new EventLog("/dev/full");
  log.add(step(1));
  await expect(log.flush()).rejects.toMatchObject({ code: "DISK_FULL", at: { source: "/dev/full" } });
});
