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
}

/** Hands frozen networks to the parts of a model that read them. */
export interface FrozenSource {
  /**
   * @param user the name of the part that reads it
   * @throws {ArchiveError} ENCODER_MISSING if there is none of this name
   */
  use(user: string, reference: FrozenReference): FrozenNetwork;
}
