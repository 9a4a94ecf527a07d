import * as z from "zod";
import { constraintSettings } from "../constraints/index.ts";
import { inputParts } from "../encoders/index.ts";
import { protocols } from "../metrics/index.ts";
import { models } from "../models/index.ts";
import { objectiveSettings, objectives } from "../objectives/index.ts";
import { readingUnits } from "../schema/index.ts";
import { configError, printPath } from "../settings/index.ts";
import { newlineRules, tokenSplits } from "../text/index.ts";
import { type LexiconNeeds, lexiconSettings } from "../vocabulary/lexicon.ts";

const optimizerSettings = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("adam").default("adam"),
    rate: z.number().positive().default(1e-3),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
  }),
  z.strictObject({
    name: z.literal("adamw"),
    rate: z.number().positive().default(1e-3),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
    decay: z.number().min(0).default(0.01).describe("share of a weight that decays in a step at a rate of 1; biases do not"),
  }),
  z.strictObject({
    name: z.literal("adadelta"),
    rate: z.number().positive().default(1),
    rho: z.number().min(0).lt(1).default(0.9),
    epsilon: z.number().positive().default(1e-6),
  }),
  z.strictObject({
    name: z.literal("rmsprop"),
    rate: z.number().positive().default(1e-3),
    rho: z.number().min(0).lt(1).default(0.99),
    epsilon: z.number().positive().default(1e-8),
  }),
  z.strictObject({ name: z.literal("sgd"), rate: z.number().positive().default(0.1) }),
]);

const scheduleSettings = z.strictObject({
  name: z.enum(["constant", "linear", "cosine"]).default("constant").describe("how the learning rate falls after the warm-up"),
  warmup: z.number().min(0).max(1).default(0).describe("share of all steps in which the rate rises from 0"),
  final: z.number().min(0).max(1).default(0).describe("the rate at the end, as a share of the full one"),
});

const groupSettings = z.strictObject({
  parameters: z.string().min(1).describe("beginning of their names; the first group that names a parameter counts"),
  rate: z.number().positive().optional().describe("replaces optimizer.rate"),
  decay: z.number().min(0).optional().describe("replaces optimizer.decay"),
});

const trainingSettings = () =>
  z.strictObject({
    epochs: z.int().min(1).default(100).describe("number of passes over the training data"),
    batch: z.int().min(1).default(50).describe("sentences per step"),
    chunk: z
      .int()
      .min(1)
      .default(5)
      .describe("sentences a worker takes at once; it affects rounding, so it changes the last bits"),
    shuffle: z.boolean().default(true).describe("shuffle the sentences in every epoch; false keeps the file's order"),
    maxNorm: z.number().positive().default(5).describe("maximum global norm of the gradient; a longer one is scaled down to it"),
    tables: z.enum(["lazy", "dense"]).default("lazy").describe("embedding rows to update: those of the batch, or all"),
    groups: z.array(groupSettings).optional().describe("parameters with a learning rate or weight decay of their own"),
    schedule: scheduleSettings.prefault({}),
    evaluateEvery: z.int().min(1).default(1).describe("epochs between evaluations on dev"),
    patience: z
      .int()
      .min(0)
      .default(20)
      .describe("evaluations without a better dev score before training stops, counted once something is right; 0: never"),
    threshold: z.number().gt(0).lt(1).default(0.5).describe("minimum probability of a relation"),
    select: z
      .enum(["auto", ...protocols.names])
      .default("auto")
      .describe(
        "protocol whose dev F1 chooses the best epoch; auto: the model's own, else strict, or exact without entity types",
      ),
    ties: z
      .enum(["entities", "first"])
      .optional()
      .describe("which of equal epochs to keep: that with the better entities, else the later (the default), or the first"),
  });

/** The model of a configuration that names none: the one that measures best on typed entities. */
const defaultModel = "joint-nn";

type ModelSettings = { readonly name: string } & Readonly<Record<string, unknown>>;

/** The section `model`: the name of a model with its settings, or its name alone. */
const modelSettings = () => {
  const named = z.discriminatedUnion(
    "name",
    [...models].map(({ name, settings }) =>
      settings.extend({ name: name === defaultModel ? z.literal(name).default(name) : z.literal(name) }),
    ) as never,
  ) as unknown as z.ZodType<ModelSettings>;
  return z
    .union([z.enum(models.names).transform((name) => named.parse({ name })), named])
    .prefault({ name: defaultModel }) as z.ZodType<ModelSettings>;
};

/** Settings for one part of a model. Each section replaces the top-level one of the same name. */
const partSettings = () =>
  z.strictObject({
    objective: objectiveSettings().optional().describe("replaces objective"),
    optimizer: optimizerSettings.optional().describe("replaces optimizer"),
    training: trainingSettings().optional().describe("replaces training"),
  });

const makeSchema = () =>
  z.strictObject({
    seed: z.int().min(0).default(1),
    data: z.strictObject({
      train: z.string(),
      dev: z.string(),
      test: z.string().optional(),
      negatives: z
        .array(z.string().min(1))
        .optional()
        .describe(
          "relation types that mean no relation, such as no_relation and Other; by default those that the format defines",
        ),
      columns: z
        .record(z.string(), z.string())
        .optional()
        .describe("which column of a table of pairs holds what: sentence, head, tail, relation, …; by default by usual names"),
      trainSentences: z.int().min(1).optional().describe("train on only the first so many sentences of train"),
    }),
    reading: z
      .strictObject({
        unit: z
          .enum(readingUnits)
          .default("sentence")
          .describe("what the model reads at once: a sentence, or neighbouring ones of a paragraph or document that fit"),
        tokens: z.int().min(1).max(4096).default(256).describe("max tokens of several sentences read at once"),
      })
      .optional()
      .describe("relations across sentences; by default every sentence is read alone"),
    text: z
      .strictObject({
        newlines: z
          .enum(newlineRules)
          .default("auto")
          .describe("single line breaks: soft, a space; hard, the end of a sentence; auto: what the shape of each text shows"),
        split: z
          .array(z.enum(tokenSplits))
          .default([])
          .describe("where words are split further: units, 5mg into 5 and mg; hyphens, COVID-19-related at each hyphen"),
      })
      .optional()
      .describe("how text becomes words and sentences in formats without words; the model remembers it"),
    vectors: z
      .string()
      .default("auto")
      .describe(
        "word vectors: a file, a folder or an installed package that holds one, or off; auto: those of @weft-nlp/vectors-en if most letters of train are Latin and the word embeddings are as wide",
      ),
    vocabulary: lexiconSettings.prefault({}),
    model: modelSettings(),
    constraints: constraintSettings.optional().describe("what predicted relations must comply with"),
    init: z.string().optional().describe("a model or run to start from: its weights, words and labels"),
    objective: objectiveSettings().prefault({ name: "likelihood" }),
    optimizer: optimizerSettings.prefault({}),
    training: trainingSettings().prefault({}),
    parts: z
      .strictObject({ tagger: partSettings().optional(), classifier: partSettings().optional() })
      .optional()
      .describe("separate sections for the parts of a pipeline"),
  });

type TrainConfigSchema = ReturnType<typeof makeSchema>;

/** A valid training configuration with all defaults filled in. */
export type TrainConfig = z.infer<TrainConfigSchema>;

let known: { readonly schema: TrainConfigSchema; readonly choices: string } | undefined;

/**
 * The schema of a training configuration file. Paths are relative to the file's folder. It accepts
 * all models, inputs, objectives and protocols registered so far.
 */
export function trainConfigSchema(): TrainConfigSchema {
  const choices = [models, inputParts, objectives, protocols].map(({ names }) => names.join()).join(";");
  if (known?.choices !== choices) known = { schema: makeSchema(), choices };
  return known.schema;
}

/**
 * Validates a configuration object and fills in its defaults.
 *
 * @throws {ConfigError} SETTING_INVALID or SETTING_UNKNOWN with the path of the first fault
 */
export function parseConfig(value: unknown): TrainConfig {
  const schema = trainConfigSchema();
  const result = schema.safeParse(value);
  if (!result.success)
    throw configError(result.error.issues, { schema, input: value, locate: (path) => ({ path: printPath(path) }) });
  return result.data;
}

/** What the lexicon must hold for the inputs of the configured model. */
export function lexiconNeedsOf({ model: { name, ...settings } }: Pick<TrainConfig, "model">): LexiconNeeds {
  return models.find(name)?.needs?.(settings) ?? {};
}
