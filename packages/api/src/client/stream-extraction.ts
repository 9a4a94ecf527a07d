import { ndjsonType, routes } from "../routes.ts";
import type { Extraction, ExtractOptions, StreamLine, TextRequest } from "../types.ts";
import { ApiError } from "./api-error.ts";
import { type CallOptions, type Connection, reached } from "./connection.ts";
import { textLines } from "./text-lines.ts";

/** The result of one text of a stream: its extraction or its error. */
export type StreamResult =
  | { readonly index: number; readonly document: Extraction; readonly error?: undefined }
  | { readonly index: number; readonly document?: undefined; readonly error: ApiError };

/** Options of a stream of texts. */
export interface StreamSettings extends ExtractOptions, Pick<CallOptions, "signal"> {
  /** Texts in one request; defaults to 64. Use 1 if texts arrive slowly. */
  readonly batch?: number | undefined;
}

/**
 * Extracts from any number of texts and yields results in the same order, each as soon as it
 * arrives. A refused text yields an error in its place; the others continue.
 *
 * Texts are sent in batches: browsers cannot stream a body while they read the answer, and a batch
 * can be retried if the server is busy. The next batch is read from the source while answers
 * arrive.
 *
 * @throws {ApiError} if a whole request fails
 */
export async function* streamExtraction(
  connection: Connection,
  texts: Iterable<TextRequest> | AsyncIterable<TextRequest>,
  { batch = 64, signal, ...query }: StreamSettings,
): AsyncGenerator<StreamResult, void, void> {
  const source = Symbol.asyncIterator in texts ? texts[Symbol.asyncIterator]() : texts[Symbol.iterator]();
  let index = 0;
  let ended = false;
  const take = async (): Promise<string[]> => {
    const lines: string[] = [];
    while (lines.length < batch && !ended) {
      const next = await source.next();
      if (next.done === true) ended = true;
      else lines.push(`${JSON.stringify(next.value)}\n`);
    }
    return lines;
  };
  try {
    let lines = await take();
    while (lines.length > 0) {
      const following = take();
      // Its error is reported when its turn comes.
      following.catch(() => undefined);
      for await (const line of answersTo(connection, lines, query, signal)) yield resultOf(line, index++);
      lines = await following;
    }
  } finally {
    // Not awaited: a source that is itself waiting would block the caller.
    if (!ended) void Promise.resolve(source.return?.()).catch(() => undefined);
  }
}

async function* answersTo(
  connection: Connection,
  lines: readonly string[],
  query: ExtractOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamLine, void, void> {
  const headers = { "content-type": ndjsonType };
  const { body } = await connection.sendBody(routes.extract, { query, headers, signal, body: lines.join("") });
  let missing = lines.length;
  const answers = textLines(body ?? new ReadableStream());
  try {
    while (missing > 0) {
      const next = await reached(async () => answers.next(), signal);
      if (next.done === true) throw new ApiError(200, { code: "UNREACHABLE", message: "the answer ended before its last line" });
      const line = JSON.parse(next.value) as StreamLine;
      if ("error" in line && line.line === undefined) throw new ApiError(200, { ...line.error, answer: line });
      missing--;
      yield line;
    }
  } finally {
    await answers.return();
  }
}

function resultOf(line: StreamLine, index: number): StreamResult {
  if ("error" in line) return { index, error: new ApiError(200, { ...line.error, answer: line }) };
  return { index, document: line };
}
