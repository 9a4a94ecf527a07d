import type { Matrix, Tape } from "@weft-nlp/tensor";

/**
 * A network whose weights never change, and which therefore says the same of the words of a
 * sentence every time: its rows can be computed once and kept.
 */
export interface FrozenNetwork {
  /** L: the rows that each word has, one for every layer that is read. */
  readonly layers: number;
  /** W: columns of each row. */
  readonly width: number;
  /**
   * The rows of the words of each sentence, [N, L, W], as 16-bit floats. A sentence has the same
   * bits alone and among any others.
   */
  features(sentences: readonly (readonly string[])[]): Uint16Array[];
}

/** Names a frozen network, and says what is read of it. */
export interface FrozenReference {
  readonly name?: string | undefined;
  readonly path?: string | undefined;
  /** SHA-256 of its weights, as 64 hexadecimal digits. */
  readonly checksum?: string | undefined;
  /** What stands for a word of several pieces: the mean of their rows, or the first. */
  readonly pieces: "mean" | "first";
  /** The layers that are read: all, the embeddings among them, or the last. */
  readonly layers: "mix" | "last";
  /** How the model trains it; false or absent if its weights stay as they are. */
  readonly train?: FineTuning | false | undefined;
}

/** How a model trains a pretrained network. */
export interface FineTuning {
  /** The first layer to train, 0 being the embeddings: those below it keep their weights. */
  readonly freezeBelow: number;
  /** The learning rate of its weights. */
  readonly rate: number;
  /** The weight decay of its weights, with an optimiser that has one. */
  readonly decay: number;
  /** Dropout inside the network, in training. */
  readonly dropout: number;
}

/** A pretrained network whose weights are among the model's own and are trained with them. */
export interface TrainedNetwork {
  /** L: how many layers are read. */
  readonly layers: number;
  /** W: columns of each row. */
  readonly width: number;
  /**
   * The rows of all words in each layer that is read, L times [ΣN, W]. A sentence has the same bits
   * alone and among any others.
   *
   * @param tokens the words of all sentences, end to end
   * @param offsets the start of each sentence, then the end of the last
   */
  words(tape: Tape, tokens: readonly string[], offsets: Int32Array): Matrix[];
}
