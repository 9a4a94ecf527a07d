import type { BuiltModel } from "../inference/index.ts";
import type { ProtocolName, Report } from "../metrics/index.ts";
import type { Losses, ModelPart, PairCounts } from "../models/index.ts";
import type { Omission } from "../schema/index.ts";
import type { VectorCoverage, VectorsOrigin, VectorsShape } from "../vocabulary/index.ts";
import type { DevScore, Progress } from "./checkpoint.ts";
import type { FeaturesEvent } from "./features.ts";

/**
 * The part of the model that an event is about; absent for models without parts. Steps are counted
 * across all parts, epochs within each.
 */
export interface OfPart {
  readonly part?: ModelPart["name"] | undefined;
}

/** The word vectors of a model: what they are, and which running words of the data they know. */
export interface VectorsReport extends VectorsOrigin, VectorsShape {
  readonly train: VectorCoverage;
  readonly dev: VectorCoverage;
}

/** Training, or the training of a part, begins. */
export interface StartEvent extends OfPart {
  readonly kind: "start";
  /** Sentences in train. */
  readonly train: number;
  /** Sentences in dev. */
  readonly dev: number;
  /** Rows of the word table: the words of train and the rows of unknown words. */
  readonly words: number;
  readonly tags: number;
  readonly relations: number;
  /** Counts of the training pairs, for models that classify pairs. */
  readonly pairs: PairCounts | undefined;
  /** Number of parameters, counting each cell. */
  readonly parameters: number;
  readonly build: string;
  /** The kernels that compute, from `kernelMark`. */
  readonly kernels: string;
  /**
   * Set if the training resumes a checkpoint of other kernels: their name from `kernelMark`, or
   * `unknown`. The weights may then differ in their last bits from those of an uninterrupted
   * training.
   */
  readonly otherKernels: string | undefined;
  readonly vectors: VectorsReport | undefined;
  /** Annotation in train that the model cannot represent. */
  readonly omissions: readonly Omission[];
  /**
   * Annotation in dev that the model cannot represent, including labels that train lacks. It counts
   * as missed in every score.
   */
  readonly devOmissions: readonly Omission[];
  /** Steps of the whole training, and those done before it was resumed. */
  readonly steps: number;
  readonly stepsDone: number;
}

/** One update of the weights. */
export interface StepEvent extends OfPart {
  readonly kind: "step";
  readonly epoch: number;
  readonly step: number;
  /** The loss, averaged over the sentences of the batch. */
  readonly loss: number;
  /** The parts of the loss, averaged likewise. */
  readonly losses: Losses;
  /** The global norm of the gradient before clipping. */
  readonly gradNorm: number;
  /** Sentences in the batch. */
  readonly sentences: number;
  /**
   * With minimum risk training, at the first step of an epoch: the norm of the risk's gradient
   * divided by the norm of the gradient of the model's own losses, before clipping.
   */
  readonly riskRatio?: number | undefined;
}

/** An evaluation on dev. */
export interface EvaluationEvent extends OfPart, DevScore {
  readonly kind: "evaluation";
  readonly epoch: number;
  readonly step: number;
  readonly protocol: ProtocolName;
  readonly report: Report;
  /** Whether this epoch is the best so far; of equal epochs, the later one is. */
  readonly improved: boolean;
  /**
   * The model with the weights of this epoch. Call it before requesting the next event. While the
   * first part of a model with parts is trained, it is that part alone.
   */
  readonly current: () => BuiltModel;
}

/**
 * Emitted after every epoch. To save a checkpoint, call `bytes` before requesting the next event.
 */
export interface CheckpointEvent extends OfPart {
  readonly kind: "checkpoint";
  readonly epoch: number;
  readonly step: number;
  bytes(): Uint8Array<ArrayBuffer>;
}

/** A part has been trained. The next part follows, or the end. */
export interface PartEvent extends Required<OfPart> {
  readonly kind: "part";
  readonly reason: EndEvent["reason"];
  readonly epoch: number;
  readonly step: number;
  readonly best: Progress["best"];
}

/** Training is complete. */
export interface EndEvent {
  readonly kind: "end";
  readonly reason: "epochs" | "patience";
  readonly epoch: number;
  readonly step: number;
  /** The best evaluation on dev; for a model with parts, that of the last part. */
  readonly best: Progress["best"];
  /** The network with the weights of its best epoch. */
  readonly model: BuiltModel;
  /** The last checkpoint. A training resumed from it ends at once. */
  bytes(): Uint8Array<ArrayBuffer>;
}

/** An event of a training, distinguished by `kind`. */
export type TrainEvent =
  | StartEvent
  | (FeaturesEvent & OfPart)
  | StepEvent
  | EvaluationEvent
  | CheckpointEvent
  | PartEvent
  | EndEvent;
