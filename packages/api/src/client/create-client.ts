import type { DocumentRequest, Extraction, ExtractOptions, ModelEntry, ModelLabels, TextRequest } from "../types.ts";
import { type CallOptions, type Connection, type ConnectionOptions, connect } from "./connection.ts";
import { type StreamResult, type StreamSettings, streamExtraction } from "./stream-extraction.ts";

export interface ExtractSettings extends ExtractOptions, Pick<CallOptions, "signal"> {}

/** A Weft server, called from a program. Every method throws an `ApiError`. */
export interface WeftClient extends Connection {
  /** What a model finds in a text: the record of a document. */
  readonly extract: (text: TextRequest, settings?: ExtractSettings) => Promise<Extraction>;
  /** The same for many texts in one request, in their order; all of them are answered or none. */
  readonly extractMany: (texts: readonly TextRequest[], settings?: ExtractSettings) => Promise<Extraction[]>;
  /** The same for any number of texts, each result as soon as it is there. */
  readonly stream: (
    texts: Iterable<TextRequest> | AsyncIterable<TextRequest>,
    settings?: StreamSettings,
  ) => AsyncGenerator<StreamResult, void, void>;
  /** The models of the server, the default one first. */
  readonly models: (options?: CallOptions) => Promise<ModelEntry[]>;
  /** The labels of a model; of the default one where none is named. */
  readonly schema: (model?: string, options?: CallOptions) => Promise<ModelLabels>;
  /** Resolves where the process answers. */
  readonly health: (options?: CallOptions) => Promise<void>;
  /** Resolves where the server takes requests. */
  readonly ready: (options?: CallOptions) => Promise<void>;
}

export function createClient(options: ConnectionOptions): WeftClient {
  const connection = connect(options);
  const { call } = connection;
  return {
    ...connection,
    extract: async (text, { signal, ...settings } = {}) => {
      const document: DocumentRequest = typeof text === "string" ? { text } : text;
      return (await call("extract", { body: { ...document, ...settings }, signal })) as Extraction;
    },
    extractMany: async (texts, { signal, ...settings } = {}) => {
      const { documents } = (await call("extract", { body: { documents: texts, ...settings }, signal })) as {
        documents: Extraction[];
      };
      return documents;
    },
    stream: (texts, settings = {}) => streamExtraction(connection, texts, settings),
    models: async (how) => (await call("models", how)).models,
    schema: async (model, how) => call("labels", { query: { model }, ...how }),
    health: async (how) => void (await call("health", how)),
    ready: async (how) => void (await call("readiness", how)),
  };
}
