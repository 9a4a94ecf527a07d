import type { ProbabilityTable, Steps } from "../heads/probability-table.ts";
import type { Prediction } from "../metrics/index.ts";
import type { ProposalSteps } from "./model.ts";

/** Runs steps on the model's own probabilities. */
export function runAlone<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next(undefined);
  return step.value;
}

/** What a model predicts by itself: its own decision from each of its proposals. */
export function decideAlone(steps: ProposalSteps): Prediction[] {
  return runAlone(steps).map((proposed) => proposed.decide());
}

/**
 * Runs the steps of several models together, each on the mean of the probabilities of all. These
 * are steps in turn, whose probabilities are the means.
 *
 * @param members one or more, with the same labels and settings, for the same sentences
 */
export function* together<Result>(members: readonly Steps<Result>[]): Steps<Result> {
  let steps = members.map((member) => member.next());
  for (;;) {
    const [first] = steps;
    if (first === undefined) throw new RangeError("an ensemble needs a member");
    if (first.done === true) return first.value;
    const means = meanTables(steps.flatMap((step) => (step.done === true ? [] : [step.value()])));
    const given = (yield () => means) ?? means;
    steps = members.map((member) => member.next(given));
  }
}

/** The mean of the tables of each sentence, added in the order of the members. */
function meanTables(members: readonly (readonly ProbabilityTable[])[]): readonly ProbabilityTable[] {
  const [first = [], ...others] = members;
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
