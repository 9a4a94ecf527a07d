import type { Engine, Parameter } from "@weft-nlp/tensor";
import { ArchiveError, WeftError } from "../../errors.ts";
import { parseJson } from "../../json/index.ts";
import { pieceLimit, readTransformerShape, type TensorReader, type TransformerShape } from "../transformer/index.ts";
import { EncoderNetwork } from "./encoder-network.ts";
import { TrainedEncoder, type TrainedPlace } from "./trained-encoder.ts";
import { openWordPieces, type WordPieces } from "./word-pieces.ts";

/** The files of a pretrained encoder, in the form of Hugging Face. */
export interface EncoderFiles {
  /** The encoder's name, which a model keeps. */
  readonly name: string;
  /** Where the files are, for error messages. */
  readonly source: string;
  /** SHA-256 of the weights, as 64 hexadecimal digits. */
  readonly checksum: string;
  /** The text of `config.json`. */
  readonly config: string;
  /** The text of `tokenizer.json`. */
  readonly tokenizer: string;
  /** Reads one array of `model.safetensors`, so that the file never lies in memory whole. */
  readonly weights: TensorReader;
}

/** A pretrained encoder whose files have been read and checked, apart from its weights. */
export interface PretrainedEncoder extends EncoderFiles {
  readonly shape: TransformerShape;
  readonly pieces: WordPieces;
  /**
   * Builds its network in the memory of an engine.
   *
   * @param layout the parameters of another thread's network on the same memory; without them, the
   *   weights are read
   * @throws {ArchiveError} ARCHIVE_INVALID if the weights do not fit `config.json`
   */
  build(engine: Engine, layout: readonly Parameter[] | undefined): EncoderNetwork;
  /**
   * Builds its network among the parameters of a model.
   *
   * @throws {ConfigError} SETTING_INVALID if no layer is left to train
   */
  train(place: TrainedPlace): TrainedEncoder;
}

/**
 * Reads and checks the files of a pretrained encoder. Its weights are read when a network is built.
 *
 * @throws {ArchiveError} ARCHIVE_INVALID if a file is broken, is not of the BERT family, or does
 *   not fit the others
 */
export async function openEncoder(files: EncoderFiles): Promise<PretrainedEncoder> {
  const { source, config, tokenizer } = files;
  const configSource = `${source}/config.json`;
  const shape = readTransformerShape(jsonOf(config, configSource), { source: configSource });
  const tokenizerSource = `${source}/tokenizer.json`;
  const pieces = await openWordPieces(jsonOf(tokenizer, tokenizerSource), tokenizerSource);
  if (pieces.size > shape.vocabulary) {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source: tokenizerSource },
      message: `it has pieces up to number ${pieces.size - 1}, but config.json has a vocabulary of ${shape.vocabulary}`,
      hint: "the two files belong to different encoders; copy the folder again",
    });
  }
  if (pieceLimit(shape) <= pieces.before.length + pieces.after.length) {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source: configSource, path: "max_position_embeddings" },
      message: `the encoder reads ${pieceLimit(shape)} pieces at once, which leaves no room for words`,
      hint: "config.json does not fit its model; copy the folder again",
    });
  }
  const encoder = { ...files, shape, pieces };
  return {
    ...encoder,
    build: (engine, layout) => new EncoderNetwork(encoder, engine, layout),
    train: (place) => new TrainedEncoder(encoder, place),
  };
}

function jsonOf(text: string, source: string): unknown {
  try {
    return parseJson(text, { source });
  } catch (cause) {
    if (!(cause instanceof WeftError)) throw cause;
    const hint = "the file is truncated or is another one; copy the folder again";
    throw new ArchiveError("ARCHIVE_INVALID", { at: cause.at ?? { source }, message: cause.summary, hint, cause });
  }
}

/**
 * Opens the encoders of a model that another thread shares. Their weights are in its memory
 * already.
 *
 * @param shared the `encoders` of `shareModel`
 */
export async function openSharedEncoders(
  shared: readonly { readonly files: Omit<EncoderFiles, "weights"> }[],
): Promise<PretrainedEncoder[]> {
  return Promise.all(shared.map(async ({ files }) => openEncoder({ ...files, weights: () => undefined })));
}
