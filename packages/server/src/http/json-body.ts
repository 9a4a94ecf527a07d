import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { DataError } from "@weft-nlp/core";
import { parseJson } from "@weft-nlp/core/json";
import { RequestError } from "../errors.ts";
import { takeBody } from "./connections.ts";

export interface BodyLimits {
  readonly bodyBytes: number;
  readonly bodyMs: number;
}

/**
 * Reads a JSON body of bounded size in bounded time.
 *
 * @throws {RequestError} REQUEST_TOO_LARGE, REQUEST_TOO_SLOW, REQUEST_INVALID
 * @throws {DataError} JSON_INVALID with line and column
 */
export async function readJsonBody(
  body: Readable,
  headers: IncomingHttpHeaders,
  { bodyBytes, bodyMs }: BodyLimits,
): Promise<unknown> {
  refuseEncoded(headers);
  if (Number(headers["content-length"]) > bodyBytes) throw bodyTooLarge(bodyBytes);
  takeBody(body);
  const parts: Buffer[] = [];
  let length = 0;
  await new Promise<void>((done, failed) => {
    const clock = setTimeout(() => failed(tooSlow(bodyMs)), bodyMs);
    body.on("data", (part: Buffer) => {
      length += part.length;
      if (length <= bodyBytes) parts.push(part);
      else failed(bodyTooLarge(bodyBytes));
    });
    body.on("end", done);
    // A client that disconnects ends the stream with an error, or without `end`.
    body.on("error", () => failed(clientGone()));
    body.on("close", () => {
      if (!body.readableEnded) failed(clientGone());
    });
    const settled = (): void => clearTimeout(clock);
    body.once("end", settled).once("close", settled);
  });
  return parseRequestJson(Buffer.concat(parts, length));
}

/**
 * Parses JSON from an untrusted client: valid UTF-8, bounded depth, no keys that reach into
 * prototypes.
 */
export function parseRequestJson(bytes: Uint8Array, line = 1): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RequestError("REQUEST_INVALID", {
      at: { line },
      message: "the body is not valid UTF-8",
      hint: "encode JSON in UTF-8 (RFC 8259)",
      cause,
    });
  }
  const value = parseJson(text, { line });
  checkShape(value, line);
  return value;
}

/** Deeper than any request needs, and safe for every recursive function. */
const maxDepth = 32;

/** Walks with an explicit stack, so depth is no danger here. */
function checkShape(value: unknown, line: number): void {
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const { value, depth } = item;
    if (typeof value !== "object" || value === null) continue;
    if (depth >= maxDepth) {
      throw new DataError("JSON_INVALID", { at: { line }, message: `the value is nested more than ${maxDepth} levels deep` });
    }
    if (Array.isArray(value)) {
      for (const each of value as unknown[]) {
        if (typeof each === "object") waiting.push({ value: each, depth: depth + 1 });
      }
      continue;
    }
    for (const [name, each] of Object.entries(value)) {
      if (name === "__proto__" || name === "constructor" || name === "prototype") {
        throw new DataError("FIELD_INVALID", { at: { line }, message: `the field name ${name} is not allowed` });
      }
      if (typeof each === "object") waiting.push({ value: each, depth: depth + 1 });
    }
  }
}

/**
 * @throws {RequestError} BODY_TYPE_UNKNOWN if the body is compressed: a few bytes could unpack to
 *   any size
 */
export function refuseEncoded(headers: IncomingHttpHeaders): void {
  const encoding = headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity") return;
  throw new RequestError("BODY_TYPE_UNKNOWN", {
    at: { path: "content-encoding" },
    message: "the server does not read compressed bodies",
    hint: "send the body uncompressed",
  });
}

function bodyTooLarge(bytes: number): RequestError {
  return new RequestError("REQUEST_TOO_LARGE", {
    message: `the body exceeds the limit of ${bytes} bytes`,
    hint: "send fewer texts at once, or stream them as application/x-ndjson",
  });
}

export function tooSlow(ms: number): RequestError {
  return new RequestError("REQUEST_TOO_SLOW", {
    message: `the body did not arrive within ${ms / 1000} seconds`,
    hint: "send the body at once; a stream (application/x-ndjson) may take any time while lines keep arriving",
  });
}

export function clientGone(): RequestError {
  return new RequestError("CLIENT_GONE", { message: "the client disconnected before its request was complete" });
}
