import * as z from "zod";
import { count } from "./values.ts";

/** A place in a file or in a request. */
export const place = z.object({
  source: z.string().optional().describe("the file; in a folder, the path from that folder"),
  line: count.optional(),
  column: count.optional(),
  path: z.string().optional(),
});

const fault = z.object({
  code: z.string().describe("a code from docs/errors.md"),
  message: z.string(),
  hint: z.string().optional(),
  at: place.optional(),
});

/** Why a request failed or a file could not be read. */
export const namedFault = fault;

/**
 * The body of every error answer: `error`, and the fields of a problem (RFC 9457) unless it is a
 * line of a stream.
 */
export const errorAnswer = z.object({
  error: fault,
  type: z.string().optional().describe("urn:weft:error: and the code"),
  title: z.string().optional().describe("the words of the status"),
  status: z.int().optional(),
  detail: z.string().optional().describe("the message of the error"),
  instance: z.string().optional().describe("urn:uuid: and the id of the request, which the server's log has too"),
  code: z.string().optional().describe("that of the error"),
});
