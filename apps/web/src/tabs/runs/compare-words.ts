import type { RunComparison } from "@weft-nlp/api";
import { points } from "./run-words.ts";

/** A difference of F1 in points with its sign: `+2.3`, `−0.4`, `0.0`. */
export function signedPoints(difference: number): string {
  const size = points(Math.abs(difference));
  return Number(size) === 0 ? size : `${difference > 0 ? "+" : "−"}${size}`;
}

/** The larger of both p values, with two significant digits: a claim needs both to be small. */
export function probabilityWords({ bootstrap, randomisation }: RunComparison["p"]): string {
  const p = Math.max(bootstrap, randomisation);
  return p < 0.1 ? String(Number(p.toPrecision(2))) : p.toFixed(2);
}

type Compared = Pick<RunComparison, "claim" | "difference" | "sentences" | "better" | "worse" | "scores">;

/**
 * The verdict of a comparison as a person would put it.
 *
 * @param names what to call the two
 */
export function claimWords(
  { claim, difference, sentences, better, worse, scores }: Compared,
  { first, second }: { readonly first: string; readonly second: string },
): string {
  if (claim === "better") return `${second} is better than ${first}.`;
  if (claim === "worse") return `${second} is worse than ${first}.`;
  if (scores.first.correct + scores.second.correct === 0) return `Neither ${first} nor ${second} gets anything right here yet.`;
  if (better + worse === 0) return `${second} and ${first} are equal on every sentence.`;
  const few = sentences < fewSentences ? `, and ${sentences} sentences are few` : "";
  const size = signedPoints(difference) === "0.0" ? "The two are level" : `${second} has ${signedPoints(difference)} points`;
  return `${size}: chance alone may explain the difference${few}.`;
}

/** Below this, only very large differences can be shown. */
const fewSentences = 100;

/** F1 of entities, where the comparison is about relations: ` Entities: 60.1 → 63.2.` */
export function entityWords(entities: RunComparison["entities"]): string {
  if (entities === null) return "";
  return ` Entities: ${points(entities.first)} → ${points(entities.second)} by ${entities.protocol}.`;
}
