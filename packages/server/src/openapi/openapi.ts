import { STATUS_CODES } from "node:http";
import { ndjsonType, routes } from "@weft-nlp/api";
import * as everyContract from "@weft-nlp/api/contracts";
import { type Contract, contracts, errorAnswer } from "@weft-nlp/api/contracts";
import * as z from "zod";
import { statuses } from "../http/error-reply.ts";
import { problemType } from "../http/problem.ts";
import type { JsonSchema } from "./json-schema.ts";
import { exampleOf } from "./openapi-examples.ts";

/** The answer of `/openapi.json`: OpenAPI 3.1, from the contracts that check the requests. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;

export interface OpenApiOptions {
  /** Whether requests need a token. */
  readonly tokens: boolean;
  readonly workspace: boolean;
}

/** Describes every route of a server. */
export function openApi({ tokens, workspace }: OpenApiOptions): OpenApi {
  const schemas = new NamedSchemas();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [name, contract] of Object.entries<Contract>(contracts)) {
    if (!workspace && (contract.tag === "workspace" || contract.tag === "corrections")) continue;
    const methods = (paths[contract.path] ??= {});
    methods[contract.method.toLowerCase()] = operationOf(name, contract, schemas, tokens);
  }
  const used = new Set(Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags)));
  return {
    openapi: "3.1.0",
    info: {
      title: "Weft",
      version: "1",
      description:
        "Entities and the relations between them, in text. Offsets into a text count UTF-16 units; spans are half-open.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(tagWords).flatMap(([name, description]) => (used.has(name) ? [{ name, description }] : [])),
    security: tokens ? [{ token: [] }] : [],
    paths,
    components: {
      schemas: schemas.all,
      ...(tokens ? { securitySchemes: { token: { type: "http", scheme: "bearer" } } } : {}),
    },
  } as OpenApi;
}

const tagWords: Readonly<Record<Contract["tag"], string>> = {
  extraction: "entities and relations of texts",
  models: "the models that a server has loaded",
  triples: "documents in the formats of other tools",
  operation: "probes and metrics",
  workspace: "runs and annotated data",
  corrections: "correction projects and their trainings",
};

/** Routes that need no token. */
const openPaths: ReadonlySet<string> = new Set([routes.health.path, routes.readiness.path]);

function operationOf(name: string, contract: Contract, schemas: NamedSchemas, tokens: boolean): Operation {
  const { tag, summary, description, body, media, lines, path } = contract;
  const parameters = parametersOf(contract, schemas);
  const requestBody =
    body === undefined
      ? undefined
      : {
          required: true,
          content: {
            ...contentOf(schemas, body, "application/json"),
            ...(lines === undefined ? {} : contentOf(schemas, lines.body, ndjsonType)),
          },
        };
  const answer = media?.answer?.[0] ?? "application/json";
  const good = Object.entries(contract.responses ?? { 200: undefined }).filter(([status]) => Number(status) < 400);
  const responses = good.map(([status, schema]) => [
    status,
    {
      description: STATUS_CODES[status] ?? summary,
      headers: idHeader,
      content: {
        ...(schema === undefined ? { [answer]: { schema: { type: "string" } } } : contentOf(schemas, schema, "application/json")),
        ...(lines === undefined ? {} : contentOf(schemas, lines.answer, ndjsonType)),
      },
    },
  ]);
  return {
    operationId: name,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    ...(openPaths.has(path) ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: Object.fromEntries([...responses, ...failuresOf(contract, schemas, tokens)]) as Operation["responses"],
  };
}

const idHeader = {
  "x-request-id": { description: "the id of the request in the server's log", schema: { type: "string", format: "uuid" } },
};

function parametersOf({ params, query, ifMatch }: Contract, schemas: NamedSchemas): Parameter[] {
  const fields = (schema: z.ZodType | undefined, place: Parameter["in"]): Parameter[] => {
    const { properties = {}, required = [] } = schema === undefined ? {} : schemas.inline(schema);
    return Object.entries(properties).map(([name, { description, ...plain }]) => ({
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: plain,
      example: exampleOf({ ...plain }, schemas.all, name),
    }));
  };
  const revision: Parameter & { readonly example: string } = {
    name: "If-Match",
    in: "header",
    required: true,
    description: "the revision that the client has read, in quotes",
    schema: { type: "string" },
    example: '"3"',
  };
  return [...fields(params, "path"), ...fields(query, "query"), ...(ifMatch === true ? [revision] : [])];
}

/** Every status of an error, with its codes. */
function failuresOf(contract: Contract, schemas: NamedSchemas, tokens: boolean): [string, unknown][] {
  const { params, query, body, tag, path, responses = {} } = contract;
  const isProbe = tag === "operation";
  const isWorkspace = tag === "workspace" || tag === "corrections";
  const hasInput = params !== undefined || query !== undefined || body !== undefined;
  const applies: Readonly<Record<number, boolean>> = {
    400: true,
    401: tokens && !openPaths.has(path),
    403: true,
    404: hasInput,
    408: body !== undefined,
    409: tag === "corrections",
    413: body !== undefined,
    415: body !== undefined,
    429: !isProbe,
    500: true,
    503: true,
    504: tag === "extraction",
    507: isWorkspace && contract.method !== "GET",
  };
  const given = Object.keys(responses)
    .map(Number)
    .filter((status) => status >= 400);
  const listed = Object.entries(applies).flatMap(([status, is]) => (is ? [Number(status)] : []));
  return [...new Set([...listed, ...given])]
    .toSorted((a, b) => a - b)
    .map((status) => {
      const codes = Object.entries(statuses).flatMap(([code, each]) => (each === status ? [code] : []));
      return [
        String(status),
        {
          description: `${STATUS_CODES[status] ?? "error"}${codes.length === 0 ? "" : `: ${codes.join(", ")}`}`,
          headers: status === 429 || status === 503 ? { ...idHeader, "retry-after": retryHeader } : idHeader,
          content: contentOf(schemas, responses[status] ?? errorAnswer, problemType),
        },
      ];
    });
}

const retryHeader = { description: "seconds to wait before a retry", schema: { type: "integer" } };

function contentOf(schemas: NamedSchemas, schema: z.ZodType, type: string): Content {
  const found = schemas.of(schema);
  return { [type]: { schema: found, example: exampleOf(found, schemas.all, "") } };
}

/** The JSON schemas of contracts; those that the api exports by name are referred to by it. */
class NamedSchemas extends z.core.$ZodRegistry {
  readonly all: Record<string, JsonSchema> = {};
  readonly #names = new Map<unknown, string>(
    Object.entries(everyContract).flatMap(([name, value]) =>
      value instanceof z.ZodType ? [[value, `${name[0]?.toUpperCase()}${name.slice(1)}`] as const] : [],
    ),
  );

  override get(schema: z.core.$ZodType): never {
    const id = this.#names.get(schema);
    return { ...z.globalRegistry.get(schema), ...(id === undefined ? {} : { id }) } as never;
  }

  override has(schema: z.core.$ZodType): boolean {
    return this.#names.has(schema) || z.globalRegistry.has(schema);
  }

  /** A schema in which named ones are references. */
  of(schema: z.ZodType): JsonSchema {
    const name = this.#names.get(schema);
    const own = this.inline(schema);
    if (name === undefined) return own;
    this.all[name] ??= own;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** A schema with its own fields, whether it has a name or not. */
  inline(schema: z.ZodType): JsonSchema {
    const { $defs = {}, ...plain } = this.#json(schema);
    const name = this.#names.get(schema) ?? "";
    for (const [id, each] of Object.entries($defs)) if (id !== name) this.all[id] ??= each;
    // The generator puts a schema with a name among the others, if these refer to it.
    return $defs[name] ?? plain;
  }

  #json(schema: z.ZodType): JsonSchema {
    const made = z.toJSONSchema(schema, { io: "input", metadata: this as never, unrepresentable: "any" });
    const moved = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
    return withoutIds(JSON.parse(moved)) as JsonSchema;
  }
}

/** Drops what only the generator needs. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, each]) => !(key === "$schema" || (key === "id" && typeof each === "string")));
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutIds(each)]));
}
