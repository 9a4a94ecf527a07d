import type { DocumentRequest, Extraction, ExtractOptions } from "@weft-nlp/api";
import { documentFields, type extractRequest } from "@weft-nlp/api/contracts";
import type { Document, Omission } from "@weft-nlp/core";
import { documentFromRecord, recordOf } from "@weft-nlp/core/formats";
import type { LongSentence } from "@weft-nlp/core/inference";
import type { TextRules } from "@weft-nlp/core/text";
import type * as z from "zod";
import { RequestError } from "../errors.ts";
import type { Limits } from "../options.ts";

/** The JSON body of a request. */
export type ExtractRequest = z.output<typeof extractRequest>;

/**
 * Returns the texts of a request, and whether they came as a list.
 *
 * @param rules how the model expects text to become words
 * @throws {RequestError} REQUEST_INVALID, REQUEST_TOO_LARGE
 */
export function textsOf(
  { documents, ...rest }: ExtractRequest,
  limits: Pick<Limits, "documents">,
): { readonly texts: readonly (string | DocumentRequest)[]; readonly many: boolean } {
  const one = Object.fromEntries(Object.entries(rest).filter(([name]) => name in documentFields)) as DocumentRequest;
  if (documents === undefined) return { texts: [one], many: false };
  const [both] = Object.keys(one);
  if (both !== undefined) {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: both },
      message: `the request has both ${both} and documents`,
      hint: "put the text into documents",
    });
  }
  if (documents.length > limits.documents) {
    throw new RequestError("REQUEST_TOO_LARGE", {
      at: { path: "documents" },
      message: `the request has ${documents.length} documents; the limit is ${limits.documents}`,
      hint: "stream them as application/x-ndjson, which has no such limit",
    });
  }
  return { texts: documents, many: true };
}

/** UTF-16 units of texts in all; a word counts as many as it has. */
export function unitsOf(texts: readonly (string | DocumentRequest)[]): number {
  return texts.reduce((sum, given) => {
    if (typeof given === "string") return sum + given.length;
    const { text, tokens = [] } = given;
    return sum + (text?.length ?? tokens.reduce((all, token) => all + token.length + 1, 0));
  }, 0);
}

/** A text of a request, ready for a model. */
export interface ReadRequest {
  readonly id: string | undefined;
  readonly document: Document;
  readonly omissions: readonly Omission[];
}

/** A text with its predicted entities and relations. */
export interface FoundDocument {
  /** The id in the request. */
  readonly id: string | undefined;
  readonly document: Document;
  readonly omissions: NonNullable<Extraction["omissions"]>;
}

/**
 * Reads the document of a request.
 *
 * @param path its place in the request, such as `documents[3]`, or empty
 * @throws {RequestError} REQUEST_INVALID, REQUEST_TOO_LARGE
 * @throws {DataError} if tokens, sentences or entities do not fit the text
 */
export function readDocumentRequest(
  request: string | DocumentRequest,
  path: string,
  options: ExtractOptions,
  limits: Pick<Limits, "textUnits">,
  rules: TextRules = {},
): ReadRequest {
  const { id, text, tokens, offsets, sentences, entities, offsetUnit } =
    typeof request === "string" ? { text: request } : request;
  const within = (field: string): string => (path === "" ? field : `${path}.${field}`);
  if (text === undefined && tokens === undefined) {
    throw new RequestError("REQUEST_INVALID", { at: { path: within("text") }, message: "expected text or tokens" });
  }
  if (tokens === undefined && sentences !== undefined) {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: within("sentences") },
      message: "sentences are given in tokens, but there are no tokens",
      hint: "add tokens, or omit sentences to have them found",
    });
  }
  if (offsets !== undefined && (text === undefined || tokens === undefined)) {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: within("offsets") },
      message: "offsets need both tokens and text",
    });
  }
  const units = text?.length ?? tokens?.reduce((sum, token) => sum + token.length + 1, 0) ?? 0;
  if (units > limits.textUnits) {
    throw new RequestError("REQUEST_TOO_LARGE", {
      at: { path: within("text") },
      message: `the text has ${units} UTF-16 units; the limit is ${limits.textUnits}`,
      hint: "split the text at paragraphs and send the parts",
    });
  }
  // Confidences from another model do not apply to this one.
  const given = entities?.map(({ start, end, startChar, endChar, type }) => ({ start, end, startChar, endChar, type }));
  const record = { text, tokens, offsets, sentences, entities: given, offsetUnit };
  const defined = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
  const { document, omissions } = documentFromRecord(
    defined,
    { path },
    { ...rules, sentences: options.splitSentences === false ? "one" : "split" },
  );
  return { id, document, omissions };
}

/** The answer to the client: the document's record, under the id in the request. */
export function extractionOf({ id, document, omissions }: FoundDocument): Extraction {
  const { id: _, pos: __, meta: ___, ...record } = recordOf(document);
  return { ...(id === undefined ? {} : { id }), ...record, ...(omissions.length === 0 ? {} : { omissions }) };
}

/** The predicted document. @param long sentences that were read in windows */
export function foundDocument(
  { id, omissions: ofReading }: ReadRequest,
  document: Document,
  long: readonly LongSentence[],
): FoundDocument {
  const windows = long.map(({ sentence, tokens, windows: count, unread }) => ({
    path: `sentences[${sentence}]`,
    reason:
      `the sentence has ${tokens} tokens and was read in ${count} windows` +
      (unread === 0 ? "" : `; ${unread} of the given entities lie in none of them`),
  }));
  const omissions = ofReading.map(({ path, reason }) => ({ ...(path === undefined || path === "" ? {} : { path }), reason }));
  return { id, document, omissions: [...omissions, ...windows] };
}
