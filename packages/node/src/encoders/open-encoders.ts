import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { encodersIn, mapEncoders, missingEncoder, type PretrainedEncoder } from "@weft-nlp/core/encoders";
import type { FrozenReference } from "@weft-nlp/core/nn";
import { FileError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { fileFailure } from "../files/file-failure.ts";
import { makeFolder } from "../files/write-file.ts";
import { cacheFolder } from "./cache-folder.ts";
import { encoderFiles, openEncoderFolder } from "./encoder-folder.ts";
import { findStored } from "./encoder-store.ts";

/** The folder inside a model's that holds the encoders which it contains, by checksum. */
const containedFolder = "encoders";

/**
 * Opens the pretrained encoders that a model reads: from its own folder, from the path that its
 * settings give, or from the cache.
 *
 * @param folder the model's folder
 * @throws {ArchiveError} ENCODER_MISSING if one is nowhere, ARCHIVE_INVALID if one is broken
 * @throws {FileError} FILE_MISSING if there is no folder at a path; CHECKSUM_MISMATCH if another
 *   encoder is there
 */
export async function openEncoders(
  references: readonly FrozenReference[],
  folder?: string,
  cache: string = cacheFolder(),
): Promise<PretrainedEncoder[]> {
  const found = new Map<string, PretrainedEncoder>();
  for (const reference of references) {
    const encoder = await openOne(reference, folder, cache);
    found.set(encoder.checksum, encoder);
  }
  return [...found.values()];
}

async function openOne(reference: FrozenReference, folder: string | undefined, cache: string): Promise<PretrainedEncoder> {
  const { name, path, checksum } = reference;
  const inside = folder === undefined || checksum === undefined ? undefined : join(folder, containedFolder, checksum);
  const stored = async (): Promise<string | undefined> => (await findStored({ checksum, name }, cache))?.folder;
  const place = inside !== undefined && (await exists(inside)) ? inside : (path ?? (await stored()));
  if (place === undefined) throw missingEncoder(reference);
  const encoder = await openEncoderFolder(place, name);
  if (checksum === undefined || checksum === encoder.checksum) return encoder;
  throw new FileError("CHECKSUM_MISMATCH", {
    at: { source: place },
    message: `the encoder here has weights with the SHA-256 ${encoder.checksum}, expected ${checksum}`,
    hint: "it is another encoder, or has changed; use the one that the model was trained with",
  });
}

/**
 * The settings of a model with the checksum of every encoder that they name, and these encoders.
 *
 * @throws {ArchiveError} and {FileError} as `openEncoders`
 */
export async function pinEncoders<Settings>(
  settings: Settings,
): Promise<{ readonly settings: Settings; readonly encoders: readonly PretrainedEncoder[] }> {
  const opened = new Map<FrozenReference, PretrainedEncoder>();
  for (const { reference } of encodersIn(settings)) {
    const [encoder] = await openEncoders([reference]);
    if (encoder !== undefined) opened.set(reference, encoder);
  }
  const pinned = mapEncoders(settings, (reference) => ({ ...reference, checksum: opened.get(reference)?.checksum }));
  return { settings: pinned, encoders: [...opened.values()] };
}

/** Copies encoders into a model's folder, which then works wherever it is. */
export async function containEncoders(folder: string, encoders: Iterable<PretrainedEncoder>): Promise<void> {
  for (const { checksum, source } of encoders) {
    const into = join(folder, containedFolder, checksum);
    await makeFolder(into);
    for (const file of encoderFiles) {
      try {
        await copyFile(join(source, file), join(into, file));
      } catch (cause) {
        throw fileFailure(cause, join(into, file), "write");
      }
    }
  }
}
