import swagger from "@fastify/swagger";
import { ndjsonType } from "@weft-nlp/api";
import { type Contract, contracts, errorAnswer } from "@weft-nlp/api/contracts";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import * as z from "zod";
import type { App } from "./http/app.ts";

/** The answer of `/openapi.json`: OpenAPI 3.1, from the schemas that check the requests. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: unknown }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> };
  readonly responses?: Record<string, unknown>;
}

/** Collects the routes registered after it. @param tokens whether requests need a token */
export async function gatherOpenApi(app: App, tokens: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Weft",
        version: "1",
        description:
          "Entities and the relations between them, in text. Offsets into a text count UTF-16 units; spans are half-open.",
      },
      ...(tokens
        ? { components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } }, security: [{ token: [] }] }
        : {}),
    },
    transform: jsonSchemaTransform,
  });
}

/** Completes the description with the lines of streams and the error answer of every route. */
export function openApi(app: App): OpenApi {
  const document = structuredClone(app.swagger()) as unknown as OpenApi;
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    if (operation.responses !== undefined) {
      operation.responses["default"] = {
        description: "an error",
        content: { "application/json": { schema: jsonSchema(errorAnswer) } },
      };
    }
  }
  for (const { method, path, lines } of Object.values<Contract>(contracts)) {
    const operation = document.paths[path]?.[method.toLowerCase()] as StreamOperation | undefined;
    if (lines === undefined || operation === undefined) continue;
    operation.requestBody.content[ndjsonType] = { schema: jsonSchema(lines.body) };
    const answer = operation.responses["200"];
    if (answer !== undefined) answer.content[ndjsonType] = { schema: jsonSchema(lines.answer) };
  }
  return document;
}

interface StreamOperation {
  readonly requestBody: { readonly content: Record<string, unknown> };
  readonly responses: Record<string, { readonly content: Record<string, unknown> }>;
}

function jsonSchema(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}
