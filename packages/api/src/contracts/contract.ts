import type * as z from "zod";
import type { Route } from "../routes.ts";

/** What client and server agree on for a route: its schemas and its description. */
export interface Contract extends Route {
  /** The group of the route in the API description. */
  readonly tag: "extraction" | "models" | "triples" | "operation" | "workspace" | "corrections";
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Whether the header If-Match names the revision that the client has read. */
  readonly ifMatch?: boolean;
  /**
   * JSON answers by status; every other status answers `errorAnswer`. Absent if the answer is not
   * JSON; `media` then names its type.
   */
  readonly responses?: Readonly<Record<number, z.ZodType>>;
  readonly media?: { readonly request?: readonly string[]; readonly answer?: readonly string[] };
  /** The lines of body and answer, if both may be streams. */
  readonly lines?: { readonly body: z.ZodType; readonly answer: z.ZodType };
}
