import { z } from "zod";
import { type Catalogue, schemaFrom } from "../../catalogue.ts";
import type { ModelDefinition } from "../model.ts";

/** A model of the catalogue with its own settings, as it stands in a configuration. */
export type NamedModel = { readonly name: string } & Readonly<Record<string, unknown>>;

export interface PipelineSettings {
  readonly tagger: NamedModel;
  readonly classifier: NamedModel;
  readonly entities: "gold" | "predicted-and-gold";
}

/** Settings of a pipeline of any tagger with any classifier of pairs, each with all of its own. */
export function pipelineSettings(catalogue: Catalogue<ModelDefinition>) {
  const choice = (takes: (definition: ModelDefinition) => boolean) =>
    schemaFrom(
      catalogue,
      () =>
        z.discriminatedUnion(
          "name",
          [...catalogue].filter(takes).map(({ name, settings }) => settings.extend({ name: z.literal(name) })) as never,
        ) as unknown as z.ZodType<NamedModel>,
    );
  return z.strictObject({
    tagger: choice(isTagger).prefault({ name: "bilstm-tagger" }).describe("the model that finds entities, with its settings"),
    classifier: choice(isClassifier).prefault({ name: "bio-mtl" }).describe("the model that relates them, with its settings"),
    entities: z
      .enum(["gold", "predicted-and-gold"])
      .default("gold")
      .describe(
        "entities that the classifier learns from: annotated ones, or each training sentence once more with those that the tagger finds, where they differ",
      ),
  });
}

/** Models that find entities themselves, and are not made of others. */
function isTagger({ capabilities, parts }: ModelDefinition): boolean {
  return !capabilities.needsGoldEntities && parts === undefined;
}

function isClassifier({ capabilities }: ModelDefinition): boolean {
  return capabilities.needsGoldEntities;
}
