import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { byName, count, probability } from "./values.ts";

/** A model in the answer of `GET /v1/models`. */
export const modelEntry = z.object({
  name: z.string(),
  default: z.boolean(),
  kind: z.string().describe("the kind of network"),
  paper: z.string(),
  needsEntities: z.boolean().describe("whether requests must give the entities to relate"),
  entityTypes: z.array(z.string()).describe("empty if entities have no types"),
  relationTypes: z.array(z.string()),
  threshold: z.union([z.number(), z.record(z.string(), z.number())]).describe("min probability of a relation"),
  parameters: z.int(),
  words: z.int(),
  kernels: z.string(),
  loadedAt: z.iso.datetime(),
  run: z.string().nullable().describe("the run of the server's runs folder whose model it is; null if it is none of them"),
  before: z
    .string()
    .nullable()
    .describe("what the name served before it was changed, and `PUT` with null serves again; null if unchanged"),
});

/** The answer of `GET /v1/models/{name}`: what a model knows and how good it is. */
export const modelDetails = modelEntry.extend({
  score: z
    .object({ protocol: z.string(), words: z.string(), f1: probability, entities: probability.nullable(), sentences: count })
    .nullable()
    .describe("micro F1 on the dev data of its run, by the first protocol, and that of entities; null if the run has no report"),
  data: z
    .object({ train: z.string(), dev: z.string(), sentences: count.nullable() })
    .nullable()
    .describe("what its run was trained on; paths show their last two names"),
  examples: z
    .object({ entities: z.record(z.string(), z.array(z.string())), relations: z.record(z.string(), z.array(z.string())) })
    .describe("by type, frequent examples in its training data; empty without a workspace, or if the data cannot be read"),
});

/** The body of `PUT /v1/models/{name}`: the run to serve. */
export const servedRun = z.strictObject({
  run: z
    .string()
    .max(300)
    .nullable()
    .describe("a finished run of the server's runs folder; null goes back to what the name served before"),
});

/** The answer of `GET /v1/models`. */
export const modelList = z.object({
  models: z.array(modelEntry),
  workspace: z.boolean().describe("whether this server has routes for runs, data and corrections"),
});

/** The answer of `GET /v1/schema`. */
export const modelLabels = z.object({
  model: z.string(),
  entityTypes: z.array(z.string()),
  relationTypes: z.array(z.string()),
  argumentTypes: z
    .array(z.object({ head: z.string(), tail: z.string() }))
    .optional()
    .describe("entity types that the training data relates, in models of pairs"),
});

/** The routes for models and their labels. */
export const modelContracts = {
  models: {
    ...routes.models,
    tag: "models",
    summary: "the models, the default first, and what else the server offers",
    responses: { 200: modelList },
  },
  labels: {
    ...routes.labels,
    tag: "models",
    summary: "the labels of a model",
    query: z.strictObject({ model: z.string().optional() }),
    responses: { 200: modelLabels },
  },
  reloadModel: {
    ...routes.reloadModel,
    tag: "models",
    summary: "reloads a model from its folder; running requests finish with the model they started with",
    params: byName,
    responses: { 200: modelEntry },
  },
  modelDetails: {
    ...routes.modelDetails,
    tag: "models",
    summary: "what a model knows, what it was trained on and how good it is",
    params: byName,
    responses: { 200: modelDetails },
  },
  useRun: {
    ...routes.useRun,
    tag: "models",
    summary: "serves the model of a run under this name, or the one before it again",
    description:
      "Needs a server with a runs folder. Requests in progress finish with the model they started with; later ones get the new one. " +
      "The choice is kept in the runs folder: the server makes it again when it starts with the same folder for this name.",
    params: byName,
    body: servedRun,
    responses: { 200: modelEntry },
  },
} as const satisfies Record<string, Contract>;
