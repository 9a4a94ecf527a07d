import type { Document } from "@weft-nlp/core";
import { request } from "../../api.ts";
import type { GivenEntity } from "./given-entities.ts";

/** What `GET /v1/models` says of a model, as far as this page asks. */
export interface ModelEntry {
  readonly name: string;
  readonly default: boolean;
  /** The kind of network. */
  readonly kind: string;
  readonly needsEntities: boolean;
  readonly entityTypes: readonly string[];
  readonly relationTypes: readonly string[];
  /** The probability from which a relation counts: one for all types, or one for each. */
  readonly threshold: number | Readonly<Record<string, number>>;
}

/** What `POST /v1/extract` answers for one text. */
interface Extraction {
  readonly text: string;
  readonly tokens: readonly { readonly start: number; readonly end: number }[];
  readonly sentences: readonly { readonly start: number; readonly end: number }[];
  readonly entities: readonly {
    readonly start: number;
    readonly end: number;
    readonly type: string | null;
    readonly confidence?: number;
  }[];
  readonly relations: readonly {
    readonly head: number;
    readonly tail: number;
    readonly type: string;
    readonly confidence?: number;
  }[];
}

/** The text with what a model found in it. */
export interface Found {
  readonly document: Document;
  readonly model: ModelEntry;
  readonly seconds: number;
}

/** Whoever extracts: the server, or a worker of this page. Only models that need entities are given those there are. */
export type Extract = (
  text: string,
  model: ModelEntry,
  threshold: number,
  signal: AbortSignal,
  given: readonly GivenEntity[],
) => Promise<Document>;

/** @throws {ApiError} */
export async function listModels(): Promise<readonly ModelEntry[]> {
  return (await request<{ models: readonly ModelEntry[] }>("v1/models")).models;
}

/** @throws {ApiError} */
export const extractOnServer: Extract = async (text, model, threshold, signal, given) => {
  const body = { text, model: model.name, threshold, ...(model.needsEntities ? { entities: given } : {}) };
  return documentOf(await request<Extraction>("v1/extract", { body, signal }));
};

function documentOf({ text, tokens, sentences, entities, relations }: Extraction): Document {
  return {
    id: "text",
    text,
    tokens: tokens.map(({ start, end }) => ({ text: text.slice(start, end), start, end })),
    sentences,
    entities: entities.map(({ start, end, type, confidence }) => ({ start, end, type, confidence })),
    relations,
    metadata: {},
  };
}
