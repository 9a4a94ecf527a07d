import type { Annotation } from "@weft-nlp/core";
import { request, send } from "../../api.ts";

/** A line of `GET /v1/runs`. */
export interface RunEntry {
  readonly name: string;
  readonly state: "running" | "stopped" | "failed" | "done";
  readonly failure?: { readonly code: string; readonly message: string };
  readonly model: string | null;
  readonly data: { readonly train: string; readonly dev: string } | null;
  readonly seed: number | null;
  readonly started: string | null;
  readonly epochs: { readonly done: number; readonly planned: number | null };
  readonly dev: { readonly protocol: string; readonly score: number; readonly epoch: number } | null;
  readonly group: string | null;
}

export interface Spread {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number | null;
}

/** Runs that differ in the seed alone. */
interface RunGroup {
  readonly group: string;
  readonly runs: readonly string[];
  readonly seeds: readonly number[];
  readonly protocol: string;
  readonly dev: Spread;
}

export interface RunList {
  /** False where the server was started without a folder of runs. */
  readonly shown: boolean;
  readonly runs: readonly RunEntry[];
  readonly groups: readonly RunGroup[];
}

interface Rates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface SplitSummary {
  readonly selection: string | null;
  readonly sentences: number;
  readonly confidence: number | null;
  readonly protocols: readonly {
    readonly protocol: string;
    readonly words: string;
    readonly unit: string;
    readonly micro: Rates;
    readonly interval: readonly [number, number] | null;
    readonly spread: Spread | null;
  }[];
}

export interface RunDetails {
  readonly run: RunEntry;
  readonly config: unknown;
  readonly problem: string | null;
  readonly dev: SplitSummary | null;
  readonly test: SplitSummary | null;
}

/** A point of a curve; `at` counts epochs. */
export type CurvePoint =
  | { readonly kind: "loss"; readonly part?: string; readonly at: number; readonly loss: number }
  | {
      readonly kind: "score";
      readonly part?: string;
      readonly at: number;
      readonly protocol: string;
      readonly score: number;
      readonly improved: boolean;
    };

export type RunMessage =
  | { readonly kind: "points"; readonly restarted: boolean; readonly points: readonly CurvePoint[] }
  | { readonly kind: "end"; readonly state: RunEntry["state"] };

/** A sentence that two runs annotate differently. */
export interface ComparedSentence {
  readonly id: string;
  readonly tokens: readonly string[];
  readonly gold: Annotation;
  readonly first: Annotation;
  readonly second: Annotation;
  readonly verdict: "better" | "worse";
  readonly gain: number;
  readonly mistakes: { readonly first: readonly string[]; readonly second: readonly string[] };
}

export interface Comparison {
  readonly first: string;
  readonly second: string;
  readonly data: string;
  readonly protocol: string;
  readonly words: string;
  readonly sentences: number;
  readonly scores: { readonly first: Rates; readonly second: Rates };
  readonly better: number;
  readonly worse: number;
  readonly same: number;
  readonly items: readonly ComparedSentence[];
}

/** @throws {ApiError} */
export async function listRuns(): Promise<RunList> {
  return request<RunList>("v1/runs");
}

/** @throws {ApiError} */
export async function readRun(name: string, signal: AbortSignal): Promise<RunDetails> {
  return request<RunDetails>(`v1/runs/${encodeURIComponent(name)}`, { signal });
}

/** @throws {ApiError} */
export async function compareRuns(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Comparison> {
  return request<Comparison>(`v1/compare?${new URLSearchParams(query).toString()}`, { signal });
}

/**
 * What a run's log says by now, and what comes while it trains. Read by `fetch`, since the browser's own reader of such streams cannot
 * send a token.
 *
 * @throws {ApiError}
 */
export async function* followRun(name: string, signal: AbortSignal): AsyncGenerator<RunMessage, void, void> {
  const { body } = await send(`v1/runs/${encodeURIComponent(name)}/events`, { signal });
  if (body === null) return;
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + text).split("\n\n");
    rest = messages.pop() ?? "";
    for (const message of messages) {
      const [, kind, data] = /^event: (\w+)\ndata: (.*)$/s.exec(message) ?? [];
      if (kind !== undefined && data !== undefined) yield { kind, ...(JSON.parse(data) as object) } as RunMessage;
    }
  }
}
