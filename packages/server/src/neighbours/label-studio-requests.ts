import * as z from "zod";

/**
 * The requests of Label Studio, as its connector sends them. It sends more fields, and new releases
 * send others, so only those that Weft reads are described.
 */
const data = z.record(z.string(), z.unknown());

const task = z.looseObject({ id: z.union([z.number(), z.string()]).optional(), data });

/** `label_config` is XML; `schema` is the same under the name that `/setup` uses. */
export const predictBody = z.looseObject({ tasks: z.array(task).max(1000), label_config: z.string() });

export const setupBody = z.looseObject({ project: z.unknown().optional(), schema: z.string() });

/** Tasks with their annotations, as in an export. */
export const trainBody = z.looseObject({
  annotations: z.array(task).min(1),
  project: z.unknown().optional(),
  label_config: z.string().optional(),
});

export const webhookBody = z.looseObject({
  action: z.string(),
  project: z.looseObject({ id: z.unknown().optional(), label_config: z.string().optional() }).optional(),
  task: task.optional(),
  annotation: z.looseObject({}).optional(),
});

export type Task = z.output<typeof task>;
