import type { DataList, ProblemList, SentencePage } from "@weft-nlp/api";
import type { CorpusStatistics } from "@weft-nlp/core/metrics";
import { call, hasWorkspace } from "../../server-requests.ts";

export type { DataFile, DataList, Fault, IndexedSentence, Place, Problem, SentencePage } from "@weft-nlp/api";

/** The filter of sentences; an empty field does not filter. */
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
  // The server validates the user's input.
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== "")) as object;
  return call("dataSentences", { params: { name }, query: { ...given, offset }, signal });
}

/** @param others files to check it against @throws {ApiError} */
export async function readProblems(name: string, others: readonly string[], signal: AbortSignal): Promise<ProblemList> {
  return call("dataProblems", { params: { name }, query: { with: others }, signal });
}

/** @throws {ApiError} */
export async function readStatistics(name: string, signal: AbortSignal): Promise<CorpusStatistics> {
  return call("dataStatistics", { params: { name }, signal });
}
