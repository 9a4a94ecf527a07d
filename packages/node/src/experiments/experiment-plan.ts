import { join, resolve } from "node:path";
import { ConfigError, type Sentence } from "@weft-nlp/core";
import { protocolName } from "@weft-nlp/core/metrics";
import { trainConfigSchema } from "@weft-nlp/core/training";
import * as z from "zod";
import { type ConfigFile, readConfig } from "../files/config-file.ts";
import { collectSentences, readingOf } from "../files/read-documents.ts";
import { resolvePaths, shortPath } from "../runs/resolve-paths.ts";
import type { PlannedRun } from "./planned-run.ts";
import { writeFolds } from "./write-folds.ts";

/** `strict, ner-strict`: the figure shows the first. */
const protocolNames = z.string().transform((text, context) => {
  try {
    return text.split(",").map((name) => protocolName(name.trim()));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    context.addIssue({ code: "custom", message: `${error.summary}; ${error.hint}` });
    return z.NEVER;
  }
});

const seedList = z.array(z.int().min(0)).min(1);

const plannedExperiment = z.strictObject({
  name: z.string().regex(/^[\w.+-]+$/, "a name of letters, digits and .+-_"),
  config: z.string().describe("the configuration; the path counts from the plan's folder, as that of test does"),
  test: z.string().describe("the test data, in place of the configuration's"),
  protocol: protocolNames,
  init: z
    .string()
    .optional()
    .describe("an earlier run in the plan: each seed starts from the model that run trained with the same seed"),
  set: z.array(z.string()).default([]).describe("settings to change, as after --set"),
  seeds: seedList.optional().describe("defaults to the plan's seeds"),
  folds: z
    .int()
    .min(2)
    .max(100)
    .optional()
    .describe("folds by document of all of the data, each tested once, in place of several seeds; the seed is the first"),
  series: z.string().optional().describe("the line of the figure that this run belongs to; defaults to the run's name"),
  x: z.number().default(0).describe("its place on the figure's axis"),
});

const experimentPlan = z.strictObject({
  title: z.string(),
  axis: z.string().optional().describe("label of the figure's axis; a plan without one has no figure"),
  seeds: seedList,
  runs: z.array(plannedExperiment).min(1),
});

export type ExperimentPlan = z.output<typeof experimentPlan>;
export type ExperimentRun = ExperimentPlan["runs"][number];

/**
 * Reads a plan: which configurations to train, with which seeds, and what to score them on.
 *
 * @throws {ConfigError} with file, line and path
 */
export async function readExperimentPlan(path: string): Promise<ConfigFile<ExperimentPlan>> {
  const file = await readConfig(path, experimentPlan);
  const { runs } = file.value;
  for (const [index, run] of runs.entries()) {
    const at = { at: file.locate(["runs", index, "name"]) };
    const above = runs.slice(0, index);
    if (above.some(({ name }) => name === run.name)) {
      throw new ConfigError("SETTING_INVALID", { ...at, message: `two runs are called ${run.name}` });
    }
    if (run.folds !== undefined && run.init !== undefined) {
      throw new ConfigError("SETTING_INVALID", { ...at, message: `${run.name} has folds, so it cannot start from ${run.init}` });
    }
    if (run.init === undefined) continue;
    const first = above.find(({ name, folds }) => name === run.init && folds === undefined);
    const missing = seedsOf(file.value, run).find((seed) => first === undefined || !seedsOf(file.value, first).includes(seed));
    if (missing === undefined) continue;
    throw new ConfigError("SETTING_INVALID", {
      ...at,
      message: `${run.name} starts from ${run.init}, but no earlier run has that name and the seed ${missing}`,
      hint: "a run can only start from an earlier run in the plan with the same seeds",
    });
  }
  return file;
}

/**
 * The trainings of a plan; each comes after the one it starts from.
 *
 * @param folder holds one folder per training
 */
export async function experimentRuns(file: ConfigFile<ExperimentPlan>, folder: string): Promise<PlannedRun[]> {
  const planned: PlannedRun[] = [];
  for (const [index, run] of file.value.runs.entries()) {
    const config = file.resolvePath(run.config, ["runs", index, "config"]);
    const [test, protocols] = [file.resolvePath(run.test, ["runs", index, "test"]), run.protocol];
    if (run.folds !== undefined) {
      const whole = resolvePaths(
        await readConfig(config, trainConfigSchema(), [...run.set, `seed=${seedsOf(file.value, run)[0]}`]),
      );
      for (const [k, name] of runNames(file.value, run).entries()) {
        const part = (kind: string): string => resolve(foldsFolder(folder, run), `${k + 1}`, `${kind}.jsonl`);
        const data = { ...whole.data, train: part("train"), dev: part("dev") };
        planned.push({ name, folder: join(folder, name), config: { ...whole, data }, test: part("test"), protocols });
      }
      continue;
    }
    for (const seed of seedsOf(file.value, run)) {
      const name = runName(run, seed);
      const after = run.init === undefined ? undefined : runName({ name: run.init }, seed);
      const init = after === undefined ? [] : [`init=${JSON.stringify(join(folder, after))}`];
      planned.push({
        name,
        folder: join(folder, name),
        config: resolvePaths(await readConfig(config, trainConfigSchema(), [...run.set, ...init, `seed=${seed}`])),
        after,
        test,
        protocols,
      });
    }
  }
  return planned;
}

/**
 * Writes the folds that trainings of a plan read, where `experimentRuns` looks for them. Existing
 * files stay. All runs on the same data with as many folds have the same ones, which are those of
 * `weft cv`.
 *
 * @param folder holds one folder per training
 * @param trainings all of the plan, or a part
 * @throws {FileError} RUN_EXISTS when the folder holds folds of other data
 */
export async function writePlannedFolds(
  file: ConfigFile<ExperimentPlan>,
  folder: string,
  trainings: readonly PlannedRun[],
): Promise<void> {
  const names = new Set(trainings.map(({ name }) => name));
  for (const [index, run] of file.value.runs.entries()) {
    if (run.folds === undefined || !runNames(file.value, run).some((name) => names.has(name))) continue;
    const path = file.resolvePath(run.config, ["runs", index, "config"]);
    const config = resolvePaths(await readConfig(path, trainConfigSchema(), run.set));
    const pool = [config.data.train, config.data.dev, file.resolvePath(run.test, ["runs", index, "test"])];
    const sentences: Sentence[] = [];
    for (const each of pool) {
      sentences.push(...(await collectSentences(each, readingOf(config))).sentences.map(({ sentence }) => sentence));
    }
    const options = { folds: run.folds, seed: 1, devShare: 0.1, pool: pool.map(shortPath) };
    await writeFolds(foldsFolder(folder, run), sentences, options);
  }
}

function foldsFolder(folder: string, { name }: Pick<ExperimentRun, "name">): string {
  return join(folder, `${name}-folds`);
}

/** The names of a run's trainings: one for each seed, or for each fold, counted from 1. */
export function runNames(plan: Pick<ExperimentPlan, "seeds">, run: ExperimentRun): string[] {
  const { folds } = run;
  if (folds === undefined) return seedsOf(plan, run).map((seed) => runName(run, seed));
  return Array.from({ length: folds }, (_, k) => `${run.name}-fold-${k + 1}`);
}

/** The name of a run's training with one seed. */
export function runName({ name }: Pick<ExperimentRun, "name">, seed: number): string {
  return `${name}-${seed}`;
}

/** The plan's seeds, or the run's own. */
export function seedsOf({ seeds }: Pick<ExperimentPlan, "seeds">, run: Pick<ExperimentRun, "seeds">): readonly number[] {
  return run.seeds ?? seeds;
}
