import type { ProbabilityTable } from "../heads/probability-table.ts";
import type { Prediction } from "../metrics/index.ts";
import type { PredictionSteps } from "./model.ts";

/** Runs the steps of a prediction on the model's own probabilities. */
export function decideAlone(steps: PredictionSteps): Prediction[] {
  let step = steps.next();
  while (step.done !== true) step = steps.next(step.value);
  return step.value;
}

/**
 * Runs the steps of several models together, each on the mean of the probabilities of all.
 *
 * @param members one or more, with the same labels and settings, for the same sentences
 * @param onTables receives the mean tables of each step
 */
export function decideTogether(
  members: readonly PredictionSteps[],
  onTables?: (tables: readonly ProbabilityTable[]) => void,
): Prediction[] {
  let steps = members.map((member) => member.next());
  for (;;) {
    const [first] = steps;
    if (first === undefined) throw new RangeError("an ensemble needs a member");
    if (first.done === true) return first.value;
    const tables = meanTables(steps.flatMap((step) => (step.done === true ? [] : [step.value])));
    onTables?.(tables);
    steps = members.map((member) => member.next(tables));
  }
}

/** The mean of the tables of each sentence, added in the order of the members. */
function meanTables(members: readonly (readonly ProbabilityTable[])[]): readonly ProbabilityTable[] {
  const [first = [], ...others] = members;
  if (others.length === 0) return first;
  return first.map((table, s) => {
    const sums = Float64Array.from(table);
    for (const member of others) {
      const other = member[s];
      if (other?.length !== sums.length)
        throw new RangeError(`sentence ${s} has ${other?.length} probabilities, not ${sums.length}`);
      for (const [k, value] of other.entries()) sums[k] = (sums[k] ?? 0) + value;
    }
    return sums.map((sum) => sum / members.length);
  });
}
