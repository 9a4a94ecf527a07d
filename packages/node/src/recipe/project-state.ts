import { join, resolve } from "node:path";
import type { ProtocolName } from "@weft-nlp/core/metrics";
import type { Candidate, CorpusFacts, Recipe, Rung } from "@weft-nlp/core/recipe";
import { type DevScore, parseConfig, type TrainConfig } from "@weft-nlp/core/training";
import * as z from "zod";
import { FileError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { readJsonFile, writeJsonFile } from "../files/json-file.ts";

/** What was decided at the start, in `project.json`. A resumed training keeps to it. */
export interface ProjectPlan {
  readonly version: 1;
  /** Absolute paths of the data, as named by the user. */
  readonly inputs: readonly string[];
  readonly seed: number;
  readonly facts: CorpusFacts;
  readonly recipe: Recipe;
  /** Encoders in the cache, which a search may try. */
  readonly encoders: readonly string[];
  readonly data: { readonly train: string; readonly dev: string; readonly test?: string | undefined };
  readonly quick: TrainConfig;
  readonly chosen: TrainConfig;
}

/** The run whose model is the best so far. */
export interface KeptRun extends DevScore {
  readonly run: string;
  readonly epoch: number;
  readonly protocol: ProtocolName;
}

/** How far a training of a project is, in `progress.json`. */
export interface ProjectProgress {
  /** Milliseconds spent in training, in all calls. */
  readonly spentMs: number;
  /** Milliseconds that the chosen settings took. */
  readonly chosenMs?: number | undefined;
  readonly kept?: KeptRun | undefined;
  readonly search?: { readonly rungs: readonly Rung[]; readonly candidates: readonly Candidate[] } | undefined;
}

// These tell a damaged or foreign file from ours. Its configurations are checked like any other.
const planFields = z.looseObject({
  version: z.literal(1),
  inputs: z.array(z.string()),
  seed: z.int(),
  facts: z.looseObject({ sentences: z.int(), relationTypes: z.record(z.string(), z.int()), script: z.string() }),
  recipe: z.looseObject({ settings: z.record(z.string(), z.unknown()), choices: z.array(z.looseObject({ about: z.string() })) }),
  encoders: z.array(z.string()),
  data: z.looseObject({ train: z.string(), dev: z.string(), test: z.string().optional() }),
});
const progressFields = z.looseObject({
  spentMs: z.number(),
  chosenMs: z.number().optional(),
  kept: z.looseObject({ run: z.string(), epoch: z.int(), score: z.number(), protocol: z.string() }).optional(),
  search: z
    .looseObject({
      rungs: z.array(z.looseObject({ runs: z.int(), share: z.number() })),
      candidates: z.array(
        z.looseObject({ name: z.string().regex(/^[\w.-]+$/), changes: z.record(z.string(), z.unknown()), seed: z.int() }),
      ),
    })
    .optional(),
});

const files = { plan: "project.json", progress: "progress.json" } as const;

/**
 * The plan of a project in a folder, or nothing if it is to begin.
 *
 * @param inputs the data that is named now; a project goes on with its own only
 * @throws {FileError} RUN_EXISTS if the folder holds a run and `resume` is false, or a project on
 *   other data; RUN_MISSING if there is nothing to resume
 */
export async function readPlan(folder: string, resume: boolean, inputs: readonly string[]): Promise<ProjectPlan | undefined> {
  const path = join(folder, files.plan);
  const begun = await exists(path);
  if (!resume) {
    if (!begun && !(await exists(join(folder, "config.yaml")))) return undefined;
    throw new FileError("RUN_EXISTS", {
      at: { source: folder },
      message: "this folder already holds a run",
      hint: "resume it with --resume, or choose another folder with --run",
    });
  }
  if (!begun) {
    throw new FileError("RUN_MISSING", {
      at: { source: folder },
      message: "there is no training from data in this folder to resume",
      hint: "omit --resume to begin one here",
    });
  }
  const value = await readJsonFile(path);
  if (!planFields.safeParse(value).success) {
    throw new FileError("RUN_MISSING", {
      at: { source: path },
      message: "this file is damaged, or another version of Weft wrote it",
      hint: "begin the training in another folder with --run",
    });
  }
  const plan = value as ProjectPlan;
  const wanted = inputs.map((input) => resolve(input));
  if (wanted.join("\n") !== plan.inputs.join("\n")) {
    throw new FileError("RUN_EXISTS", {
      at: { source: folder },
      message: `this folder holds a training from other data: ${plan.inputs.join(", ")}`,
      hint: "name the same data to resume it, or choose another folder with --run",
    });
  }
  return { ...plan, quick: parseConfig(plan.quick), chosen: parseConfig(plan.chosen) };
}

export async function writePlan(folder: string, plan: ProjectPlan): Promise<void> {
  await writeJsonFile(join(folder, files.plan), plan);
}

export async function readProgress(folder: string): Promise<ProjectProgress> {
  const path = join(folder, files.progress);
  if (!(await exists(path))) return { spentMs: 0 };
  const value = await readJsonFile(path);
  return progressFields.safeParse(value).success ? (value as ProjectProgress) : { spentMs: 0 };
}

export async function writeProgress(folder: string, progress: ProjectProgress): Promise<void> {
  await writeJsonFile(join(folder, files.progress), progress);
}
