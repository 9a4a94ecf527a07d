import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { compareWithBest, type TrainConfig } from "@weft-nlp/core/training";
import type { ComputeOptions } from "../extractor/model-folder.ts";
import { exists } from "../files/exists.ts";
import { readJsonFile } from "../files/json-file.ts";
import { readEvents } from "../runs/event-log.ts";
import { type RunEvent, trainRun } from "../runs/train-run.ts";
import { keepModel } from "./keep-model.ts";
import { type KeptRun, type ProjectProgress, writeProgress } from "./project-state.ts";

/** An event of one run of a project, or that its model is the best so far. */
export type ProjectRunEvent =
  | { readonly kind: "run"; readonly run: string; readonly folder: string; readonly config: TrainConfig }
  | { readonly kind: "event"; readonly run: string; readonly event: RunEvent }
  | ({ readonly kind: "kept" } & KeptRun);

export interface ProjectRunsOptions extends ComputeOptions {
  readonly signal: AbortSignal;
  readonly checkpointSeconds?: number | undefined;
  readonly withEncoder?: boolean | undefined;
}

/**
 * The runs of a project: normal runs under its folder, of which the best on dev is kept as the
 * project's own model.
 */
export class ProjectRuns {
  readonly #folder: string;
  readonly #options: ProjectRunsOptions;
  #progress: ProjectProgress;

  constructor(folder: string, progress: ProjectProgress, options: ProjectRunsOptions) {
    this.#folder = folder;
    this.#progress = progress;
    this.#options = options;
  }

  get progress(): ProjectProgress {
    return this.#progress;
  }

  async note(change: Partial<ProjectProgress>): Promise<void> {
    this.#progress = { ...this.#progress, ...change };
    await writeProgress(this.#folder, this.#progress);
  }

  /**
   * Does a run, or what is left of it, and keeps its model whenever it is better on dev than what
   * is kept. When it stops for any reason, its best model so far counts.
   *
   * @returns its best evaluation; nothing if it had none
   * @throws the errors of `trainRun`
   */
  async *train(run: string, config: TrainConfig): AsyncGenerator<ProjectRunEvent, KeptRun | undefined, void> {
    const folder = join(this.#folder, "runs", run);
    const finished = await finishedRun(run, folder);
    if (finished !== undefined) {
      if (await this.#keep(finished, folder)) yield { kind: "kept", ...finished };
      return finished;
    }
    yield { kind: "run", run, folder, config };
    const begun = performance.now();
    let best: KeptRun | undefined;
    let ended = false;
    try {
      for await (const event of trainRun({ ...this.#options, config, folder, resume: "or-begin" })) {
        if (event.kind === "evaluation" && event.improved) {
          const { epoch, score, entities, protocol } = event;
          best = { run, epoch, score, ...(entities === undefined ? {} : { entities }), protocol };
        }
        yield { kind: "event", run, event };
        if (event.kind === "saved" && best !== undefined && (await this.#keep(best, folder))) yield { kind: "kept", ...best };
      }
      ended = true;
    } finally {
      await this.note({ spentMs: this.#progress.spentMs + performance.now() - begun });
      // What stopped the run is more important than a second failure here.
      if (!ended && best !== undefined) await this.#keep(best, folder).catch(() => undefined);
    }
    const result = await finishedRun(run, folder);
    if (result !== undefined && (await this.#keep(result, folder))) yield { kind: "kept", ...result };
    return result;
  }

  /** @returns whether the run's model is now the kept one */
  async #keep(best: KeptRun, folder: string): Promise<boolean> {
    const { kept } = this.#progress;
    const compared = compareWithBest(best, kept, { protocol: best.protocol, entities: undefined, ties: "entities" });
    const same = kept?.run === best.run;
    if (compared === "worse" || (compared === "equal" && !same)) return false;
    if (!(await exists(join(folder, "model", "config.json")))) return false;
    await keepModel(folder, this.#folder);
    await this.note({ kept: best });
    return compared === "better";
  }
}

/** The best evaluation of a run that is done; nothing for any other. */
async function finishedRun(run: string, folder: string): Promise<KeptRun | undefined> {
  const path = join(folder, "report.json");
  if (!(await exists(path))) return undefined;
  const { best } = (await readJsonFile(path)) as { readonly best?: Omit<KeptRun, "run" | "protocol"> | null };
  const last = (await readEvents(join(folder, "events.jsonl"))).findLast((event) => event.kind === "evaluation");
  if (best === undefined || best === null || last === undefined) return undefined;
  return { run, ...best, protocol: last.protocol };
}

/** Whether an error only says that the job was asked to stop. */
export function isStop(error: unknown): boolean {
  return error instanceof WeftError && error.code === "CANCELLED";
}
