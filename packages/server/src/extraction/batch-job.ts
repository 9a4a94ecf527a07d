import type { Example } from "@weft-nlp/core/encoders";
import type { Prediction } from "@weft-nlp/core/metrics";
import type { PredictOptions } from "@weft-nlp/core/models";
import { RequestError } from "../errors.ts";
import type { Accepted } from "./workload.ts";

export interface JobOptions {
  /** When the answer is due, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Aborted when the client disconnects; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Waits for room in the queue instead of failing; for streams, which can be read more slowly. */
  readonly patient?: boolean | undefined;
  /** The request that these sentences belong to; by default they are a request of their own. */
  readonly accepted?: Accepted | undefined;
}

/** The sentences of one job in a batch. */
export interface Share {
  readonly job: Job;
  readonly from: number;
  readonly examples: readonly Example[];
  readonly tokens: number;
}

/** The sentences of one request. */
export class Job {
  readonly examples: readonly Example[];
  readonly how: PredictOptions;
  /** Jobs of the same key can share a batch. */
  readonly key: string;
  readonly arrived = performance.now();
  readonly accepted: Accepted;
  /** Sentences already in a batch or done. */
  taken = 0;
  readonly #options: JobOptions;
  readonly #results: Prediction[];
  readonly #answer: { readonly resolve: (found: Prediction[]) => void; readonly reject: (error: unknown) => void };
  #missing: number;
  #dispose: (() => void) | undefined;

  constructor(
    examples: readonly Example[],
    how: PredictOptions,
    options: JobOptions & { readonly accepted: Accepted },
    answer: { resolve: (found: Prediction[]) => void; reject: (error: unknown) => void },
  ) {
    this.examples = examples;
    this.how = how;
    this.key = JSON.stringify(how);
    this.accepted = options.accepted;
    this.#options = options;
    this.#results = new Array<Prediction>(examples.length);
    this.#missing = examples.length;
    this.#answer = answer;
  }

  /** Calls `drop` if the deadline passes or the client disconnects before the answer. */
  watch(drop: (reason: unknown) => void): void {
    const { signal, deadline } = this.#options;
    const clock = setTimeout(() => drop(deadlinePassed()), Math.max(0, deadline - performance.now()));
    const leave = (): void => drop(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
    this.#dispose = () => {
      clearTimeout(clock);
      signal?.removeEventListener("abort", leave);
    };
  }

  take(max: number): Share {
    const from = this.taken;
    const examples = this.examples.slice(from, from + max);
    this.taken += examples.length;
    return { job: this, from, examples, tokens: tokensOf(examples) };
  }

  settle(from: number, predictions: readonly Prediction[]): void {
    for (const [index, prediction] of predictions.entries()) this.#results[from + index] = prediction;
    this.#missing -= predictions.length;
    if (this.#missing > 0) return;
    this.#dispose?.();
    this.#answer.resolve(this.#results);
  }

  fail(reason: unknown): void {
    this.#dispose?.();
    this.#answer.reject(reason);
  }
}

export function tokensOf(examples: readonly Example[]): number {
  return examples.reduce((sum, { length }) => sum + length, 0);
}

export function deadlinePassed(): RequestError {
  return new RequestError("DEADLINE_PASSED", {
    message: "the deadline passed before the answer was ready",
    hint: "send less at once, or raise timeoutMs up to the server's own deadline",
  });
}
