import type { Optimizer, ParameterStore } from "@weft/tensor";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../archive/index.ts";
import { ArchiveError } from "../errors.ts";
import { readWeights, type Weights, writeWeights } from "../inference/index.ts";

/** Where a training stands at the end of an epoch, beside its weights. */
export interface Progress {
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** The best evaluation on dev so far. */
  readonly best: { readonly epoch: number; readonly score: number } | undefined;
  /** Evaluations since then. */
  readonly stale: number;
  /** Identifies configuration and data; a checkpoint of another training is refused. */
  readonly fingerprint: string;
}

export interface CheckpointParts {
  readonly store: ParameterStore;
  readonly optimizer: Optimizer;
  readonly best: Weights | undefined;
  readonly progress: Progress;
}

/** Everything a training needs to go on as if it had never stopped, as one safetensors file. */
export function writeCheckpoint({ store, optimizer, best, progress }: CheckpointParts): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of readWeights(store)) tensors.set(`weights/${name}`, tensor);
  for (const [name, tensor] of best ?? []) tensors.set(`best/${name}`, tensor);
  const { steps, means } = optimizer.saveState();
  for (const [name, arrays] of means) {
    for (const [k, values] of arrays.entries()) tensors.set(`mean-${k}/${name}`, { shape: [values.length], values });
  }
  return writeSafetensors({ tensors, metadata: { progress: JSON.stringify(progress), updates: String(steps) } });
}

/** Puts weights and optimiser back and returns the rest. @throws {ArchiveError} ARCHIVE_INVALID, CHECKPOINT_MISMATCH */
export function readCheckpoint(
  bytes: Uint8Array,
  source: string,
  into: { store: ParameterStore; optimizer: Optimizer; fingerprint: string },
): { progress: Progress; best: Weights | undefined } {
  const { tensors, metadata } = readSafetensors(bytes, source);
  const progress = JSON.parse(metadata["progress"] ?? "null") as Progress | null;
  if (progress === null) {
    throw new ArchiveError("ARCHIVE_INVALID", { at: { source }, message: "the file holds no training progress" });
  }
  if (progress.fingerprint !== into.fingerprint) {
    throw new ArchiveError("CHECKPOINT_MISMATCH", {
      at: { source },
      message: "the checkpoint was written under another configuration or with other training data",
      hint: "start a new run, or go on with the configuration and data the run began with",
    });
  }
  const part = (prefix: string): Map<string, StoredTensor> =>
    new Map(
      [...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]),
    );
  writeWeights(into.store, part("weights/"), source);
  const means = new Map<string, Float32Array[]>();
  for (let k = 0; k < 2; k++) {
    for (const [name, { values }] of part(`mean-${k}/`)) means.set(name, [...(means.get(name) ?? []), values]);
  }
  into.optimizer.restoreState({ steps: Number(metadata["updates"] ?? 0), means });
  const best = part("best/");
  return { progress, best: best.size === 0 ? undefined : best };
}
