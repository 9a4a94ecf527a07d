import type { QueryOf, RunComparison, RunDetails, RunList, RunMessage } from "@weft-nlp/api";
import { call, hasWorkspace, send } from "../../server-requests.ts";

export type {
  ComparedSentence,
  CurvePoint,
  RunComparison,
  RunDetails,
  RunEntry,
  RunList,
  SplitSummary,
  Spread,
} from "@weft-nlp/api";

/** @throws {ApiError} */
export async function listRuns(): Promise<RunList> {
  return (await hasWorkspace()) ? call("runs") : { shown: false, runs: [], groups: [] };
}

/** @throws {ApiError} */
export async function readRun(name: string, signal: AbortSignal): Promise<RunDetails> {
  return call("run", { params: { name }, signal });
}

/** @throws {ApiError} */
export async function compareRuns(query: QueryOf<"compareRuns">, signal: AbortSignal): Promise<RunComparison> {
  return call("compareRuns", { query, signal });
}

/**
 * The events of a run so far, then new ones while it trains. Uses `fetch`, since the browser's
 * `EventSource` cannot send a token.
 *
 * @throws {ApiError}
 */
export async function* followRun(name: string, signal: AbortSignal): AsyncGenerator<RunMessage, void, void> {
  const { body } = await send("runEvents", { params: { name }, signal });
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
