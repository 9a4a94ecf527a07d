import type { Sentence } from "@weft-nlp/core";
import type { BuiltModel } from "@weft-nlp/core/inference";
import {
  buildMemoryBaseline,
  type EvaluationOptions,
  evaluate,
  type IntervalOptions,
  type Prediction,
  type Report,
} from "@weft-nlp/core/metrics";
import { threadExecutor } from "../workers/thread-executor.ts";
import { type ComputeOptions, threadCount } from "./model-folder.ts";

export interface PredictOptions extends ComputeOptions {
  /** Probability from which a relation counts; the model's own where left out. */
  readonly threshold?: number | undefined;
  readonly onProgress?: ((sentences: number) => void) | undefined;
}

export interface EvaluateModelOptions extends PredictOptions {
  /** The model's own where left out. */
  readonly protocols?: readonly string[] | undefined;
  /** Training sentences, for the memory baseline and for seen and unseen triples. */
  readonly train?: readonly Sentence[] | undefined;
  /**
   * Asks for bootstrap intervals, which take about a second where a model predicts a lot; none
   * unless given, `{}` is 1,000 resamples.
   */
  readonly intervals?: IntervalOptions | undefined;
}

/**
 * The protocols that say most about a model's output: those it names, or by whether entities have
 * types.
 */
export function defaultProtocols({ description, definition }: BuiltModel): readonly string[] {
  const named = definition.protocols?.(description.settings);
  if (named !== undefined) return named;
  return description.lexicon.typed
    ? ["strict", "boundaries", "ner-strict", "ner-boundaries"]
    : ["exact", "partial-last", "rin-partial", "rin-exact", "ner-boundaries"];
}

const stride = 512;

/**
 * What a model finds in sentences, in their order, whatever annotation they came with; a classifier
 * of pairs is given their entities.
 */
export async function predictSentences(
  built: BuiltModel,
  sentences: readonly Sentence[],
  options: PredictOptions = {},
): Promise<Prediction[]> {
  const executor = await threadExecutor(built, threadCount(options), options);
  const predictions: Prediction[] = [];
  try {
    const threshold = options.threshold ?? built.description.threshold;
    for (let at = 0; at < sentences.length; at += stride) {
      const examples = sentences.slice(at, at + stride).map((sentence) => built.encoder.encode(sentence));
      predictions.push(...(await executor.predict(examples, { threshold })));
      options.onProgress?.(predictions.length);
    }
  } finally {
    await executor.close();
  }
  return predictions;
}

/** Predicts the sentences and scores what was found. */
export async function evaluateModel(
  built: BuiltModel,
  sentences: readonly Sentence[],
  options: EvaluateModelOptions = {},
  words: Pick<EvaluationOptions, "dataSet" | "split" | "selection" | "seeds" | "ignoredTypes" | "onlyTypes"> = {},
): Promise<{ report: Report; predictions: Prediction[] }> {
  const predictions = await predictSentences(built, sentences, options);
  const report = evaluate(sentences, predictions, {
    protocols: options.protocols ?? defaultProtocols(built),
    memory: options.train === undefined ? undefined : buildMemoryBaseline(options.train),
    intervals: options.intervals,
    ...words,
  });
  return { report, predictions };
}
