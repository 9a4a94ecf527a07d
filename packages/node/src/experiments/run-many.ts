import { stat } from "node:fs/promises";
import { WeftError } from "@weft-nlp/core";
import { RunError } from "../errors.ts";
import { threadCount } from "../extractor/model-folder.ts";
import { fileFailure } from "../files/file-failure.ts";
import { locateVectors } from "../runs/locate-vectors.ts";
import {
  type ExecuteOptions,
  type ExecuteRun,
  executeRun,
  isFinished,
  type PlannedRun,
  type RunProgress,
} from "./planned-run.ts";
import { executeInWorker } from "./run-in-worker.ts";

/** How `runMany` schedules runs and handles failures. */
export interface RunManyOptions extends ExecuteOptions {
  /** Number of runs in parallel; they share the threads. Defaults to 1. */
  readonly jobs?: number | undefined;
  /**
   * Stops at the first run that fails. By default the others continue, and only runs that start
   * from a failed run are skipped.
   */
  readonly failFast?: boolean | undefined;
  /**
   * How a run is executed; elsewhere, perhaps. Defaults to this thread, or to one thread for each
   * of several jobs.
   */
  readonly execute?: ExecuteRun | undefined;
}

/** An event of `runMany`: first the plan, then the progress and failures of its runs. */
export type ManyRunsEvent =
  | { readonly kind: "plan"; readonly runs: number; readonly finished: number }
  | RunProgress
  | { readonly kind: "failed"; readonly run: string; readonly error: unknown };

/**
 * Does all unfinished runs of a list in order, `jobs` at a time, and reports progress. Each run is
 * what `weft train` alone would do, in its own folder, so the list can be stopped and resumed at
 * any time.
 *
 * @throws {RangeError} when names repeat, or a run starts from one that does not come earlier in
 *   the list
 * @throws {FileError} before anything runs: RUN_EXISTS when a folder holds a finished run of
 *   another configuration, FILE_MISSING or similar when a file that a run reads is missing
 * @throws {WeftError} CANCELLED when the signal is aborted; the runs in progress can be resumed
 */
export async function* runMany(
  runs: readonly PlannedRun[],
  options: RunManyOptions = {},
): AsyncGenerator<ManyRunsEvent, void, void> {
  checkOrder(runs);
  const threads = threadCount(options);
  const jobs = Math.max(1, Math.min(options.jobs ?? 1, runs.length));
  const finished = await Promise.all(runs.map(isFinished));
  await requireFiles(runs.filter((_, index) => finished[index] !== true));
  yield { kind: "plan", runs: runs.length, finished: finished.filter(Boolean).length };

  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const { execute: _, ...others } = options;
  const compute = { ...others, threads: Math.max(1, Math.floor(threads / jobs)), signal };
  const execute = options.execute ?? (jobs === 1 ? executeRun : executeInWorker);
  const waiting = [...runs];
  const ended = new Map<string, "done" | "failed">();
  const running = new Map<string, { readonly events: AsyncGenerator<RunProgress, void, void>; next: Promise<Happened> }>();
  try {
    for (;;) {
      for (const run of [...waiting]) {
        if (run.after === undefined || ended.get(run.after) !== "failed") continue;
        waiting.splice(waiting.indexOf(run), 1);
        ended.set(run.name, "failed");
        if (!signal.aborted) yield { kind: "failed", run: run.name, error: skippedError(run) };
      }
      while (!signal.aborted && running.size < jobs) {
        const at = waiting.findIndex(({ after }) => after === undefined || ended.get(after) === "done");
        const [run] = at < 0 ? [] : waiting.splice(at, 1);
        if (run === undefined) break;
        const events = execute(run, compute);
        running.set(run.name, { events, next: nextOf(run.name, events) });
      }
      if (running.size === 0) break;
      const happened = await Promise.race([...running.values()].map(({ next }) => next));
      const entry = running.get(happened.run);
      if (happened.kind === "event") {
        if (entry !== undefined) entry.next = nextOf(happened.run, entry.events);
        if (happened.event.kind === "done") ended.set(happened.run, "done");
        yield happened.event;
        continue;
      }
      running.delete(happened.run);
      if (happened.kind === "end" || signal.aborted) continue;
      ended.set(happened.run, "failed");
      if (options.failFast === true) stop.abort();
      yield { kind: "failed", run: happened.run, error: happened.error };
    }
  } finally {
    // A caller that stops iterating stops the runs too; they leave only complete files.
    stop.abort();
    await Promise.allSettled([...running.values()].map(async ({ events }) => events.return()));
  }
  if (options.signal?.aborted === true) {
    throw new WeftError("CANCELLED", { message: "the runs were stopped", hint: "repeat the call to resume them" });
  }
}

type Happened =
  | { readonly kind: "event"; readonly run: string; readonly event: RunProgress }
  | { readonly kind: "end"; readonly run: string }
  | { readonly kind: "error"; readonly run: string; readonly error: unknown };

async function nextOf(run: string, events: AsyncGenerator<RunProgress, void, void>): Promise<Happened> {
  try {
    const { done, value } = await events.next();
    return done === true ? { kind: "end", run } : { kind: "event", run, event: value };
  } catch (error) {
    return { kind: "error", run, error };
  }
}

/** A run may only start from an earlier one, so some run can always begin. */
function checkOrder(runs: readonly PlannedRun[]): void {
  const names = new Set<string>();
  for (const { name, after } of runs) {
    if (names.has(name)) throw new RangeError(`two runs are called ${name}`);
    if (after !== undefined && !names.has(after))
      throw new RangeError(`${name} starts from ${after}, which is not an earlier run`);
    names.add(name);
  }
}

/** Finds a wrong path now, not after hours. The model that a run starts from may not exist yet. */
async function requireFiles(runs: readonly PlannedRun[]): Promise<void> {
  for (const vectors of new Set(runs.map(({ config }) => config.vectors))) {
    if (vectors !== "auto" && vectors !== "off") await locateVectors(vectors);
  }
  const files = runs.flatMap(({ config: { data, init }, after, test }) => [
    data.train,
    data.dev,
    data.test,
    test,
    after === undefined ? init : undefined,
  ]);
  for (const file of new Set(files)) {
    if (file === undefined) continue;
    await stat(file).catch((cause: unknown) => {
      throw fileFailure(cause, file, "read");
    });
  }
}

function skippedError({ name, after }: PlannedRun): RunError {
  return new RunError("RUN_FAILED", {
    at: { source: name },
    message: `skipped because it starts from ${after}, which failed`,
    hint: `find out why ${after} failed; the same command retries both`,
  });
}
