import { kernelMark, Optimizer, type ParameterGroup, type ParameterStore } from "@weft-nlp/tensor";
import { fillWordTable, type TrainedUse } from "../encoders/index.ts";
import { ConfigError, DataError, WeftError } from "../errors.ts";
import { type BuiltModel, buildModel, readWeights, type Weights, writeWeights } from "../inference/index.ts";
import { evaluate } from "../metrics/index.ts";
import type { Example } from "../models/index.ts";
import { objectiveFor } from "../objectives/index.ts";
import type { Omission, Sentence } from "../schema/index.ts";
import { buildLexicon, type Lexicon, type LexiconNeeds, vectorCoverage } from "../vocabulary/index.ts";
import { batchesOf } from "./batches.ts";
import { type Progress, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { lexiconNeedsOf } from "./config.ts";
import { constraintsFor } from "./constraints-for.ts";
import type { TrainEvent, VectorsReport } from "./events.ts";
import { localExecutor } from "./executor.ts";
import { addFeatures } from "./features.ts";
import { fingerprint } from "./fingerprint.ts";
import { partsOf, trainParts, type WholeEvent } from "./parts.ts";
import { afterEvaluation, devScore, selectionOf } from "./selection.ts";
import { Stepper } from "./stepper.ts";
import type { TrainInput } from "./train-input.ts";
import { requireWidths } from "./word-widths.ts";

/**
 * Trains a model and yields an event for everything that happens; logging and saving are up to the
 * caller. A model with parts is trained part by part.
 *
 * The best epoch is chosen on dev. The same configuration, data and kernel build give the same
 * weights, bit for bit, for any executor and however often the training was interrupted and
 * resumed.
 *
 * @throws {DataError} CORPUS_EMPTY if train or dev holds no words
 * @throws {ConfigError} SETTING_INVALID if the objective cannot train the model
 * @throws {ArchiveError} ARCHIVE_INVALID if the weights to start from do not fit the model;
 *   CHECKPOINT_MISMATCH if the checkpoint belongs to another training
 * @throws {TrainingError} TRAINING_DIVERGED if a loss or gradient is not finite
 * @throws {WeftError} CANCELLED after the signal was aborted
 */
export async function* train(input: TrainInput): AsyncGenerator<TrainEvent, void, void> {
  const { config } = input;
  requireSentences(input.train, "train", config.data.train);
  requireSentences(input.dev, "dev", config.data.dev);
  const parts = partsOf(config);
  if (input.vectors !== undefined && input.init === undefined) requireWidths(config, input.vectors);
  if (parts.length === 0) yield* trainWhole(input);
  else yield* trainParts(input, parts, trainWhole);
}

/** @param place the model's path in the configuration, for error messages */
async function* trainWhole(input: TrainInput, place = "model"): AsyncGenerator<WholeEvent, void, void> {
  const { config, signal } = input;
  const { training } = config;
  const needs = lexiconNeedsOf(config);
  const lexicon = input.init?.lexicon ?? input.lexicon ?? buildLexicon(input.train, config.vocabulary, needs, input.vectors);
  const { name, ...settings } = config.model;
  const built = buildModel(
    {
      ...{ name: name, settings, lexicon, threshold: training.threshold, reading: config.reading, text: config.text },
      negatives: config.data.negatives,
      ...constraintsFor(config, input.train),
    },
    { ...input.engine, seed: config.seed },
  );
  const { engine, store, encoder } = built;
  objectiveFor(config.objective, built.model);
  if (input.init === undefined) fillVectors(built, config.seed, place);
  else {
    // An encoder that the other model read as it was starts from its own weights.
    const own = built.frozen.trained.map(({ prefix }) => prefix);
    writeWeights(store, input.init.weights, input.init.source, own);
    requireKnown(lexicon, needs, place);
  }
  const omissions: Omission[] = [];
  const drawn = encoder.training?.(input.train, { seed: config.seed }, omissions);
  let examples: readonly Example[] = drawn?.examples ?? input.train.map((sentence) => encoder.encode(sentence, omissions));
  const devOmissions: Omission[] = [];
  let devExamples: readonly Example[] = input.dev.map((sentence) => encoder.encode(sentence, devOmissions));
  requireGroups(store, training.groups ?? []);
  const { trained } = built.frozen;
  const optimizer = new Optimizer(engine, store, config.optimizer, {
    tables: training.tables,
    // Most pieces of an encoder occur in no batch.
    lazyTables: trained.map(({ prefix }) => prefix),
    groups: [...(training.groups ?? []), ...trained.map(groupOf)],
  });
  const selection = selectionOf(training, built);
  const { protocol } = selection;
  const mark = fingerprint(config, input.train, input.dev, lexicon.words.vectors);

  const kernels = kernelMark(engine.build);
  let progress: Progress = { epoch: 0, step: 0, best: undefined, stale: 0, fingerprint: mark, kernels };
  let best: Weights | undefined;
  if (input.resume !== undefined) {
    const { bytes, source } = input.resume;
    ({ progress, best } = readCheckpoint(bytes, source, { store, optimizer, fingerprint: mark }));
  }
  const otherKernels = progress.kernels === kernels ? undefined : (progress.kernels ?? "unknown");

  const stepsPerEpoch = Math.ceil(examples.length / training.batch);
  const steps = stepsPerEpoch * training.epochs;
  const executor = await (input.executor ?? localExecutor)(built);
  try {
    yield {
      kind: "start",
      train: input.train.length,
      dev: input.dev.length,
      words: lexicon.words.size,
      tags: lexicon.tags.size,
      relations: lexicon.relations.size,
      pairs: drawn?.pairs,
      parameters: store.layout.reduce((total, { rows, columns }) => total + rows * columns, 0),
      build: engine.build,
      kernels,
      otherKernels,
      vectors: vectorsReport(input, lexicon),
      omissions,
      devOmissions,
      steps,
      stepsDone: progress.step,
    };
    [examples, devExamples] = (yield* addFeatures(built, executor, [examples, devExamples], input.features ?? {})) as [
      readonly Example[],
      readonly Example[],
    ];
    const stepper = new Stepper(built, optimizer, executor, config, steps);
    const finished = (): boolean => training.patience > 0 && progress.stale >= training.patience;
    while (progress.epoch < training.epochs && !finished()) {
      const epoch = progress.epoch + 1;
      let { step } = progress;
      for (const batch of batchesOf(examples.length, epoch, { ...training, seed: config.seed })) {
        stopIfAsked(signal);
        yield await stepper.step(
          Array.from(batch, (index) => examples[index] as Example),
          epoch,
          step++,
          step === progress.step + 1,
        );
      }
      progress = { ...progress, epoch, step, kernels };
      if (epoch % training.evaluateEvery === 0 || epoch === training.epochs) {
        const predictions = await executor.predict(devExamples, { threshold: training.threshold, cells: true });
        const report = evaluate(input.dev, predictions, {
          protocols: [protocol, ...(selection.entities === undefined ? [] : [selection.entities])],
        });
        const scored = devScore(report, selection);
        const after = afterEvaluation(progress, epoch, scored, selection);
        const { improved } = after;
        if (improved) best = readWeights(store);
        progress = after.progress;
        yield { kind: "evaluation", epoch, step, protocol, ...scored, report, improved, current: () => built };
      }
      const state = { store, optimizer, best, progress };
      yield { kind: "checkpoint", epoch, step, bytes: () => writeCheckpoint(state) };
    }
    const last = writeCheckpoint({ store, optimizer, best, progress });
    if (best !== undefined) writeWeights(store, best, "the best epoch");
    const reason = progress.epoch < training.epochs ? "patience" : "epochs";
    const { epoch, step } = progress;
    yield { kind: "end", reason, epoch, step, best: progress.best, model: built, bytes: () => last };
  } finally {
    await executor.close();
  }
}

function requireSentences(sentences: readonly Sentence[], part: string, source: string): void {
  if (sentences.some((sentence) => sentence.tokens.length > 0)) return;
  throw new DataError("CORPUS_EMPTY", {
    at: { source, path: `data.${part}` },
    message: "the file holds no sentences",
    hint: "training needs annotated sentences in train and in dev; dev chooses the best epoch",
  });
}

/** An encoder's settings for the optimiser. Groups of the configuration come before it. */
function groupOf({ prefix, tuning: { rate, decay } }: TrainedUse): ParameterGroup {
  return { parameters: prefix, rate, decay };
}

/** Refuses a group that names no parameter, which would otherwise be silently ignored. */
function requireGroups({ layout }: ParameterStore, groups: readonly ParameterGroup[]): void {
  for (const [k, { parameters }] of groups.entries()) {
    if (layout.some(({ name }) => name.startsWith(parameters))) continue;
    const beginnings = [...new Set(layout.map(({ name }) => name.split("/").slice(0, 2).join("/")))];
    throw new ConfigError("SETTING_INVALID", {
      at: { path: `training.groups[${k}].parameters` },
      message: `no parameter begins with ${parameters}`,
      hint: `names of this model begin with ${beginnings.slice(0, 8).join(", ")}`,
    });
  }
}

/** Refuses a model to start from that lacks an input, which would otherwise be silently skipped. */
function requireKnown({ characters, pos }: Lexicon, needs: LexiconNeeds, place: string): void {
  const lacks = (input: string, what: string): ConfigError =>
    new ConfigError("SETTING_INVALID", {
      at: { path: `${place}.inputs.${input}` },
      message: `the model to start from does not know ${what}`,
      hint: `set ${place}.inputs.${input} to off, or remove init`,
    });
  if (needs.characters === true && characters === undefined) throw lacks("characters", "characters");
  if (needs.pos === "always" && pos === undefined) throw lacks("pos", "part-of-speech tags");
}

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new WeftError("CANCELLED", { message: "training was stopped", hint: "resume it from its last checkpoint" });
}

function fillVectors({ store, model, description }: BuiltModel, seed: number, place: string): void {
  if (description.lexicon.words.vectors === undefined) return;
  if (model.wordVectors === undefined) {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "vectors" },
      message: "the model does not read words, so it cannot use word vectors",
      hint: `set vectors to off, or switch ${place}.inputs.words on`,
    });
  }
  fillWordTable(store, model.wordVectors, seed);
}

function vectorsReport({ train, dev }: TrainInput, { words: { vectors } }: Lexicon): VectorsReport | undefined {
  if (vectors === undefined) return undefined;
  const { origin, count, dimension } = vectors;
  return { ...origin, count, dimension, train: vectorCoverage(vectors, train), dev: vectorCoverage(vectors, dev) };
}
