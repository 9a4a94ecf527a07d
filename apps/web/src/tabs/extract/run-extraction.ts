import type { Extraction, ModelEntry as ServedModel } from "@weft-nlp/api";
import type { Document } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import { call } from "../../server-requests.ts";
import type { GivenEntity } from "./marked-entities.ts";

/**
 * The part of a model's description that the page uses, for models of the server and of the page.
 */
export type ModelEntry = Pick<
  ServedModel,
  "name" | "default" | "kind" | "needsEntities" | "entityTypes" | "relationTypes" | "threshold"
> &
  Partial<Pick<ServedModel, "run" | "before" | "loadedAt">>;

/** The text with its extracted entities and relations. */
export interface Found {
  readonly document: Document;
  readonly model: ModelEntry;
  readonly seconds: number;
}

/**
 * Extracts on the server or in a worker of this page. Given entities go only to models that need
 * them.
 */
export type Extract = (
  text: string,
  model: ModelEntry,
  threshold: number,
  signal: AbortSignal,
  given: readonly GivenEntity[],
) => Promise<Document>;

/** @throws {ApiError} */
export async function listModels(): Promise<readonly ModelEntry[]> {
  return (await call("models")).models;
}

/** @throws {ApiError} */
export const extractOnServer: Extract = async (text, model, threshold, signal, given) => {
  const body = { text, model: model.name, threshold, ...(model.needsEntities ? { entities: given } : {}) };
  const record = (await call("extract", { body, signal })) as Extraction;
  return documentFromRecord({ id: "text", ...record }, {}).document;
};
