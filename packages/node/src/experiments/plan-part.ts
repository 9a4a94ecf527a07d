import { didYouMean } from "@weft-nlp/core/text";
import { UsageError } from "../errors.ts";
import { type ExperimentPlan, type ExperimentRun, runName, runNames, seedsOf } from "./experiment-plan.ts";
import { isFinished, type PlannedRun } from "./planned-run.ts";

/** Which trainings of a plan to do; a missing choice means all. */
export interface PlanPart {
  /** Names of runs. */
  readonly only?: readonly string[] | undefined;
  /** Some of the plan's seeds. A run with folds has no seeds to choose from. */
  readonly seeds?: readonly number[] | undefined;
}

/**
 * The trainings of a part of a plan and those they start from, with the others that are finished,
 * which belong in the plan's table.
 *
 * @param runs all trainings of the plan, from `experimentRuns`
 * @throws {UsageError} for a run or a seed that is not in the plan
 */
export async function runsOfPart(plan: ExperimentPlan, part: PlanPart, runs: readonly PlannedRun[]): Promise<PlannedRun[]> {
  const names = namesOfPart(plan, part);
  const kept = await Promise.all(
    runs.map(async (run): Promise<PlannedRun[]> => {
      if (names.has(run.name)) return [run];
      return (await isFinished(run)) ? [{ ...run, after: undefined }] : [];
    }),
  );
  return kept.flat();
}

function namesOfPart(plan: ExperimentPlan, { only, seeds }: PlanPart): ReadonlySet<string> {
  const chosen = only === undefined ? plan.runs : only.map((name) => runCalled(plan, name));
  const known = new Set(chosen.flatMap((run) => (run.folds === undefined ? seedsOf(plan, run) : [])));
  const strange = seeds?.find((seed) => !known.has(seed));
  if (strange !== undefined) {
    const hint = known.size === 0 ? "runs with folds have no seeds to choose from" : `the seeds are ${[...known].join(", ")}`;
    throw new UsageError(`none of these runs has the seed ${strange}`, hint);
  }
  const names = new Set<string>();
  for (const run of chosen) {
    if (run.folds === undefined) for (const seed of seedsOf(plan, run)) addWithFirst(seed, run);
    else for (const name of runNames(plan, run)) names.add(name);
  }
  return names;

  function addWithFirst(seed: number, { name, init }: ExperimentRun): void {
    if (seeds?.includes(seed) === false) return;
    names.add(runName({ name }, seed));
    if (init !== undefined) addWithFirst(seed, runCalled(plan, init));
  }
}

/** @throws {UsageError} if there is none */
function runCalled(plan: ExperimentPlan, name: string): ExperimentRun {
  const run = plan.runs.find((each) => each.name === name);
  if (run !== undefined) return run;
  const names = plan.runs.map((each) => each.name);
  throw new UsageError(
    `the plan has no run called ${JSON.stringify(name)}`,
    didYouMean(name, names) ?? `its runs are ${names.join(", ")}`,
  );
}
