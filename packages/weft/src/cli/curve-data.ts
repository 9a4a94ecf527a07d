import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { formats } from "@weft-nlp/core/formats";
import { FileError } from "@weft-nlp/node";
import { exists, printConfig, readJsonFile, splitCorpus, writeFileAtomically, writeJsonFile } from "@weft-nlp/node/files";
import type { CommandContext } from "./command.ts";
import { count } from "./words.ts";

/**
 * Writes a configuration for annotated data. Divides the data into train and dev in a folder first,
 * unless dev is given. An existing division of the same files stays.
 *
 * @returns the path of the configuration
 * @throws {FileError} RUN_EXISTS if the folder holds a division of other files
 */
export async function configForData(
  inputs: readonly string[],
  dev: string | undefined,
  folder: string,
  { terminal, signal }: CommandContext,
): Promise<string> {
  const shares = dev === undefined ? { train: 0.8, dev: 0.2, test: 0 } : { train: 1, dev: 0, test: 0 };
  const of = { shares, inputs: await Promise.all(inputs.map(stampOf)) };
  const [about, config] = [join(folder, "division.json"), join(folder, "weft.yaml")];
  if (await exists(about)) {
    if (isDeepStrictEqual(await readJsonFile(about), of)) return config;
    throw new FileError("RUN_EXISTS", {
      at: { source: about },
      message: "this folder holds a division of other files, or of these before they changed",
      hint: "choose another folder with --run, or remove this one",
    });
  }
  let omitted = 0;
  const { plan } = await splitCorpus(inputs, folder, {
    shares,
    seed: 1,
    format: formats.jsonl,
    force: true,
    reading: { signal },
    onOmission: () => void omitted++,
  });
  const data = { train: "train.jsonl", dev: dev === undefined ? "dev.jsonl" : resolve(dev) };
  await writeFileAtomically(config, printConfig({ seed: 1, data, ...usual }));
  // Written last: it says that the rest is complete.
  await writeJsonFile(about, of);
  const { train, dev: held } = plan.sizes;
  const parts = dev === undefined ? ` and ${count(held.sentences, "sentence")} of dev` : "";
  terminal.say(`${count(train.sentences, "sentence")} of train${parts} in ${folder}, with the configuration weft.yaml`);
  if (omitted > 0) terminal.say(`${count(omitted, "annotation")} could not be carried over; weft data check lists them`);
  return config;
}

/** The settings of the bundled corpus, which suit a few hundred sentences. */
const usual = {
  vocabulary: { minCount: 2, foldNumbers: true, unknown: "shape" },
  model: { name: "rin", rounds: 2, inputDropout: 0.3, wordDropout: 0.1 },
  optimizer: { name: "adam", rate: 0.002 },
  training: { epochs: 40, batch: 16, chunk: 4, schedule: { name: "linear" } },
};

async function stampOf(path: string): Promise<unknown> {
  const found = await stat(path).catch(() => undefined);
  return { path: resolve(path), bytes: found?.size ?? null, changedMs: found?.mtimeMs ?? null };
}
