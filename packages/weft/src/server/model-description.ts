import * as z from "zod";
import type { ServedModel } from "./model-registry.ts";

const modelEntry = z.object({
  name: z.string(),
  default: z.boolean(),
  /** The kind of network. */
  kind: z.string(),
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

/** What `/v1/models` says of a model. */
export type ModelEntry = z.output<typeof modelEntry>;

export const modelList = z.object({ models: z.array(modelEntry) });

export function describeModel({ name, extractor: { model }, loadedAt }: ServedModel, isDefault: boolean): ModelEntry {
  const { description, definition, store, engine } = model;
  const { tags, relations, words, typed } = description.lexicon;
  const types = tags.names.filter((tag) => tag.length > 2).map((tag) => tag.slice(2));
  return {
    name,
    default: isDefault,
    kind: definition.name,
    paper: definition.paper,
    needsEntities: definition.capabilities.needsGoldEntities,
    entityTypes: typed ? [...new Set(types)] : [],
    relationTypes: [...relations.names],
    threshold: description.threshold,
    parameters: store.layout.reduce((sum, { rows, columns }) => sum + rows * columns, 0),
    words: words.size,
    kernels: engine.build,
    loadedAt: loadedAt.toISOString(),
  };
}
