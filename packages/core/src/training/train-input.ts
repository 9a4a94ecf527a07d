import type { BuildOptions, BuiltModel, Weights } from "../inference/index.ts";
import type { Sentence } from "../schema/index.ts";
import type { Lexicon, WordVectors } from "../vocabulary/index.ts";
import type { TrainConfig } from "./config.ts";
import type { ExecutorFactory } from "./executor.ts";

/** Everything that a training reads: configuration, data, and where to start and to work. */
export interface TrainInput {
  readonly config: TrainConfig;
  /** Annotated sentences to learn from. */
  readonly train: readonly Sentence[];
  /** Annotated sentences that choose the best epoch. */
  readonly dev: readonly Sentence[];
  /**
   * Word vectors. The model knows all their words; those of train start from them, and the others
   * keep them. Ignored with `init`, whose model has its own.
   */
  readonly vectors?: WordVectors | undefined;
  /** The model of `config.init` to start from; defaults to random weights. */
  readonly init?: InitialModel | undefined;
  /** Words and labels; defaults to those of `train`. Ignored with `init`. */
  readonly lexicon?: Lexicon | undefined;
  /** Creates the executor that does the work; defaults to this thread. */
  readonly executor?: ExecutorFactory<BuiltModel> | undefined;
  readonly engine?: Pick<BuildOptions, "build" | "shared"> | undefined;
  /** A checkpoint of the same training to resume from. */
  readonly resume?: { readonly bytes: Uint8Array; readonly source: string } | undefined;
  /** Stops the training after the current step. */
  readonly signal?: AbortSignal | undefined;
}

/** A trained model to start from: its weights, with the words and labels they belong to. */
export interface InitialModel {
  readonly lexicon: Lexicon;
  readonly weights: Weights;
  /** Where the model comes from, for error messages. */
  readonly source: string;
}
