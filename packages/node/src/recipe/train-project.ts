import { WeftError } from "@weft-nlp/core";
import type { TrainConfig } from "@weft-nlp/core/training";
import type { ComputeOptions } from "../extractor/model-folder.ts";
import { markEnded, markRunning } from "../runs/run-state.ts";
import { type FinishEvent, finishProject } from "./finish-project.ts";
import { removeLeftovers } from "./keep-model.ts";
import { beginProject, type PlannedProject, type PlanOptions } from "./plan-project.ts";
import { isStop, type ProjectRunEvent, ProjectRuns } from "./project-runs.ts";
import { type KeptRun, type ProjectPlan, readPlan, readProgress } from "./project-state.ts";
import { type SearchEvent, searchSettings } from "./search-settings.ts";

/** What to train on, where, and for how long. */
export interface TrainProjectInput extends ComputeOptions, PlanOptions {
  /** Files and folders of annotated data. */
  readonly inputs: readonly string[];
  readonly folder: string;
  /** Defaults to false: the folder must not hold a run. */
  readonly resume?: boolean | undefined;
  /** Max milliseconds of training, over all calls; the rest of it goes to a search. */
  readonly budgetMs?: number | undefined;
  readonly checkpointSeconds?: number | undefined;
  readonly withEncoder?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An event of `trainProject`; `finished` is the last. */
export type ProjectEvent =
  | { readonly kind: "planned"; readonly plan: ProjectPlan; readonly planned: PlannedProject | undefined }
  | ProjectRunEvent
  | SearchEvent
  | { readonly kind: "budget-over" }
  | FinishEvent;

/**
 * Trains on data without a configuration: chooses one, trains a small model first and then the
 * chosen one, searches settings if there is a budget, and ends with the best on dev, calibrated.
 * `folder/model` is usable as soon as the small model has one epoch, and only gets better. Each
 * training is a normal run under `folder/runs`, and the whole can be resumed.
 *
 * @throws {FileError} RUN_EXISTS, RUN_MISSING, and the errors of reading data and of `trainRun`
 */
export async function* trainProject(input: TrainProjectInput): AsyncGenerator<ProjectEvent, void, void> {
  const { folder, inputs, resume = false } = input;
  const known = await readPlan(folder, resume, inputs);
  const begun = known === undefined ? await beginProject(inputs, folder, input) : undefined;
  const plan = known ?? begun?.plan;
  if (plan === undefined) return;
  const running = await markRunning(folder);
  let done = false;
  let failure: unknown;
  try {
    yield { kind: "planned", plan, planned: begun?.planned };
    yield* trainPlanned(plan, input);
    done = true;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // The caller already gets the error of a full disk.
    await markEnded(folder, running, done, failure).catch(() => undefined);
  }
}

async function* trainPlanned(plan: ProjectPlan, input: TrainProjectInput): AsyncGenerator<ProjectEvent, void, void> {
  const { folder, signal, budgetMs } = input;
  await removeLeftovers(folder);
  const before = await readProgress(folder);
  const begun = performance.now();
  const leftMs = (): number => (budgetMs === undefined ? 0 : budgetMs - before.spentMs - (performance.now() - begun));
  const budget = budgetMs === undefined ? undefined : AbortSignal.timeout(Math.max(1, Math.ceil(leftMs())));
  const signals = [signal, budget].filter((each) => each !== undefined);
  const runs = new ProjectRuns(folder, before, { ...input, signal: AbortSignal.any(signals) });
  try {
    if (runs.progress.kept === undefined || runs.progress.kept.run === "quick") yield* runs.train("quick", plan.quick);
    const best = yield* trainChosen(runs, plan.chosen);
    if (budgetMs !== undefined) {
      const { seed, training } = plan.chosen;
      yield { kind: "tried", run: "chosen", settings: {}, seed, epochs: training.epochs, best };
      yield* searchSettings(plan, runs, leftMs);
    }
  } catch (error) {
    if (!isStop(error) || signal?.aborted === true) throw error;
    yield { kind: "budget-over" };
  }
  const { kept } = runs.progress;
  if (kept === undefined) throw nothingYet();
  yield* finishProject(folder, plan, kept, input);
}

async function* trainChosen(runs: ProjectRuns, config: TrainConfig): AsyncGenerator<ProjectRunEvent, KeptRun | undefined, void> {
  const { spentMs, chosenMs = 0 } = runs.progress;
  try {
    return yield* runs.train("chosen", config);
  } finally {
    await runs.note({ chosenMs: chosenMs + runs.progress.spentMs - spentMs });
  }
}

function nothingYet(): WeftError<"CANCELLED"> {
  return new WeftError("CANCELLED", {
    message: "the budget was over before the first evaluation on dev",
    hint: "resume with a larger --budget, or without one",
  });
}
