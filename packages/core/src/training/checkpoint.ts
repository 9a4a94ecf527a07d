import { type Optimizer, type ParameterStore, ShapeError } from "@weft-nlp/tensor";
import { z } from "zod";
import { firstNotFinite, readSafetensors, type SafetensorsFile, type StoredTensor, writeSafetensors } from "../archive/index.ts";
import { ArchiveError, TrainingError } from "../errors.ts";
import { readWeights, type Weights, writeWeights } from "../inference/index.ts";

/** What dev says of an epoch. */
export interface DevScore {
  /** Micro F1 of the protocol that selects, 0 to 1. */
  readonly score: number;
  /** Micro F1 of the entities, 0 to 1; absent if the model is given them or they are the score. */
  readonly entities?: number | undefined;
}

/** The progress of a training at the end of an epoch, apart from its weights. */
export interface Progress {
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** The best evaluation on dev so far. */
  readonly best: ({ readonly epoch: number } & DevScore) | undefined;
  /** Evaluations since the best one. */
  readonly stale: number;
  /** Identifies configuration and data. A checkpoint of another training is refused. */
  readonly fingerprint: string;
  /** The kernels that computed it, as named by `kernelMark`; absent in old checkpoints. */
  readonly kernels?: string | undefined;
}

/** The contents of a checkpoint. */
export interface CheckpointParts {
  readonly store: ParameterStore;
  readonly optimizer: Optimizer;
  readonly best: Weights | undefined;
  readonly progress: Progress;
}

/**
 * The entry in a checkpoint's metadata for the SHA-256 of the file with zeros in its place: 64
 * hexadecimal digits. `writeCheckpoint` writes zeros; the caller fills it in when it stores the
 * file.
 */
export const checksumEntry = "sha256";

/**
 * Writes everything that a training needs to resume exactly, as one safetensors file.
 *
 * @throws {TrainingError} TRAINING_DIVERGED if a number is not finite
 */
export function writeCheckpoint({ store, optimizer, best, progress }: CheckpointParts): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of readWeights(store)) tensors.set(`weights/${name}`, tensor);
  for (const [name, tensor] of best ?? []) tensors.set(`best/${name}`, tensor);
  const { steps, means } = optimizer.saveState();
  for (const [name, arrays] of means) {
    for (const [k, values] of arrays.entries()) tensors.set(`mean-${k}/${name}`, { shape: [values.length], values });
  }
  const broken = firstNotFinite(tensors);
  if (broken !== undefined) {
    throw new TrainingError("TRAINING_DIVERGED", {
      at: { path: broken },
      message: "the training reached numbers that are not finite",
      hint: "lower optimizer.rate, or set training.maxNorm; earlier checkpoints are intact",
    });
  }
  const metadata = { [checksumEntry]: "0".repeat(64), progress: JSON.stringify(progress), updates: String(steps) };
  return writeSafetensors({ tensors, metadata });
}

/**
 * Restores weights and optimiser state from a checkpoint, and returns its progress and the weights
 * of the best epoch.
 *
 * @param source the file's name, for error messages
 * @throws {ArchiveError} ARCHIVE_INVALID if the file is damaged or does not fit the model;
 *   CHECKPOINT_MISMATCH if it belongs to another training
 */
export function readCheckpoint(
  bytes: Uint8Array,
  source: string,
  into: { store: ParameterStore; optimizer: Optimizer; fingerprint: string },
): { progress: Progress; best: Weights | undefined } {
  const { tensors, metadata } = readFinite(bytes, source);
  const progress = readProgress(metadata["progress"], source);
  const updates = Number(metadata["updates"]);
  if (!Number.isSafeInteger(updates) || updates < 0) throw invalid(source, "the number of updates is missing or invalid");
  if (progress.fingerprint !== into.fingerprint) {
    throw new ArchiveError("CHECKPOINT_MISMATCH", {
      at: { source },
      message: "the checkpoint belongs to a training with another configuration or other data",
      hint: "start a new run, or resume with the original configuration and data",
    });
  }
  const part = (prefix: string): Map<string, StoredTensor> =>
    new Map(
      [...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]),
    );
  writeWeights(into.store, part("weights/"), source);
  const best = part("best/");
  if (best.size !== (progress.best === undefined ? 0 : into.store.layout.length)) {
    throw invalid(source, "the weights of the best epoch do not fit the progress");
  }
  // Every parameter gets a list, even an empty one, so that an update rule with means notices if
  // they are missing.
  const means = new Map(into.store.layout.map(({ name }): [string, Float32Array[]] => [name, []]));
  for (let k = 0; k < 2; k++) {
    for (const [name, { values }] of part(`mean-${k}/`)) means.get(name)?.push(values);
  }
  try {
    into.optimizer.restoreState({ steps: updates, means });
  } catch (cause) {
    if (cause instanceof ShapeError) throw invalid(source, "the optimiser's running means do not fit the model", cause);
    throw cause;
  }
  return { progress, best: best.size === 0 ? undefined : best };
}

/**
 * Checks that a file is a whole checkpoint with finite numbers, whatever its training.
 *
 * @throws {ArchiveError} ARCHIVE_INVALID if it is damaged
 */
export function checkCheckpoint(bytes: Uint8Array, source: string): void {
  readProgress(readFinite(bytes, source).metadata["progress"], source);
}

function readFinite(bytes: Uint8Array, source: string): SafetensorsFile {
  const file = readSafetensors(bytes, source);
  const broken = firstNotFinite(file.tensors);
  if (broken !== undefined) throw invalid(source, `${broken} holds numbers that are not finite`);
  return file;
}

const count = z.int().min(0);
const progressFields = z.object({
  epoch: count,
  step: count,
  best: z.object({ epoch: count, score: z.number(), entities: z.number().optional() }).optional(),
  stale: count,
  fingerprint: z.string(),
  kernels: z.string().optional(),
});

function readProgress(text: string | undefined, source: string): Progress {
  if (text === undefined) throw invalid(source, "the file holds no training progress");
  try {
    const { epoch, step, best, stale, fingerprint, kernels } = progressFields.parse(JSON.parse(text));
    return { epoch, step, best, stale, fingerprint, kernels };
  } catch (cause) {
    throw invalid(source, "the training progress in the file cannot be read", cause);
  }
}

function invalid(source: string, message: string, cause?: unknown): ArchiveError {
  const hint = "the file is damaged or is not a checkpoint; start a new run";
  return new ArchiveError("ARCHIVE_INVALID", { at: { source }, message, hint, cause });
}
