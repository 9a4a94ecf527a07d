import type { BuiltModel } from "../inference/index.ts";
import type { ProtocolName, Report } from "../metrics/index.ts";
import type { Losses, ModelPart, PairCounts } from "../models/index.ts";
import type { Omission } from "../schema/index.ts";
import type { WordVectors } from "../vocabulary/index.ts";
import type { Progress } from "./checkpoint.ts";

/**
 * Of which part of a model an event tells, where the model is trained part by part. Steps count
 * through all parts, epochs begin anew.
 */
export interface OfPart {
  readonly part?: ModelPart["name"] | undefined;
}

export interface StartEvent extends OfPart {
  readonly kind: "start";
  readonly train: number;
  readonly dev: number;
  readonly words: number;
  readonly tags: number;
  readonly relations: number;
  /** What training pairs there are, for models that classify them. */
  readonly pairs: PairCounts | undefined;
  /** Numbers learnt. */
  readonly parameters: number;
  readonly build: string;
  /**
   * Where the training goes on from a checkpoint of other kernels: those, as `kernelMark` names
   * them, or `unknown` where it does not say. The weights may then differ in their last bits from
   * those of a training that was never stopped.
   */
  readonly otherKernels: string | undefined;
  readonly vectors: WordVectors["coverage"] | undefined;
  /** What the model cannot hold of the training data. */
  readonly omissions: readonly Omission[];
  /**
   * What it cannot hold of dev, labels that training lacks among it; they count as missed in every
   * score.
   */
  readonly devOmissions: readonly Omission[];
  /** Steps of the whole training, and those done before it was resumed. */
  readonly steps: number;
  readonly stepsDone: number;
}

export interface StepEvent extends OfPart {
  readonly kind: "step";
  readonly epoch: number;
  readonly step: number;
  /** Mean over the sentences of the batch, and its parts. */
  readonly loss: number;
  readonly losses: Losses;
  readonly gradNorm: number;
  readonly sentences: number;
}

export interface EvaluationEvent extends OfPart {
  readonly kind: "evaluation";
  readonly epoch: number;
  readonly step: number;
  readonly protocol: ProtocolName;
  /** F1 of the protocol on dev. */
  readonly score: number;
  readonly report: Report;
  readonly improved: boolean;
}

/**
 * Emitted after every epoch; whoever wants a checkpoint calls `bytes`, before asking for the next
 * event.
 */
export interface CheckpointEvent extends OfPart {
  readonly kind: "checkpoint";
  readonly epoch: number;
  readonly step: number;
  bytes(): Uint8Array<ArrayBuffer>;
}

/** A part has been trained; the next one begins, or the end comes. */
export interface PartEvent extends Required<OfPart> {
  readonly kind: "part";
  readonly reason: EndEvent["reason"];
  readonly epoch: number;
  readonly step: number;
  readonly best: Progress["best"];
}

export interface EndEvent {
  readonly kind: "end";
  readonly reason: "epochs" | "patience";
  readonly epoch: number;
  readonly step: number;
  /** The best evaluation on dev; of the last part, where a model has parts. */
  readonly best: Progress["best"];
  /** The network with the weights of its best epoch. */
  readonly model: BuiltModel;
  /** The last checkpoint: with it, the training is over at once when it is resumed. */
  bytes(): Uint8Array<ArrayBuffer>;
}

export type TrainEvent = StartEvent | StepEvent | EvaluationEvent | CheckpointEvent | PartEvent | EndEvent;
