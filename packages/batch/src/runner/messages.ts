import type { SentError } from "@weft-nlp/node/workers";
import type { Settled } from "../manifest/index.ts";
import type { Shard } from "../types.ts";

/** What a worker process is to open. */
export interface OpenRequest {
  readonly kind: "open";
  /** The folder of the batch. */
  readonly folder: string;
  /** Where the model is; defaults to the place in the plan. */
  readonly model?: string | undefined;
  readonly threads: number;
}

/** What a worker process is asked. */
export type RunnerRequest =
  | OpenRequest
  | { readonly kind: "run"; readonly shard: Shard }
  /** Stops the shard that is under way. */
  | { readonly kind: "stop" };

/** What a worker process answers. */
export type RunnerReply =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly records: number }
  | { readonly kind: "done"; readonly record: Settled }
  /** `fatal`: another try would fail in the same way. */
  | { readonly kind: "failed"; readonly error: SentError; readonly fatal: boolean };
