import type { BuildOptions, BuiltModel, Weights } from "../inference/index.ts";
import type { Sentence } from "../schema/index.ts";
import type { Lexicon, WordVectors } from "../vocabulary/index.ts";
import type { TrainConfig } from "./config.ts";
import type { ExecutorFactory } from "./executor.ts";

export interface TrainInput {
  readonly config: TrainConfig;
  readonly train: readonly Sentence[];
  readonly dev: readonly Sentence[];
  /** Reads word vectors for the words asked; called once, with the vocabulary. */
  readonly vectors?: ((words: ReadonlySet<string>, countOf: (word: string) => number) => Promise<WordVectors>) | undefined;
  /**
   * What training starts from in place of fresh weights: those of `config.init`, with the words and
   * labels they belong to.
   */
  readonly init?: InitialModel | undefined;
  /** Words and labels; those of train where left out. */
  readonly lexicon?: Lexicon | undefined;
  /** Where the work is done; this thread where left out. */
  readonly executor?: ExecutorFactory<BuiltModel> | undefined;
  readonly engine?: Pick<BuildOptions, "build" | "shared"> | undefined;
  /** A checkpoint of the same training, to go on from. */
  readonly resume?: { readonly bytes: Uint8Array; readonly source: string } | undefined;
  /** Stops after the step under way. */
  readonly signal?: AbortSignal | undefined;
}

export interface InitialModel {
  readonly lexicon: Lexicon;
  readonly weights: Weights;
  /** Where they come from, for errors. */
  readonly source: string;
}
