import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { byName } from "./values.ts";

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
} as const satisfies Record<string, Contract>;
