import type { Sentence } from "@weft-nlp/core";
import {
  type ComparedSystem,
  countedTypes,
  countsBySentence,
  findingsOf,
  gainOf,
  looksAtDirection,
  noCounts,
  type Prediction,
  type ProtocolName,
  type TypeChoice,
} from "@weft-nlp/core/metrics";
import { type ReviewSentence, reviewFindings } from "./review.ts";

/** A sentence that two systems get right to different degrees. */
export interface Difference extends ReviewSentence {
  readonly verdict: "better" | "worse";
  /** F1 of the sentence, second − first. */
  readonly gain: number;
}

/**
 * The sentences on which the second system is better or worse than the first by one protocol,
 * largest differences first. Shows the first run of each system.
 */
export function differences(
  name: ProtocolName,
  gold: readonly Sentence[],
  first: ComparedSystem,
  second: ComparedSystem,
  types: TypeChoice = {},
): Difference[] {
  const [a, b] = [firstRun(first), firstRun(second)];
  const before = countsBySentence(name, gold, a, types);
  const after = countsBySentence(name, gold, b, types);
  const options = { directed: looksAtDirection([name]), countsType: countedTypes(types) };
  const found = gold.flatMap((sentence, index): Difference[] => {
    const gain = gainOf(before[index] ?? noCounts, after[index] ?? noCounts);
    if (gain === 0) return [];
    const sides = [a, b].map(({ runs }): Prediction => runs[0]?.[index] ?? { entities: [], relations: [] });
    const findings = sides.flatMap((side, at) => reviewFindings(findingsOf(sentence, side, options), at + 1));
    return [{ sentence, sides: [sentence, ...sides], findings, verdict: gain > 0 ? "better" : "worse", gain }];
  });
  // Sorting is stable: equal differences keep the order of the data.
  return found.sort((one, other) => Math.abs(other.gain) - Math.abs(one.gain));
}

function firstRun({ name, runs }: ComparedSystem): ComparedSystem {
  return { name, runs: runs.slice(0, 1) };
}
