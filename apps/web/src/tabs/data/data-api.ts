import type { Entity, Relation } from "@weft-nlp/core";
import type { CorpusStatistics } from "@weft-nlp/core/metrics";
import { request } from "../../api.ts";

export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly at?: Place;
}

/** Where something stands in a file. */
export interface Place {
  readonly source?: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: string;
}

/** A line of `GET /v1/data`. */
export interface DataFile {
  readonly name: string;
  /** Of a folder that is one corpus; null for a file. */
  readonly documents: number | null;
  readonly bytes: number;
  /** Null where the file has not been read yet. */
  readonly counts: {
    readonly sentences: number;
    readonly tokens: number;
    readonly entities: number;
    readonly relations: number;
    readonly entityTypes: Readonly<Record<string, number>>;
    readonly relationTypes: Readonly<Record<string, number>>;
    readonly notCarried: number;
    readonly fault: Fault | null;
    readonly truncated: boolean;
  } | null;
}

export interface DataList {
  /** False where the server was started without data. */
  readonly shown: boolean;
  readonly files: readonly DataFile[];
  /** True where asking again says more. */
  readonly counting: boolean;
}

export interface DataSentence {
  readonly index: number;
  readonly id: string;
  readonly line: number | null;
  readonly overlap: readonly string[];
  readonly tokens: readonly string[];
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
}

export interface SentencePage {
  readonly sentences: number;
  readonly matching: number;
  readonly offset: number;
  readonly items: readonly DataSentence[];
}

export interface Problem {
  readonly code: string;
  readonly level: "warning" | "note";
  readonly source?: string;
  readonly amount: number;
  readonly message: string;
  readonly hint?: string;
  readonly places: readonly (Place & { readonly says?: string; readonly other?: Place })[];
}

export interface ProblemList {
  readonly files: readonly {
    readonly source: string;
    readonly sentences: number;
    readonly faults: readonly Fault[];
    readonly faultCount: number;
  }[];
  readonly problems: readonly Problem[];
}

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
  return request<DataList>("v1/data");
}

/** @throws {ApiError} */
export async function readSentences(name: string, filter: Filter, offset: number, signal: AbortSignal): Promise<SentencePage> {
  const given = Object.entries(filter).filter(([, value]) => value !== "");
  const query = new URLSearchParams([...given, ["offset", String(offset)]]);
  return request<SentencePage>(`v1/data/${encodeURIComponent(name)}/sentences?${query.toString()}`, { signal });
}

/** @param others files that belong to it @throws {ApiError} */
export async function readProblems(name: string, others: readonly string[], signal: AbortSignal): Promise<ProblemList> {
  const query = new URLSearchParams(others.map((other) => ["with", other]));
  return request<ProblemList>(`v1/data/${encodeURIComponent(name)}/problems?${query.toString()}`, { signal });
}

/** @throws {ApiError} */
export async function readStatistics(name: string, signal: AbortSignal): Promise<CorpusStatistics> {
  return request<CorpusStatistics>(`v1/data/${encodeURIComponent(name)}/statistics`, { signal });
}
