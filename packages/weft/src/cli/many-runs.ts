import { basename, join, resolve } from "node:path";
import type { QueueTrainer } from "@weft-nlp/batch/trainings";
import { type TrainConfig, trainConfigSchema } from "@weft-nlp/core/training";
import { RunError, UsageError } from "@weft-nlp/node/errors";
import type { PlannedRun, RunOutcome, RunProgress } from "@weft-nlp/node/experiments";
import { points, runMany } from "@weft-nlp/node/experiments";
import { readConfig } from "@weft-nlp/node/files";
import { resolvePaths } from "@weft-nlp/node/runs";
import { bestWords } from "./best-words.ts";
import type { CommandContext } from "./command.ts";
import type { OptionsInput } from "./declaration.ts";
import { describeFailure } from "./failure.ts";
import { otherKernelsWarning } from "./other-kernels-warning.ts";
import type { ProgressBar, ProgressGroup } from "./progress-bar.ts";
import { parseProtocols } from "./protocol-names.ts";
import type { jobOptions, manyRunsOptions } from "./shared-options.ts";
import { count } from "./words.ts";

type ManyRunsInput = OptionsInput<typeof manyRunsOptions>;

/** A configuration with the changes of the command line and absolute paths. */
export async function configOf(path: string, changes: readonly string[]): Promise<TrainConfig> {
  return resolvePaths(await readConfig(path, trainConfigSchema(), changes));
}

/** The folder of all runs of a command: `--run`, or a name made from the configuration's. */
export function folderOf(path: string, { run }: { readonly run: string | undefined }, kind: string): string {
  return run ?? join("runs", `${basename(path).replace(/\.ya?ml$/, "")}-${kind}`);
}

/** How to score runs, from the options of the command. */
export function scoringOf({
  protocol,
  test,
}: Pick<ManyRunsInput, "protocol"> & { readonly test?: string | undefined }): Pick<PlannedRun, "test" | "protocols"> {
  return {
    ...(test === undefined ? {} : { test: resolve(test) }),
    ...(protocol === undefined ? {} : { protocols: parseProtocols(protocol) }),
  };
}

/**
 * Parses seeds: `5` means 1 to 5; `1,2,7` means these three.
 *
 * @throws {UsageError} for anything else
 */
export function parseSeeds(text: string): number[] {
  const parts = text.split(",").map((part) => part.trim());
  const numbers = parts.map(Number);
  const whole = parts.every((part) => /^\d+$/.test(part)) && numbers.every(Number.isSafeInteger);
  const [only = 0] = numbers;
  if (!whole || (parts.length === 1 && (only < 1 || only > maxSeeds)) || new Set(numbers).size < numbers.length) {
    throw new UsageError(
      `--seeds takes a number of seeds or a list without repetition, not ${JSON.stringify(text)}`,
      "--seeds 5 means 1 to 5; --seeds 1,2,7 means these three",
    );
  }
  return parts.length === 1 ? Array.from({ length: only }, (_, index) => index + 1) : numbers;
}

const maxSeeds = 1000;

export interface FinishedRuns {
  /** The results in the order of the plan, without failed runs. */
  readonly outcomes: readonly RunOutcome[];
  readonly failures: readonly { readonly run: string; readonly error: unknown }[];
}

/** Does the runs and shows progress: one bar for all, and one per active run. */
export async function finishRuns(
  runs: readonly PlannedRun[],
  { queue, ...flags }: OptionsInput<typeof jobOptions> & { readonly queue?: string | undefined },
  { terminal, signal }: CommandContext,
): Promise<FinishedRuns> {
  const outcomes = new Map<string, RunOutcome>();
  const failures: { run: string; error: unknown }[] = [];
  const bars = terminal.progressGroup();
  const shown = new RunBars(bars, runs.length);
  const trainer = queue === undefined ? undefined : await openTrainer(queue, (text) => bars.say(text));
  const elsewhere = trainer === undefined ? {} : { execute: trainer.execute, jobs: runs.length };
  try {
    for await (const event of runMany(runs, { ...flags, ...elsewhere, signal })) {
      if (event.kind === "plan") {
        if (event.finished > 0) bars.say(`${event.finished} of ${count(event.runs, "run")} already done`);
      } else if (event.kind === "failed") {
        failures.push(event);
        shown.end(event.run);
        bars.say(`${event.run} failed: ${describeFailure(event.error).message}`);
      } else if (event.kind === "done") {
        outcomes.set(event.run, event.outcome);
        shown.end(event.run);
        if (event.trained) bars.say(sentenceOf(event.outcome));
      } else {
        if (event.kind === "begin" && event.otherKernels !== undefined) {
          bars.say(`${event.run}: ${otherKernelsWarning(event.otherKernels)}`);
        }
        shown.update(event);
      }
    }
  } catch (error) {
    if (signal.aborted) {
      const others = trainer === undefined ? "" : "; workers go on with what is on the queue";
      bars.say(`stopped with ${outcomes.size} of ${count(runs.length, "run")} done; run the same command to continue${others}`);
    }
    throw error;
  } finally {
    bars.stop();
    await trainer?.close();
  }
  return { outcomes: runs.flatMap(({ name }) => outcomes.get(name) ?? []), failures };
}

async function openTrainer(url: string, say: (text: string) => void): Promise<QueueTrainer> {
  const { openQueueTrainer } = await import("@weft-nlp/batch/trainings");
  const trainer = await openQueueTrainer(url, { onNote: say });
  if ((await trainer.workers()) === 0) say("no worker is on this queue yet; start some with weft worker --queue URL");
  return trainer;
}

/** @throws {RunError} RUN_FAILED with all failures, if any */
export function requireSuccess({ failures }: FinishedRuns, runs: number): void {
  if (failures.length === 0) return;
  const errors = failures.map(({ run, error }) => {
    const { code, message, at, hint } = describeFailure(error);
    const named = at?.source === undefined ? message : `${run}: ${message}`;
    return new RunError("RUN_FAILED", {
      at: { ...at, source: at?.source ?? run },
      message: `${named} (${code})`,
      hint,
      cause: error,
    });
  });
  throw new RunError("RUN_FAILED", {
    message: `${failures.length} of ${count(runs, "run")} failed`,
    hint: "run the same command to retry them; finished runs are kept",
    cause: new AggregateError(errors),
  });
}

function sentenceOf({ name, best }: RunOutcome): string {
  return best === null ? name : `${name}: ${best.protocol} F1 ${points(best.score)} on dev in epoch ${best.epoch}`;
}

class RunBars {
  readonly #group: ProgressGroup;
  readonly #all: ProgressBar;
  readonly #own = new Map<string, { readonly bar: ProgressBar; best: string }>();
  /**
   * The completed share of each run that has begun, so that the bar for all moves with every step.
   */
  readonly #shares = new Map<string, number>();
  readonly #steps = new Map<string, number>();

  constructor(group: ProgressGroup, runs: number) {
    this.#group = group;
    this.#all = group.add("all runs", runs);
  }

  update(event: Exclude<RunProgress, { kind: "done" }>): void {
    if (event.kind === "begin") {
      // A model with parts begins once per part.
      this.#own.get(event.run)?.bar.stop();
      this.#steps.set(event.run, event.steps);
      this.#own.set(event.run, { bar: this.#group.add(event.run, event.steps), best: "" });
      return;
    }
    const own = this.#own.get(event.run);
    if (own === undefined) return;
    if (event.kind === "evaluation") {
      if (event.improved) own.best = ` · ${bestWords(event)}`;
      return;
    }
    own.bar.update(event.step, `epoch ${event.epoch} · loss ${event.loss.toFixed(3)}${own.best}`);
    this.#share(event.run, event.step / Math.max(1, this.#steps.get(event.run) ?? 1));
  }

  end(run: string): void {
    this.#own.get(run)?.bar.stop();
    this.#own.delete(run);
    this.#share(run, 1);
  }

  #share(run: string, share: number): void {
    this.#shares.set(run, share);
    const shares = [...this.#shares.values()];
    const ended = shares.filter((each) => each === 1).length;
    this.#all.update(Math.floor(100 * shares.reduce((sum, each) => sum + each, 0)) / 100, `${ended} done`);
  }
}
