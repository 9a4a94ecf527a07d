import { entityTypesOf, type Lexicon } from "@weft-nlp/core/vocabulary";
import * as z from "zod";
import type { ServedModel } from "./model-registry.ts";

export const modelEntry = z.object({
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

/** What `/v1/schema` says. */
export const modelSchema = z.object({
  model: z.string(),
  entityTypes: z.array(z.string()),
  relationTypes: z.array(z.string()),
  argumentTypes: z
    .array(z.object({ head: z.string(), tail: z.string() }))
    .optional()
    .describe("types of entities between which the training data has relations, in models of pairs"),
});

export function describeSchema({ name, extractor }: ServedModel): z.output<typeof modelSchema> {
  const { lexicon } = extractor.model.description;
  const pairs = lexicon.argumentTypes?.names.map((label) => {
    const [head = "", tail = ""] = label.split("\t");
    return { head, tail };
  });
  return { model: name, ...labelsOf(lexicon), ...(pairs === undefined ? {} : { argumentTypes: pairs }) };
}

export function describeModel({ name, extractor: { model }, loadedAt }: ServedModel, isDefault: boolean): ModelEntry {
  const { description, definition, store, engine } = model;
  const { words } = description.lexicon;
  return {
    name,
    default: isDefault,
    kind: definition.name,
    paper: definition.paper,
    needsEntities: definition.capabilities.needsGoldEntities,
    ...labelsOf(description.lexicon),
    threshold: description.threshold,
    parameters: store.layout.reduce((sum, { rows, columns }) => sum + rows * columns, 0),
    words: words.size,
    kernels: engine.build,
    loadedAt: loadedAt.toISOString(),
  };
}

function labelsOf(lexicon: Lexicon): { entityTypes: string[]; relationTypes: string[] } {
  return { entityTypes: entityTypesOf(lexicon), relationTypes: [...lexicon.relations.names] };
}
