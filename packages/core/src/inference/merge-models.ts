import type { StoredTensor } from "../archive/index.ts";
import { ConfigError } from "../errors.ts";
import { joinsEnsembles } from "../models/index.ts";
import { type Lexicon, labelDifference, lexiconFromJson } from "../vocabulary/index.ts";
import { type BuildOptions, type BuiltModel, buildModel, type ModelDescription } from "./built-model.ts";
import { memberName } from "./ensemble.ts";
import { readWeights, writeWeights } from "./weights.ts";

/** A trained model to merge, and what to call it in error messages. */
export interface MergedModel {
  readonly model: BuiltModel;
  readonly source: string;
}

/**
 * Makes one model of several: an ensemble, which decides from the mean of their probabilities.
 *
 * Words may differ between the models. The ensemble keeps their constraints. Calibrations are
 * dropped, since they were fitted to the confidences of single networks.
 *
 * @param models two or more, in the order in which their probabilities are added
 * @throws {ConfigError} MERGE_IMPOSSIBLE if they differ in kind, settings, threshold, labels, word
 *   vectors or constraints, if one is an ensemble already, or if models of their kind cannot decide
 *   together
 */
export function mergeModels(models: readonly MergedModel[], options: Omit<BuildOptions, "seed"> = {}): BuiltModel {
  const [first, ...others] = models;
  if (first === undefined || others.length === 0) {
    throw impossible("an ensemble needs at least two models", "name two or more runs of one configuration, with different seeds");
  }
  for (const each of models) requireMember(each);
  for (const other of others) requireAlike(first, other);
  const { name, settings, lexicon, reading, text, negatives, constraints } = first.model.description;
  const members = sharedLexicons(models.map(({ model }) => model.description.lexicon));
  const merged = buildModel(
    { name, settings, lexicon, threshold: thresholdOf(first), reading, text, negatives, constraints, members },
    { encoders: first.model.frozen.encoders, ...options, seed: null },
  );
  const weights = new Map<string, StoredTensor>();
  for (const [k, { model }] of models.entries()) {
    for (const [path, tensor] of readWeights(model.store)) weights.set(`${memberName(k)}/${path}`, tensor);
  }
  writeWeights(merged.store, weights, "the members");
  return merged;
}

/** One object for all lexicons that are the same, and one set of word vectors for all of them. */
function sharedLexicons(lexicons: readonly Lexicon[]): Lexicon[] {
  const known = new Map<string, Lexicon>();
  return lexicons.map((lexicon) => {
    const text = JSON.stringify(lexicon);
    const shared =
      known.get(text) ?? (known.size === 0 ? lexicon : lexiconFromJson(JSON.parse(text), {}, lexicons[0]?.words.vectors));
    known.set(text, shared);
    return shared;
  });
}

function requireMember({ model, source }: MergedModel): void {
  const { description, network } = model;
  if (description.members !== undefined) {
    throw impossible(`${source} is an ensemble already`, "name the runs that it was made of instead");
  }
  if (!joinsEnsembles(network)) {
    throw impossible(
      `${source} is a ${description.name}, which cannot decide from the probabilities of others`,
      "a model of your own needs proposeInSteps, and so do both parts of a pipeline; docs/extending.md explains it",
    );
  }
}

function requireAlike(first: MergedModel, other: MergedModel): void {
  const between = `${first.source} and ${other.source}`;
  const [one, two] = [first.model.description, other.model.description];
  const settings = differingPaths(settingsOf(first), settingsOf(other));
  if (settings.length > 0) {
    throw impossible(
      `${between} differ in ${settings.join(", ")}`,
      "members of an ensemble differ only in their seed and their words",
    );
  }
  const labels = labelDifference(one.lexicon, two.lexicon);
  if (labels !== undefined) {
    throw impossible(`${between} differ in their labels: ${labels}`, "train all members on data with the same labels");
  }
  const [vectors, others] = [one, two].map(({ lexicon }) => lexicon.words.vectors);
  if (vectors?.digest !== others?.digest) {
    const names = [vectors, others].map((each) => each?.origin.name ?? "none").join(" and ");
    throw impossible(`${between} differ in their word vectors (${names})`, "train all members with the same word vectors");
  }
  if (differingPaths(one.constraints ?? {}, two.constraints ?? {}).length > 0) {
    throw impossible(
      `${between} differ in their constraints`,
      "give all members the same constraints with weft constraints --use, or none with --use off",
    );
  }
}

/** Everything about a model that decides what its outputs mean, in the form of a configuration. */
function settingsOf(merged: MergedModel): unknown {
  const { name, settings, reading, text } = merged.model.description;
  return { model: { name, ...settings }, reading, text, training: { threshold: thresholdOf(merged) } };
}

function thresholdOf({ model: { description } }: MergedModel): ModelDescription["threshold"] {
  return description.calibration?.rawThreshold ?? description.threshold;
}

/** The paths at which two JSON values differ, with both values. */
function differingPaths(one: unknown, other: unknown, path = ""): string[] {
  if (isRecord(one) && isRecord(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return keys.flatMap((key) => differingPaths(one[key], other[key], path === "" ? key : `${path}.${key}`));
  }
  const [left, right] = [one, other].map((value) => (value === undefined ? "nothing" : JSON.stringify(value)));
  return left === right ? [] : [`${path} (${left} and ${right})`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function impossible(message: string, hint: string): ConfigError {
  return new ConfigError("MERGE_IMPOSSIBLE", { message, hint });
}
