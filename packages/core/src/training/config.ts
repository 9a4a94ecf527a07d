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

const rate = (value: number) => z.number().positive().default(value).describe("learning rate");
const share = (value: number, words: string) => z.number().min(0).lt(1).default(value).describe(words);
const epsilon = (value: number) => z.number().positive().default(value).describe("ε, added so that no step divides by 0");

const optimizerSettings = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("adam").default("adam"),
    rate: rate(1e-3),
    beta1: share(0.9, "β₁, how much of its running mean of gradients a step keeps"),
    beta2: share(0.999, "β₂, how much of its running mean of squared gradients a step keeps"),
    epsilon: epsilon(1e-8),
  }),
  z.strictObject({
    name: z.literal("adamw"),
    rate: rate(1e-3),
    beta1: share(0.9, "β₁, how much of its running mean of gradients a step keeps"),
    beta2: share(0.999, "β₂, how much of its running mean of squared gradients a step keeps"),
    epsilon: epsilon(1e-8),
    decay: z
      .number()
      .min(0)
      .default(0.01)
      .describe("weight decay: how much of a weight a step removes, times the rate; biases do not decay"),
  }),
  z.strictObject({
    name: z.literal("adadelta"),
    rate: rate(1),
    rho: share(0.9, "ρ, how much of its running means of squares a step keeps"),
    epsilon: epsilon(1e-6),
  }),
  z.strictObject({
    name: z.literal("rmsprop"),
    rate: rate(1e-3),
    rho: share(0.99, "ρ, how much of its running mean of squared gradients a step keeps"),
    epsilon: epsilon(1e-8),
  }),
  z.strictObject({ name: z.literal("sgd"), rate: rate(0.1) }),
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
      .describe("sentences that a worker takes at once; it affects rounding, and so the last bits of the weights"),
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
      .describe(
        "evaluations without progress on dev before training stops, which it does only once something is right; 0: never",
      ),
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
      .describe("which of equal epochs to keep: the one with better entities, or else the later one (the default); or the first"),
  });

/** The model of a configuration that names none: the one that scores best on typed entities. */
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
    seed: z.int().min(0).default(1).describe("decides everything that is random in training"),
    data: z.strictObject({
      train: z.string().describe("the sentences to learn from: a file, or a folder of documents"),
      dev: z.string().describe("the sentences that choose the best epoch"),
      test: z.string().optional().describe("the sentences that are scored once, at the end"),
      negatives: z
        .array(z.string().min(1))
        .optional()
        .describe(
          "relation types that mean no relation, such as no_relation and Other; defaults to those that the format defines",
        ),
      columns: z
        .record(z.string(), z.string())
        .optional()
        .describe(
          "which column of a table of pairs holds what: sentence, head, tail, relation, …; found by their usual names by default",
        ),
      trainSentences: z.int().min(1).optional().describe("train only on this many sentences, the first of train"),
    }),
    reading: z
      .strictObject({
        unit: z
          .enum(readingUnits)
          .default("sentence")
          .describe("what the model reads at once: a sentence, or neighbouring ones of a paragraph or document that fit"),
        tokens: z.int().min(1).max(4096).default(256).describe("max tokens in sentences that are read together"),
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
          .describe("how to split words further: units splits 5mg into 5 and mg; hyphens splits COVID-19-related at each hyphen"),
      })
      .optional()
      .describe("how text becomes words and sentences in formats without words; the model remembers it"),
    vectors: z
      .string()
      .default("auto")
      .describe(
        "word vectors: a file, or a folder or an installed package that has one, or off; auto: those of @weft-nlp/vectors-en if at least half of the letters in train are Latin and the word embeddings have the same width",
      ),
    vocabulary: lexiconSettings.prefault({}),
    model: modelSettings(),
    constraints: constraintSettings.optional().describe("constraints on predicted relations"),
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
