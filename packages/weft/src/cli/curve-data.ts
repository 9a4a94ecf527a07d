import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type CorpusFacts, chooseRecipe } from "@weft-nlp/core/recipe";
import { FileError } from "@weft-nlp/node/errors";
import { exists, readJsonFile, writeJsonFile } from "@weft-nlp/node/files";
import { writeProject } from "@weft-nlp/node/recipe";
import type { CommandContext } from "./command.ts";
import { count } from "./words.ts";

/** A configuration for annotated data, and what changes in it for a part of the data. */
export interface CurveData {
  /** The path of the configuration. */
  readonly config: string;
  /** Changes for a share of the training data, as after `--set`. */
  readonly changesFor: (share: number) => readonly string[];
}

/**
 * Writes the configuration that `weft train` would choose for annotated data. Divides the data into
 * train and dev in a folder first, unless dev is given. An existing division of the same files
 * stays.
 *
 * @throws {FileError} RUN_EXISTS if the folder holds a division of other files, and the errors of
 *   `readProject`
 */
export async function configForData(
  inputs: readonly string[],
  dev: string | undefined,
  folder: string,
  { terminal, signal }: CommandContext,
): Promise<CurveData> {
  const files = await Promise.all([...inputs, ...(dev === undefined ? [] : [dev])].map(stampOf));
  const of = { version, files, dev: dev === undefined ? null : resolve(dev) };
  const [about, config] = [join(folder, "division.json"), join(folder, "weft.yaml")];
  if (await exists(about)) {
    const { facts, ...known } = (await readJsonFile(about)) as { readonly facts: CorpusFacts };
    if (isDeepStrictEqual(known, of)) return { config, changesFor: changesOf(facts) };
    throw new FileError("RUN_EXISTS", {
      at: { source: about },
      message: "this folder holds a division of other files, or of these before they changed",
      hint: "choose another folder with --run, or remove this one",
    });
  }
  const { project, data, recipe } = await writeProject(
    inputs,
    { config, data: folder, force: true },
    { seed: 1, dev, shares: { train: 0.8, dev: 0.2, test: 0 }, reading: { signal } },
  );
  const { facts } = project;
  // Written last: it says that the rest is complete.
  await writeJsonFile(about, { ...of, facts });
  const sizes = data.split?.plan.sizes;
  const parts = sizes === undefined ? "" : ` and ${count(sizes.dev.sentences, "sentence")} of dev`;
  const train = count(sizes?.train.sentences ?? facts.sentences, "sentence");
  terminal.say(`${train} of train${parts} in ${folder}, with the configuration weft.yaml`);
  const [model] = recipe.choices;
  if (model !== undefined) terminal.say(`trains as weft train would: ${model.choice}: ${model.reason}`);
  const omitted = data.omissions.length;
  if (omitted > 0) terminal.say(`${count(omitted, "annotation")} could not be carried over; weft data check lists them`);
  return { config, changesFor: changesOf(facts) };
}

const version = 2;

/** The length of training that suits a share: as if it were all of the data. */
function changesOf(facts: CorpusFacts): CurveData["changesFor"] {
  return (share) => {
    const { settings } = chooseRecipe({ ...facts, sentences: Math.round(share * facts.sentences) });
    const training = settings["training"] as Readonly<Record<string, unknown>>;
    return ["epochs", "batch", "chunk"].flatMap((name) =>
      name in training ? [`training.${name}=${String(training[name])}`] : [],
    );
  };
}

async function stampOf(path: string): Promise<unknown> {
  const found = await stat(path).catch(() => undefined);
  return { path: resolve(path), bytes: found?.size ?? null, changedMs: found?.mtimeMs ?? null };
}
