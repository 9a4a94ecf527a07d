import { z } from "zod";
import { type Catalogue, schemaFrom } from "../../catalogue.ts";
import type { ModelDefinition } from "../model.ts";

/** A model of the catalogue with its settings, as in a configuration. */
export type NamedModel = { readonly name: string } & Readonly<Record<string, unknown>>;

export interface PipelineSettings {
  readonly tagger: NamedModel;
  readonly classifier: NamedModel;
  readonly entities: "gold" | "predicted-and-gold";
}

/** Settings of a pipeline: any tagger and any classifier of pairs, each with its full settings. */
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
        "entities that the classifier learns from: annotated ones, or also those the tagger predicts in the training sentences",
      ),
  });
}

/** Whether a model finds entities itself and has no parts. */
function isTagger({ capabilities, parts }: ModelDefinition): boolean {
  return !capabilities.needsGoldEntities && parts === undefined;
}

function isClassifier({ capabilities }: ModelDefinition): boolean {
  return capabilities.needsGoldEntities;
}
