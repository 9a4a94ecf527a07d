import type { StoredTensor } from "../../archive/index.ts";
import { ArchiveError, WeftError } from "../../errors.ts";
import { parseJson } from "../../json/index.ts";
import { type EncoderSize, readEncoderSize } from "./encoder-config.ts";
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
  readonly weights: ReadWeights;
}

/** The array of this name; undefined if the file has none. */
export type ReadWeights = (name: string) => StoredTensor | undefined;

/** A pretrained encoder whose files have been read and checked, apart from its weights. */
export interface PretrainedEncoder extends EncoderFiles {
  readonly size: EncoderSize;
  readonly pieces: WordPieces;
}

/**
 * Reads and checks the files of a pretrained encoder. Its weights are read when a network is built.
 *
 * @throws {ArchiveError} ARCHIVE_INVALID if a file is broken, is not of the BERT family, or does not
 *   fit the others
 */
export async function openEncoder(files: EncoderFiles): Promise<PretrainedEncoder> {
  const { source, config, tokenizer } = files;
  const configSource = `${source}/config.json`;
  const size = readEncoderSize(jsonOf(config, configSource), configSource);
  const tokenizerSource = `${source}/tokenizer.json`;
  const pieces = await openWordPieces(jsonOf(tokenizer, tokenizerSource), tokenizerSource);
  if (pieces.size > size.vocabulary) {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source: tokenizerSource },
      message: `it has pieces up to number ${pieces.size - 1}, but config.json has a vocabulary of ${size.vocabulary}`,
      hint: "the two files belong to different encoders; copy the folder again",
    });
  }
  if (size.limit <= pieces.before.length + pieces.after.length) {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source: configSource, path: "max_position_embeddings" },
      message: `the encoder reads ${size.limit} pieces at once, which leaves no room for words`,
      hint: "config.json does not fit its model; copy the folder again",
    });
  }
  return { ...files, size, pieces };
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
