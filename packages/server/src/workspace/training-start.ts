import { resolve } from "node:path";
import type { Document } from "@weft-nlp/core";
import type { BuiltModel } from "@weft-nlp/core/inference";
import { parseConfig, type TrainConfig } from "@weft-nlp/core/training";
import { entityTypesOf } from "@weft-nlp/core/vocabulary";
import { exists } from "@weft-nlp/node/files";
import type { ServedModel } from "../extraction/model-registry.ts";
import { configOf, runFolderOf } from "./known-model.ts";

/** What a training on corrected sentences starts from. */
export interface TrainingStart {
  /** Everything but the data, which is that of `base` or a placeholder. */
  readonly config: TrainConfig;
  /** The configuration of a run, if there is one with data. */
  readonly base: TrainConfig | undefined;
  /** What the training does not take from the model, and why; empty if it takes everything. */
  readonly words: string;
}

/** Stands in the place of paths until the data is split. */
const placeholder = { train: "train.jsonl", dev: "dev.jsonl" };

/**
 * Starts from a served model: its weights, words and labels, with the settings of its run or, for a
 * model by itself, those of the bundled corpus. It then trains for a quarter of the epochs, as it
 * knows most already.
 *
 * A model does not learn types that it has no label for, and the mean of several networks is not a
 * network. Then only the settings are used.
 */
export async function startFromModel(
  { folder, extractor: { model } }: Pick<ServedModel, "folder" | "extractor">,
  documents: readonly Document[],
): Promise<TrainingStart> {
  const runFolder = await runFolderOf(folder);
  const run = runFolder === undefined ? undefined : await configOf(runFolder);
  const config = run ?? configLike(model);
  const base = run !== undefined && (await exists(run.data.train)) && (await exists(run.data.dev)) ? run : undefined;
  const unknown = unknownTypes(model, documents);
  const whole = model.description.members === undefined;
  if (unknown.length === 0 && whole) {
    const epochs = Math.max(minEpochs, Math.ceil(config.training.epochs / 4));
    return { config: { ...config, init: resolve(folder), training: { ...config.training, epochs } }, base, words: "" };
  }
  const { init: _, ...fresh } = config;
  const why = whole ? `the model does not know ${listed(unknown)}` : "the model is an ensemble";
  return { config: { ...fresh, vectors: run === undefined ? "auto" : config.vectors }, base, words: `from new weights: ${why}` };
}

/** Starts from nothing, with the settings of a run or those of the bundled corpus. */
export function startFresh(base: TrainConfig | undefined): TrainingStart {
  return { config: base ?? smallConfig(), base, words: "" };
}

const minEpochs = 4;

/** Settings that train in a minute or two on a few hundred sentences. */
function smallConfig(): TrainConfig {
  return parseConfig({
    data: placeholder,
    vocabulary: { minCount: 2, foldNumbers: true, unknown: "shape" },
    model: { name: "rin", rounds: 2, inputDropout: 0.3, wordDropout: 0.1 },
    optimizer: { name: "adam", rate: 0.002 },
    training: { epochs: 40, batch: 16, chunk: 4, schedule: { name: "linear" } },
  });
}

/** Such settings for a network like this one. Its word vectors are among its weights. */
function configLike({ description: { name, settings, reading, text, negatives, threshold } }: BuiltModel): TrainConfig {
  const { training, optimizer, vocabulary } = smallConfig();
  return parseConfig({
    data: { ...placeholder, ...(negatives === undefined ? {} : { negatives }) },
    ...(reading === undefined ? {} : { reading }),
    ...(text === undefined ? {} : { text }),
    vectors: "off",
    vocabulary,
    model: { name, ...settings },
    optimizer,
    training: { ...training, ...(typeof threshold === "number" ? { threshold } : {}) },
  });
}

function unknownTypes({ description: { lexicon } }: BuiltModel, documents: readonly Document[]): string[] {
  const known = new Set([...(lexicon.typed ? entityTypesOf(lexicon) : []), ...lexicon.relations.names]);
  const used = documents.flatMap(({ entities, relations }) => [
    ...(lexicon.typed ? entities.flatMap(({ type }) => type ?? []) : []),
    ...relations.map(({ type }) => type),
  ]);
  const negatives = new Set(["no_relation", "Other", "None", "NA"]);
  return [...new Set(used)].filter((type) => !known.has(type) && !negatives.has(type)).sort();
}

function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more types`;
}
