import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTinyCorpus } from "../../../../test/e2e/tiny-corpus.ts";
import { readConfig } from "../files/config-file.ts";
import { resolvePaths } from "../runs/resolve-paths.ts";
import type { PlannedRun } from "./planned-run.ts";
import { type ManyRunsEvent, type RunManyOptions, runMany } from "./run-many.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-run-many-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => void writeTinyCorpus(folder));

const options = { deterministic: true, threads: 1 } as const;

async function planned(name: string, more: Partial<PlannedRun> & { readonly set?: readonly string[] } = {}): Promise<PlannedRun> {
  const { set = [], ...rest } = more;
  const file = await readConfig(join(folder, "weft.yaml"), trainConfigSchema(), ["training.epochs=1", ...set]);
  return { name, folder: join(folder, "runs", name), config: resolvePaths(file), ...rest };
}

async function all(runs: readonly PlannedRun[], more: RunManyOptions = {}): Promise<ManyRunsEvent[]> {
  const events: ManyRunsEvent[] = [];
  for await (const event of runMany(runs, { ...options, ...more })) events.push(event);
  return events;
}

/** The events, without the steps. */
function summaries(events: readonly ManyRunsEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === "plan") return [`${event.finished} of ${event.runs}`];
    if (event.kind === "step" || event.kind === "evaluation") return [];
    return [`${event.kind} ${event.run}${event.kind === "done" && !event.trained ? " before" : ""}`];
  });
}

describe("runMany", () => {
  test("does the runs in order, and finds them done the second time", async () => {
    const runs = [await planned("a"), await planned("b", { set: ["seed=2"] })];
    expect(summaries(await all(runs))).toEqual(["0 of 2", "begin a", "done a", "begin b", "done b"]);
    expect(summaries(await all(runs))).toEqual(["2 of 2", "done a before", "done b before"]);
  });

  test("a run waits for the one it starts from, also when several run in parallel", async () => {
    const first = await planned("first");
    const second = await planned("second", { after: "first", set: [`init=${first.folder}`] });
    const beside = await planned("beside", { set: ["seed=3"] });
    const events = summaries(await all([first, second, beside], { jobs: 3, threads: 3 }));
    expect(events.indexOf("begin second")).toBeGreaterThan(events.indexOf("done first"));
    expect(events.toSorted()).toEqual(
      ["0 of 3", "begin first", "done first", "begin second", "done second", "begin beside", "done beside"].toSorted(),
    );
  });

  test.each([1, 2])("runs that start from a failed run, directly or not, are skipped, %i at a time", async (jobs) => {
    const broken = await planned(`broken-${jobs}`, { set: ["optimizer.rate=1e30", "training.maxNorm=1e30"] });
    const next = await planned(`next-${jobs}`, { after: broken.name, set: [`init=${broken.folder}`] });
    const last = await planned(`last-${jobs}`, { after: next.name, set: [`init=${next.folder}`] });
    const fine = await planned(`fine-${jobs}`);
    const events = await all([broken, next, last, fine], { jobs, threads: 2 });
    const errors = new Map(events.flatMap((event) => (event.kind === "failed" ? [[event.run, event.error] as const] : [])));
    expect([...errors.keys()].toSorted()).toEqual([`broken-${jobs}`, `last-${jobs}`, `next-${jobs}`]);
    expect(errors.get(broken.name)).toMatchObject({
      code: "TRAINING_DIVERGED",
      summary: expect.stringContaining("the loss is") as string,
      hint: expect.any(String) as string,
    });
    expect(errors.get(last.name)).toMatchObject({ code: "RUN_FAILED", at: { source: last.name } });
    expect(summaries(events)).toContain(`done fine-${jobs}`);
    expect(existsSync(next.folder)).toBe(false);
  });

  test("a caller that stops iterating stops the runs, and they can be resumed", async () => {
    const run = await planned("unheard", { set: ["training.epochs=50"] });
    for await (const event of runMany([run], { ...options, checkpointSeconds: 0 })) if (event.kind === "evaluation") break;
    expect(existsSync(join(run.folder, "report.json"))).toBe(false);
    expect(summaries(await all([run]))).toEqual(["0 of 1", "begin unheard", "done unheard"]);
  });

  test("a signal stops it with CANCELLED, in this thread and in others", async () => {
    for (const jobs of [1, 2]) {
      const stop = new AbortController();
      const runs = [
        await planned(`stopped-${jobs}`, { set: ["training.epochs=500"] }),
        await planned(`other-${jobs}`, { set: ["training.epochs=500"] }),
      ];
      const stopped = (async () => {
        for await (const event of runMany(runs, { ...options, threads: 2, jobs, signal: stop.signal })) {
          if (event.kind === "evaluation") stop.abort();
        }
      })();
      await expect(stopped).rejects.toMatchObject({ code: "CANCELLED" });
    }
  });

  test("folders of other runs and missing files are found before anything runs", async () => {
    const run = await planned("taken");
    await all([run]);
    const other = await planned("taken", { set: ["model.rounds=2"] });
    const fresh = await planned("fresh");
    await expect(all([fresh, other])).rejects.toMatchObject({ code: "RUN_EXISTS" });
    const lacking = await planned("lacking", { test: join(folder, "nowhere.jsonl") });
    await expect(all([fresh, lacking])).rejects.toMatchObject({ code: "FILE_MISSING" });
    expect(existsSync(fresh.folder)).toBe(false);
    await expect(all([fresh, fresh])).rejects.toThrow("two runs are called fresh");
    await expect(all([await planned("x", { after: "y" })])).rejects.toThrow("x starts from y, which is not an earlier run");
  });

  test("a test file added to the configuration later is scored without training", async () => {
    const tested = await planned("tested");
    const { test: _test, ...data } = tested.config.data;
    const untested = await all([{ ...tested, config: { ...tested.config, data } }]);
    expect(untested.at(-1)).toMatchObject({ kind: "done", trained: true, outcome: { test: null } });
    const before = readFileSync(join(tested.folder, "report.json"), "utf8");
    const events = await all([tested]);
    expect(events.at(-1)).toMatchObject({ kind: "done", trained: false, outcome: { test: { sentences: 5, split: "test" } } });
    expect(readFileSync(join(tested.folder, "report.json"), "utf8")).toBe(before);
  });
});
