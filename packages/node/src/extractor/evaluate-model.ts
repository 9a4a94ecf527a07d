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
  /** Minimum probability for a relation to count. Defaults to the model's own. */
  readonly threshold?: number | undefined;
  readonly onProgress?: ((sentences: number) => void) | undefined;
}

export interface EvaluateModelOptions extends PredictOptions {
  /** Defaults to the model's own. */
  readonly protocols?: readonly string[] | undefined;
  /** Training sentences, for the memory baseline and for seen and unseen triples. */
  readonly train?: readonly Sentence[] | undefined;
  /**
   * Requests bootstrap intervals, which take about a second for a model that predicts a lot. `{}`
   * means 1,000 resamples; defaults to no intervals.
   */
  readonly intervals?: IntervalOptions | undefined;
}

/**
 * The most informative protocols for a model: those it names itself, otherwise a choice that
 * depends on whether entities have types.
 */
export function defaultProtocols({ description, definition }: BuiltModel): readonly string[] {
  const named = definition.protocols?.(description.settings);
  if (named !== undefined) return named;
  if (description.lexicon.typed) return ["strict", "boundaries", "ner-strict", "ner-boundaries"];
  const ofCells = definition.capabilities.cells === true ? ["rin-partial", "rin-exact"] : [];
  return ["exact", "partial-last", ...ofCells, "ner-boundaries"];
}

const stride = 512;

/**
 * The predictions for sentences, in their order. Ignores existing annotation, except that a
 * classifier of pairs gets the entities.
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
      predictions.push(...(await executor.predict(examples, { threshold, cells: true })));
      options.onProgress?.(predictions.length);
    }
  } finally {
    await executor.close();
  }
  return predictions;
}

/** Predicts the sentences and scores the predictions. */
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
