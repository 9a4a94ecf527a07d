import type { Scope } from "@weft-nlp/api";
import type { Contract } from "@weft-nlp/api/contracts";
import type * as z from "zod";

/** The Fastify options of a contract: method and path, schemas and description. */
type Endpoint<Of extends Contract> = {
  readonly method: Of["method"];
  readonly url: string;
  readonly config: { readonly scope: Scope };
  readonly schema: Described &
    Renamed<Of, "params", "params"> &
    Renamed<Of, "query", "querystring"> &
    Renamed<Of, "body", "body"> &
    (Of extends { readonly responses: infer Responses } ? { readonly response: Responses } : unknown);
};

interface Described {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly consumes?: readonly string[];
  readonly produces?: readonly string[];
}

/**
 * A part of the contract under Fastify's name for it, or nothing if the contract has no such part,
 * so its type stays unknown.
 */
type Renamed<Of, Key extends string, Name extends string> =
  Of extends Readonly<Record<Key, infer Schema extends z.ZodType>> ? Readonly<Record<Name, Schema>> : unknown;

/** Turns a contract into a Fastify route that lacks only its handler. */
export function endpoint<Of extends Contract>(contract: Of): Endpoint<Of> {
  const { method, path, scope = "read", tag, summary, description, params, query, body, responses, media } = contract as Contract;
  const parts = {
    description,
    params,
    querystring: query,
    body,
    response: responses,
    consumes: media?.request,
    produces: media?.answer,
  };
  const given = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
  const url = path.replaceAll(/\{(\w+)\}/g, ":$1");
  return { method, url, config: { scope }, schema: { tags: [tag], summary, ...given } } as unknown as Endpoint<Of>;
}
