import type * as z from "zod";
import type { Route } from "../routes.ts";

/** Everything that two sides of a route agree on. */
export interface Contract extends Route {
  /** The group that it stands in where routes are described. */
  readonly tag: "extraction" | "models" | "triples" | "operation" | "workspace" | "corrections";
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /**
   * JSON answers by their status; every other status has `errorAnswer`. Absent where the answer is
   * no JSON: `media` says what it is.
   */
  readonly responses?: Readonly<Record<number, z.ZodType>>;
  readonly media?: { readonly request?: readonly string[]; readonly answer?: readonly string[] };
  /** Where bodies and answers may be streams: what a line of each is. */
  readonly lines?: { readonly body: z.ZodType; readonly answer: z.ZodType };
}
