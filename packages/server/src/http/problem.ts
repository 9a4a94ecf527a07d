import { STATUS_CODES } from "node:http";
import type { ErrorAnswer } from "@weft-nlp/api";
import type { ErrorReply } from "./error-reply.ts";

/** The media type of an error answer. */
export const problemType = "application/problem+json";

/**
 * An error as a problem of RFC 9457, next to `error`.
 *
 * @param id of the request, if it has one
 */
export function problem({ status, body }: Pick<ErrorReply, "status" | "body">, id?: string): ErrorAnswer {
  const { code, message } = body.error;
  return {
    ...body,
    type: `urn:weft:error:${code}`,
    title: STATUS_CODES[status] ?? "Client Closed Request",
    status,
    detail: message,
    ...(id === undefined ? {} : { instance: `urn:uuid:${id}` }),
    code,
  };
}
