import { requireWidth } from "../encoders/index.ts";
import { type ModelDefinition, models } from "../models/index.ts";
import type { WordVectors } from "../vocabulary/index.ts";
import type { TrainConfig } from "./config.ts";

/** The width of a word table, and the path of the setting that holds it. */
export interface WordWidth {
  readonly setting: string;
  /** Undefined if the model, or this part of it, does not read words. */
  readonly width: number | undefined;
}

/** The width of the word table of the configured model, or those of its parts. */
export function wordWidths({ model: { name, ...settings } }: Pick<TrainConfig, "model">): WordWidth[] {
  const definition: ModelDefinition | undefined = models.find(name);
  const parts = definition?.parts ?? [];
  if (parts.length === 0) return [widthIn(settings, "model")];
  return parts.map((part) => widthIn(part.model(settings), `model.${part.name}`));
}

/**
 * Checks that word vectors fit every word table of the configured model.
 *
 * @throws {DataError} VECTORS_INVALID unless the vectors have the width of every word table
 */
export function requireWidths(config: TrainConfig, vectors: WordVectors): void {
  for (const { setting, width } of wordWidths(config)) {
    if (width !== undefined) requireWidth(vectors, width, setting);
  }
}

function widthIn(settings: Readonly<Record<string, unknown>>, path: string): WordWidth {
  const words = Object(Object(settings["inputs"]).words) as { readonly size?: unknown };
  return { setting: `${path}.inputs.words.size`, width: typeof words.size === "number" ? words.size : undefined };
}
