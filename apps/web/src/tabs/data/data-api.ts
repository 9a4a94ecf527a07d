import type { DataList, ProblemList, SentencePage } from "@weft-nlp/api";
import type { CorpusStatistics } from "@weft-nlp/core/metrics";
import { call, hasWorkspace } from "../../server-requests.ts";

export type { DataFile, DataList, Fault, IndexedSentence, Place, Problem, SentencePage } from "@weft-nlp/api";

/** What narrows the sentences; empty where it does not. */
export interface Filter {
  readonly search: string;
  readonly type: string;
  readonly relation: string;
  readonly overlap: string;
  readonly minLength: string;
  readonly maxLength: string;
}

/** @throws {ApiError} */
export async function listData(): Promise<DataList> {
  return (await hasWorkspace()) ? call("data") : { shown: false, files: [], counting: false };
}

/** @throws {ApiError} */
export async function readSentences(name: string, filter: Filter, offset: number, signal: AbortSignal): Promise<SentencePage> {
  // What people type is checked by the server.
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== "")) as object;
  return call("dataSentences", { params: { name }, query: { ...given, offset }, signal });
}

/** @param others files that belong to it @throws {ApiError} */
export async function readProblems(name: string, others: readonly string[], signal: AbortSignal): Promise<ProblemList> {
  return call("dataProblems", { params: { name }, query: { with: others }, signal });
}

/** @throws {ApiError} */
export async function readStatistics(name: string, signal: AbortSignal): Promise<CorpusStatistics> {
  return call("dataStatistics", { params: { name }, signal });
}
