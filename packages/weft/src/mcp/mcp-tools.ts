import * as z from "zod";

const confidence = z.number().min(0).max(1);
const probability = z.number().min(0).max(1).optional();

/** The most UTF-16 units of one text: as many as the server takes. */
const textUnits = 200_000;

const text = z.string().min(1).max(textUnits).describe("plain text of any length up to 200,000 characters");

const options = {
  threshold: probability.describe("the least probability of a relation; defaults to the model's own"),
  minConfidence: probability.describe("omits entities and relations that the model is less sure of"),
};

/** What `extract` takes from a model that finds entities by itself. */
export const textInput = z.strictObject({ text, ...options });

/** What `extract` takes from a model that relates entities it is given. */
export const givenInput = z.strictObject({
  text,
  entities: z
    .array(
      z.strictObject({
        startChar: z.int().min(0).describe("where the mention begins in the text, in UTF-16 units"),
        endChar: z.int().min(0).describe("where it ends: the unit after its last"),
        type: z.string().nullable().describe("one of the entity types that `schema` lists, or null"),
      }),
    )
    .describe("the entities to relate; this model finds none by itself"),
  ...options,
});

export type ExtractInput = z.output<typeof givenInput> | z.output<typeof textInput>;

const mention = z.object({ text: z.string(), type: z.string().nullable() });

/** What `extract` answers. */
export const extractOutput = z.object({
  entities: z
    .array(
      mention.extend({
        startChar: z.int().describe("where the mention begins in the text, in UTF-16 units"),
        endChar: z.int().describe("where it ends: the unit after its last"),
        confidence: confidence.optional(),
      }),
    )
    .describe("every mention, in the order of the text"),
  relations: z
    .array(
      z.object({
        head: z.int().describe("index of an entity"),
        tail: z.int().describe("index of an entity"),
        type: z.string(),
        confidence: confidence.optional(),
      }),
    )
    .describe("directed relations between mentions"),
  triples: z
    .array(z.object({ head: mention, relation: z.string(), tail: mention, confidence }))
    .describe("the same relations with the words of both ends: edges for a graph"),
});

/** What `schema` answers. */
export const schemaOutput = z.object({
  model: z.object({ name: z.string(), kind: z.string(), version: z.string(), digest: z.string() }),
  findsEntities: z.boolean().describe("false if the model relates entities that it is given"),
  entityTypes: z.array(z.string()),
  relationTypes: z.array(z.string()),
  argumentTypes: z
    .array(z.object({ head: z.string(), tail: z.string() }))
    .optional()
    .describe("pairs of entity types that were related in the training data, if the model knows them"),
  threshold: z.union([z.number(), z.record(z.string(), z.number())]).describe("the least probability of a relation"),
});
