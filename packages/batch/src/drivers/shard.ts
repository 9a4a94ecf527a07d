import { UsageError } from "@weft-nlp/node/errors";

/** One of so many parts, counted from 0: of the shards of the plan, every `of`-th. */
export interface ArrayPart {
  readonly index: number;
  readonly of: number;
}

/** The environment that an array of jobs gives each of them. */
export type ArrayEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Which part of a batch this process does, from `--shard`: `i/n`, with i from 0 to n - 1; `n`; or
 * `auto`. The last two take i from the environment: Kubernetes gives an Indexed Job
 * `JOB_COMPLETION_INDEX`, and Slurm an array `SLURM_ARRAY_TASK_ID`. Slurm also says n.
 *
 * @throws {UsageError}
 */
export function arrayPart(text: string, environment: ArrayEnvironment): ArrayPart {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (index !== undefined && of !== undefined) return checked(Number(index), Number(of), text);
  if (text !== "auto" && !/^\d+$/.test(text)) throw malformed(text);
  const found = fromEnvironment(environment);
  if (found === undefined) {
    throw new UsageError(
      `--shard ${text} needs JOB_COMPLETION_INDEX (Kubernetes) or SLURM_ARRAY_TASK_ID (Slurm) in the environment`,
      "without them, say which part this is: --shard 0/20",
    );
  }
  if (text !== "auto") return checked(found.index, Number(text), text);
  if (found.of !== undefined) return checked(found.index, found.of, text);
  throw new UsageError("--shard auto: Kubernetes does not say how many parts there are", "say it: --shard 20");
}

function fromEnvironment(environment: ArrayEnvironment): { index: number; of?: number } | undefined {
  const kubernetes = numberIn(environment["JOB_COMPLETION_INDEX"]);
  if (kubernetes !== undefined) return { index: kubernetes };
  const task = numberIn(environment["SLURM_ARRAY_TASK_ID"]);
  if (task === undefined) return undefined;
  const first = numberIn(environment["SLURM_ARRAY_TASK_MIN"]) ?? 0;
  const step = numberIn(environment["SLURM_ARRAY_TASK_STEP"]) ?? 1;
  const of = numberIn(environment["SLURM_ARRAY_TASK_COUNT"]);
  return { index: (task - first) / step, ...(of === undefined ? {} : { of }) };
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function checked(index: number, of: number, text: string): ArrayPart {
  if (Number.isSafeInteger(index) && Number.isSafeInteger(of) && of >= 1 && index < of) return { index, of };
  throw new UsageError(`--shard ${text}: there is no part ${index} of ${of}`, "parts are counted from 0: 0/20 to 19/20");
}

function malformed(text: string): UsageError {
  return new UsageError(`--shard ${text}: expected i/n, n or auto`, "such as --shard 0/20");
}
