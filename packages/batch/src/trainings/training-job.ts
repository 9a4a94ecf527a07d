import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { trainConfigSchema } from "@weft-nlp/core/training";
import type { ExecuteOptions, PlannedRun } from "@weft-nlp/node/experiments";
import * as z from "zod";
import { QueueError } from "../errors.ts";
import type { NewJob } from "../queue/index.ts";

/** The queue that all workers for trainings share. */
export const trainingQueue = "trainings";

/** What decides the bytes of a run; threads are up to the worker. */
type Compute = Pick<ExecuteOptions, "kernels" | "deterministic" | "checkpointSeconds">;

/** A training on a queue. */
export interface TrainingJob {
  readonly run: PlannedRun;
  readonly compute: Compute;
}

/** A run as a job. The same folder is always the same job. */
export function trainingJob({ folder, ...run }: PlannedRun, options: ExecuteOptions): NewJob & { readonly data: TrainingJob } {
  const place = resolve(folder);
  const { kernels, deterministic, checkpointSeconds } = options;
  const id = `run-${createHash("sha256").update(place).digest("hex").slice(0, 32)}`;
  return { id, data: { run: { ...run, folder: place }, compute: { kernels, deterministic, checkpointSeconds } } };
}

/**
 * Checks what a queue holds: others may write into it, and this version may not know the model.
 *
 * @throws {QueueError} JOB_INVALID
 */
export function readTrainingJob(id: string, data: unknown): TrainingJob {
  const { success, data: job, error } = jobSchema().safeParse(data);
  if (success) return job;
  const [issue] = error.issues;
  throw new QueueError("JOB_INVALID", {
    at: { source: id, path: issue?.path.join(".") },
    message: `this is not a training that this worker can do: ${issue?.message}`,
    hint: "use the same version of weft on all machines, and start workers with the --plugin that the configuration needs",
  });
}

function jobSchema() {
  return z.strictObject({
    run: z.strictObject({
      name: z.string().max(1000),
      folder: z.string().max(4096),
      config: trainConfigSchema(),
      after: z.string().optional(),
      test: z.string().optional(),
      protocols: z.array(z.string()).optional(),
    }),
    compute: z.strictObject({
      kernels: z.enum(["native", "relaxed", "baseline", "plain"]).optional(),
      deterministic: z.boolean().optional(),
      checkpointSeconds: z.number().min(0).optional(),
    }),
  });
}
