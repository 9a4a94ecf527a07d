import type { RunProgress } from "@weft-nlp/node/experiments";
import type { SentError } from "@weft-nlp/node/workers";
import * as z from "zod";

type Event<Kind extends RunProgress["kind"]> = Extract<RunProgress, { kind: Kind }>;

/** The last event of each kind of a run, as its worker publishes them; or why it failed. */
export interface Published {
  readonly begin?: Event<"begin"> | undefined;
  readonly step?: Event<"step"> | undefined;
  readonly evaluation?: Event<"evaluation"> | undefined;
  readonly failure?: SentError | undefined;
}

/** What a queue holds of a run's progress, without what cannot be read: it is for the eye. */
export function readPublished(progress: unknown): Published {
  return published.safeParse(progress).data ?? {};
}

const event = { run: z.string() };

const published = z.object({
  begin: z
    .object({
      ...event,
      kind: z.literal("begin"),
      steps: z.number(),
      stepsDone: z.number(),
      otherKernels: z.string().optional(),
    })
    .transform(({ otherKernels, ...rest }) => ({ ...rest, otherKernels }))
    .optional()
    .catch(undefined),
  step: z
    .object({ ...event, kind: z.literal("step"), epoch: z.number(), step: z.number(), loss: z.number() })
    .optional()
    .catch(undefined),
  evaluation: z
    .object({
      ...event,
      kind: z.literal("evaluation"),
      epoch: z.number(),
      score: z.number(),
      entities: z.number().optional(),
      improved: z.boolean(),
    })
    .optional()
    .catch(undefined),
  failure: z
    .object({
      name: z.string(),
      message: z.string(),
      code: z.string().optional(),
      details: z
        .object({
          at: z
            .object({
              source: z.string().optional(),
              line: z.number().optional(),
              column: z.number().optional(),
              path: z.string().optional(),
            })
            .optional(),
          message: z.string(),
          hint: z.string().optional(),
        })
        .optional(),
    })
    .optional()
    .catch(undefined),
});
