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

/** The body of every error answer. */
export const errorAnswer = z.object({ error: fault });
