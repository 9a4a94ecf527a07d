import { McpServer } from "@modelcontextprotocol/server";
import { type Document, triplesOf, WeftError } from "@weft-nlp/core";
import { documentFromRecord, recordOf } from "@weft-nlp/core/formats";
import { didYouMean } from "@weft-nlp/core/text";
import type { ModelIdentity } from "@weft-nlp/core/triples";
import { entityTypesOf } from "@weft-nlp/core/vocabulary";
import { UsageError } from "@weft-nlp/node/errors";
import type { Extractor } from "@weft-nlp/node/extractor";
import type * as z from "zod";
import { type ExtractInput, extractOutput, givenInput, schemaOutput, textInput } from "./mcp-tools.ts";

/** A model and its name, as an MCP server offers them. */
export interface OfferedModel {
  readonly extractor: Extractor;
  readonly identity: ModelIdentity;
}

/**
 * A server of the Model Context Protocol with two tools: `extract` reads a text, and `schema` says
 * what the model can find. It has no transport yet.
 */
export function mcpServer({ extractor, identity }: OfferedModel): McpServer {
  const schema = schemaOf({ extractor, identity });
  const server = new McpServer({ name: "weft", title: "Weft", version: identity.version }, { instructions });
  const readOnly = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };
  server.registerTool(
    "extract",
    {
      title: "Find entities and relations",
      description: describeExtract(schema),
      inputSchema: schema.findsEntities ? textInput : givenInput,
      outputSchema: extractOutput,
      annotations: readOnly,
    },
    async (input: ExtractInput, { mcpReq: { signal } }) => answer(async () => found(extractor, schema, input, signal)),
  );
  server.registerTool(
    "schema",
    {
      title: "What the model finds",
      description: "The types of entities and relations that `extract` can find, and which model finds them.",
      outputSchema: schemaOutput,
      annotations: readOnly,
    },
    async () => answer(() => schema),
  );
  return server;
}

const instructions =
  "Weft runs a small trained model on this machine. It finds mentions of entities in text and the directed relations " +
  "between them, with a confidence for each. Call `schema` for the types, and `extract` for each document or section. " +
  "Triples of several calls make a graph when nodes with the same text and type are joined.";

type Schema = z.output<typeof schemaOutput>;

function schemaOf({ extractor, identity }: OfferedModel): Schema {
  const { description, definition } = extractor.model;
  const { lexicon, threshold } = description;
  const pairs = lexicon.argumentTypes?.names.map((label) => {
    const [head = "", tail = ""] = label.split("\t");
    return { head, tail };
  });
  return {
    model: { ...identity, kind: definition.name },
    findsEntities: !definition.capabilities.needsGoldEntities,
    entityTypes: entityTypesOf(lexicon),
    relationTypes: [...lexicon.relations.names],
    ...(pairs === undefined ? {} : { argumentTypes: pairs }),
    threshold,
  };
}

function describeExtract({ findsEntities, entityTypes, relationTypes }: Schema): string {
  const list = (types: readonly string[]): string => {
    const shown = types.slice(0, 30).join(", ");
    return types.length > 30 ? `${shown} and ${types.length - 30} more` : shown;
  };
  const task = findsEntities ? "Finds the entities of a text and" : "Takes a text with its entities and finds";
  const entities = entityTypes.length === 0 ? "" : ` Entity types: ${list(entityTypes)}.`;
  return `${task} the relations between them.${entities} Relation types: ${list(relationTypes)}.`;
}

async function found(
  extractor: Extractor,
  schema: Schema,
  { text, threshold, minConfidence, ...given }: ExtractInput,
  signal: AbortSignal,
): Promise<z.output<typeof extractOutput>> {
  const entities = "entities" in given ? given.entities : [];
  for (const [index, { type }] of entities.entries()) {
    if (type === null || schema.entityTypes.length === 0 || schema.entityTypes.includes(type)) continue;
    throw new UsageError(
      `entities[${index}].type: the model does not know the entity type ${type}`,
      didYouMean(type, schema.entityTypes) ?? `use one of ${schema.entityTypes.join(", ")}, or null`,
    );
  }
  const { document } = documentFromRecord({ text, entities }, {}, extractor.model.description.text);
  for await (const annotated of extractor.documents([document], { threshold, minConfidence, signal })) return resultOf(annotated);
  throw new RangeError("expected one document for one text");
}

function resultOf(document: Document): z.output<typeof extractOutput> {
  const { entities, relations } = recordOf(document);
  return {
    entities: entities.map(({ text, type, startChar, endChar, confidence }) => ({
      ...{ text, type, startChar, endChar },
      ...(confidence === undefined ? {} : { confidence }),
    })),
    relations,
    triples: triplesOf(document).map(({ head, relation, tail }, index) => ({
      head: { text: head.text, type: head.type },
      relation,
      tail: { text: tail.text, type: tail.type },
      confidence: relations[index]?.confidence ?? 1,
    })),
  };
}

interface ToolAnswer {
  [key: string]: unknown;
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: boolean;
}

/**
 * The answer of a tool, also as text for clients that do not read structured content. An error that
 * the caller can do something about is an answer, so that the model behind the client reads it.
 */
async function answer(work: () => object | Promise<object>): Promise<ToolAnswer> {
  try {
    const result = await work();
    return { content: [{ type: "text", text: JSON.stringify(result) }], structuredContent: { ...result } };
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    const { summary, code, hint } = error;
    return { content: [{ type: "text", text: `${summary} (${code})${hint === undefined ? "" : `. ${hint}`}` }], isError: true };
  }
}
