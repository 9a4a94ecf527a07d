import type { Document, Span } from "@weft-nlp/core";
import { ApiError, request, token } from "../../api.ts";
import type { Annotated } from "./annotation-edit.ts";

/** What `/v1/corrections` says of a project. */
export interface ProjectEntry {
  readonly name: string;
  readonly createdAt: string;
  readonly model: string | null;
  /** Counts all changes; who deletes or renames the project says which one was seen. */
  readonly revision: number;
  readonly sentences: number;
  readonly done: number;
  readonly entityTypes: readonly string[];
  readonly relationTypes: readonly string[];
}

export interface ProjectList {
  readonly projects: readonly ProjectEntry[];
  /** Whether the server shows data files, and whether it trains. */
  readonly data: boolean;
  readonly training: boolean;
}

export interface CorrectionSentence extends Annotated {
  readonly id: number;
  readonly revision: number;
  readonly document: string;
  readonly uncertainty: number;
  readonly text: string;
  readonly tokens: readonly { readonly start: number; readonly end: number }[];
}

export interface ProjectPage extends ProjectEntry {
  readonly offset: number;
  readonly firstOpen: number | null;
  readonly page: readonly CorrectionSentence[];
}

export type Sort = "uncertainty" | "order";

/** Where the sentences of a project come from: one of the three. */
export interface NewSentences {
  /** Whose suggestions these are, or are asked for. */
  readonly model?: string | null;
  readonly texts?: readonly string[];
  readonly data?: string;
  readonly extraction?: Pick<Document, "text" | "sentences" | "entities" | "relations"> & { readonly tokens: readonly Span[] };
}

export interface NewProject extends NewSentences {
  readonly name: string;
}

export interface TrainState {
  readonly state: "none" | "running" | "done" | "failed" | "stopped";
  readonly run?: string;
  readonly data?: string;
  readonly message?: string;
}

export interface ExportedFiles {
  readonly sentences: number;
  readonly files: readonly { readonly name: string; readonly content: string }[];
  readonly losses: readonly string[];
}

/** Every one throws an ApiError. */
export const corrections = {
  list: async () => request<ProjectList>("v1/corrections"),
  create: async (body: NewProject) => request<ProjectEntry>("v1/corrections", { body }),
  /** @returns the project, with the id of the first sentence that came */
  add: async (name: string, body: NewSentences) =>
    request<ProjectEntry & { readonly first: number }>(`${pathOf(name)}/sentences`, { body }),
  /** Only where nobody has changed the project since this revision. */
  remove: async (name: string, revision: number) =>
    request<{ readonly kept: string }>(pathOf(name), { method: "DELETE", headers: { "if-match": `"${revision}"` } }),
  /** Only where nobody has changed the project since this revision. */
  rename: async (name: string, revision: number, to: string) =>
    request<ProjectEntry>(pathOf(name), { method: "PATCH", headers: { "if-match": `"${revision}"` }, body: { name: to } }),
  page: async (name: string, offset: number, limit: number, sort: Sort) =>
    request<ProjectPage>(`${pathOf(name)}?offset=${offset}&limit=${limit}&sort=${sort}`),
  sentence: async (name: string, id: number) => request<CorrectionSentence>(`${pathOf(name)}/sentences/${id}`),
  export: async (name: string, format: string, which: "done" | "all") =>
    request<ExportedFiles>(`${pathOf(name)}/export?format=${encodeURIComponent(format)}&which=${which}`),
  train: async (name: string, body: { from?: string; data?: "added" | "alone" }) =>
    request<TrainState>(`${pathOf(name)}/train`, { body }),
  training: async (name: string) => request<TrainState>(`${pathOf(name)}/train`),
  stopTraining: async (name: string) => request<TrainState>(`${pathOf(name)}/train`, { method: "DELETE" }),
  save,
};

function pathOf(name: string): string {
  return `v1/corrections/${encodeURIComponent(name)}`;
}

/** The sentence as it is on disk now; `taken` is false where somebody else was first, and it is theirs. */
async function save(
  name: string,
  id: number,
  revision: number,
  { entities, relations, done }: Annotated,
): Promise<{ taken: boolean; sentence: CorrectionSentence }> {
  let response: Response;
  try {
    response = await fetch(`${pathOf(name)}/sentences/${id}`, {
      method: "PUT",
      headers: {
        "content-type": "application/json",
        "if-match": `"${revision}"`,
        ...(token.value === "" ? {} : { authorization: `Bearer ${token.value}` }),
      },
      body: JSON.stringify({ entities, relations, done }),
    });
  } catch {
    throw new ApiError(0, { code: "UNREACHABLE", message: "the server does not answer" });
  }
  const answer = (await response.json().catch(() => ({}))) as {
    sentence?: CorrectionSentence;
    error?: { code: string; message: string; hint?: string };
  };
  if (response.ok) return { taken: true, sentence: answer as CorrectionSentence };
  if (response.status === 412 && answer.sentence !== undefined) return { taken: false, sentence: answer.sentence };
  throw new ApiError(
    response.status,
    answer.error ?? { code: `HTTP_${response.status}`, message: `the server answered ${response.status}` },
  );
}
