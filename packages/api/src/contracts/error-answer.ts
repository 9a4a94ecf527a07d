import * as z from "zod";
import { count } from "./values.ts";

/** Where something stands: in a file, or in a request. */
export const place = z.object({
  source: z.string().optional().describe("the file; of a folder, the path from it"),
  line: count.optional(),
  column: count.optional(),
  path: z.string().optional(),
});

const fault = z.object({
  code: z.string().describe("one of docs/errors.md"),
  message: z.string(),
  hint: z.string().optional(),
  at: place.optional(),
});

/** Why something could not be read or done. */
export const namedFault = fault;

/** What every route answers where it does not do what it was asked. */
export const errorAnswer = z.object({ error: fault });
