import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { byName } from "./values.ts";

/** What `/v1/models` says of a model. */
export const modelEntry = z.object({
  name: z.string(),
  default: z.boolean(),
  kind: z.string().describe("the kind of network"),
  paper: z.string(),
  needsEntities: z.boolean().describe("whether requests have to give the entities, which the model then relates"),
  entityTypes: z.array(z.string()).describe("empty where entities have no types"),
  relationTypes: z.array(z.string()),
  threshold: z.union([z.number(), z.record(z.string(), z.number())]).describe("probability from which a relation counts"),
  parameters: z.int(),
  words: z.int(),
  kernels: z.string(),
  loadedAt: z.iso.datetime(),
});

export const modelList = z.object({
  models: z.array(modelEntry),
  workspace: z.boolean().describe("whether this server has routes for runs, data and corrections"),
});

/** What `/v1/schema` says. */
export const modelLabels = z.object({
  model: z.string(),
  entityTypes: z.array(z.string()),
  relationTypes: z.array(z.string()),
  argumentTypes: z
    .array(z.object({ head: z.string(), tail: z.string() }))
    .optional()
    .describe("types of entities between which the training data has relations, in models of pairs"),
});

export const modelContracts = {
  models: {
    ...routes.models,
    tag: "models",
    summary: "the models, the default one first, and what the server has beside them",
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
    summary: "reads a model's folder again; requests under way end with the one they began with",
    params: byName,
    responses: { 200: modelEntry },
  },
} as const satisfies Record<string, Contract>;
