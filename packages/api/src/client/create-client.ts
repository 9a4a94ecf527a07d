import type { DocumentRequest, Extraction, ExtractOptions, ModelEntry, ModelLabels, TextRequest } from "../types.ts";
import { type CallOptions, type Connection, type ConnectionOptions, connect } from "./connection.ts";
import { type StreamResult, type StreamSettings, streamExtraction } from "./stream-extraction.ts";

/** Options of an extraction, and a signal to abort it. */
export interface ExtractSettings extends ExtractOptions, Pick<CallOptions, "signal"> {}

/** A client of a Weft server. Every method throws `ApiError`. */
export interface WeftClient extends Connection {
  /** Finds the entities and relations in a text. */
  readonly extract: (text: TextRequest, settings?: ExtractSettings) => Promise<Extraction>;
  /**
   * Extracts from many texts in one request; results are in the same order. One bad text fails them
   * all.
   */
  readonly extractMany: (texts: readonly TextRequest[], settings?: ExtractSettings) => Promise<Extraction[]>;
  /** Extracts from any number of texts and yields each result as soon as it arrives. */
  readonly stream: (
    texts: Iterable<TextRequest> | AsyncIterable<TextRequest>,
    settings?: StreamSettings,
  ) => AsyncGenerator<StreamResult, void, void>;
  /** The models of the server, the default first. */
  readonly models: (options?: CallOptions) => Promise<ModelEntry[]>;
  /** The labels of a model; defaults to the first model. */
  readonly schema: (model?: string, options?: CallOptions) => Promise<ModelLabels>;
  /** Resolves if the process answers. */
  readonly health: (options?: CallOptions) => Promise<void>;
  /** Resolves if the server accepts requests. */
  readonly ready: (options?: CallOptions) => Promise<void>;
}

/** Creates a client of the server at `baseUrl`. Nothing is sent before the first call. */
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
