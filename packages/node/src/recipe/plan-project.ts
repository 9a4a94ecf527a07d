import { dirname, join, resolve } from "node:path";
import type { SplitShares } from "@weft-nlp/core/corpus";
import { chooseRecipe, type Recipe, type RecipeOptions } from "@weft-nlp/core/recipe";
import { parseConfig, trainConfigSchema } from "@weft-nlp/core/training";
import { listEncoders, shownName } from "../encoders/encoder-store.ts";
import { readConfig } from "../files/config-file.ts";
import type { ReadDocumentsOptions } from "../files/read-documents.ts";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";
import { resolvePaths } from "../runs/resolve-paths.ts";
import { type PreparedData, prepareData } from "./prepare-data.ts";
import { printRecipe } from "./print-recipe.ts";
import { type ProjectPlan, writePlan } from "./project-state.ts";
import { type Project, readProject } from "./read-project.ts";

/** What a project is made from. */
export interface PlanOptions extends Pick<RecipeOptions, "entities" | "encoder"> {
  readonly seed: number;
  readonly reading?: ReadDocumentsOptions | undefined;
  /** Dev data besides what the inputs' names say. */
  readonly dev?: string | undefined;
  /** How to divide data without dev; see `prepareData`. */
  readonly shares?: SplitShares | undefined;
  /** Changes of the chosen settings, as after `--set`; the written configuration names them. */
  readonly set?: readonly string[] | undefined;
}

/** A data set, how to train on it, and its files. */
export interface PlannedProject {
  readonly project: Project;
  readonly recipe: Recipe;
  readonly encoders: readonly string[];
  readonly data: PreparedData;
  /** The configuration that was written. */
  readonly config: string;
}

/**
 * Reads data, chooses how to train on it, and writes the parts of the data and a commented
 * configuration.
 *
 * @param paths where the configuration and the data go
 * @throws {FileError} OUTPUT_EXISTS for the data, without `force`
 */
export async function writeProject(
  inputs: readonly string[],
  paths: { readonly config: string; readonly data: string; readonly force: boolean },
  options: PlanOptions,
): Promise<PlannedProject> {
  const { seed, reading, dev, shares } = options;
  const project = await readProject(inputs, reading, dev);
  const encoders = (await listEncoders()).map(shownName);
  const recipe = withChanges(chooseRecipe(project.facts, { ...options, encoders }), options.set);
  const data = await prepareData(project, paths.data, {
    seed,
    force: paths.force,
    ...(shares === undefined ? {} : { shares }),
    ...(reading === undefined ? {} : { reading }),
  });
  const text = printRecipe(recipe, { facts: project.facts, data, seed, path: paths.config });
  await makeFolder(dirname(paths.config));
  await writeFileAtomically(paths.config, text);
  return { project, recipe, encoders, data, config: paths.config };
}

function withChanges(recipe: Recipe, set: readonly string[] = []): Recipe {
  if (set.length === 0) return recipe;
  const changed = {
    about: "changed",
    choice: set.join(" ").replaceAll(/\s+/g, " "),
    reason: "asked for with --set, in place of the choices here",
  };
  return { ...recipe, choices: [...recipe.choices, changed] };
}

/**
 * Begins a project in a folder: data and configuration, then the plan that a resumed training keeps
 * to.
 */
export async function beginProject(
  inputs: readonly string[],
  folder: string,
  options: PlanOptions,
): Promise<{ readonly planned: PlannedProject; readonly plan: ProjectPlan }> {
  await makeFolder(folder);
  const config = join(folder, "weft.yaml");
  const planned = await writeProject(inputs, { config, data: join(folder, "data"), force: true }, options);
  const { recipe, data, encoders, project } = planned;
  const { data: paths, ...chosen } = resolvePaths(await readConfig(config, trainConfigSchema(), options.set));
  // Dev chooses among the runs, and test is read once, for the one that is kept.
  const { test: _, ...own } = paths;
  const { data: limits, ...quick } = recipe.quick;
  const plan: ProjectPlan = {
    version: 1,
    inputs: inputs.map((input) => resolve(input)),
    ...{ seed: chosen.seed, facts: project.facts, recipe, encoders },
    data: { train: own.train, dev: own.dev, ...(data.test === undefined ? {} : { test: resolve(data.test) }) },
    quick: parseConfig({ seed: chosen.seed, data: { ...own, ...(limits as object | undefined) }, ...quick }),
    chosen: parseConfig({ ...chosen, data: own }),
  };
  await writePlan(folder, plan);
  return { planned, plan };
}
