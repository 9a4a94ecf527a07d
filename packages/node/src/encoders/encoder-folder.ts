import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { ArchiveError } from "@weft-nlp/core";
import { openEncoder, type PretrainedEncoder } from "@weft-nlp/core/encoders";
import { exists } from "../files/exists.ts";
import { fileFailure } from "../files/file-failure.ts";
import { readJsonFile, readWholeText, writeJsonFile } from "../files/json-file.ts";
import { requireRegularFile } from "../files/regular-file.ts";
import { openWeightsFile } from "./weights-file.ts";

/** The files of an encoder's folder, in the order in which they are fetched. */
export const encoderFiles = ["config.json", "tokenizer.json", "model.safetensors"] as const;

/** What `weft encoder add` writes beside the files of an encoder. */
export interface EncoderManifest {
  readonly name: string;
  /** The branch, tag or commit; absent if it came from a folder. */
  readonly revision?: string | undefined;
  /** Where it came from: an address without its query, or the name of a folder. */
  readonly from: string;
  /** SHA-256 of the weights. */
  readonly checksum: string;
  /** Size and time of the weights when they were hashed: if both still fit, they are not again. */
  readonly weights: { readonly bytes: number; readonly modified: number };
}

const manifestName = "weft-encoder.json";

/**
 * Opens an encoder's folder: `config.json`, `tokenizer.json` and `model.safetensors`.
 *
 * @param name its name; defaults to that of its manifest, or of the folder
 * @throws {FileError} FILE_MISSING or similar
 * @throws {ArchiveError} ARCHIVE_INVALID if a file is broken, or is not of an encoder that can be
 *   read
 */
export async function openEncoderFolder(folder: string, name?: string): Promise<PretrainedEncoder> {
  const text = async (file: string): Promise<string> => readWholeText(join(folder, file), { maxBytes: textLimit, regular: true });
  const manifest = await readManifest(folder);
  const [config, tokenizer] = [await text("config.json"), await text("tokenizer.json")];
  const path = join(folder, "model.safetensors");
  await requireRegularFile(path, weightsLimit);
  const { index, read: weights } = openWeightsFile(path);
  const encoder = await openEncoder({
    name: name ?? manifest?.name ?? basename(resolve(folder)),
    source: folder,
    checksum: await checksumOf(path, manifest),
    config,
    tokenizer,
    weights,
  });
  const { vocabulary, embeddingWidth: width } = encoder.shape;
  const tables = [...index.tensors].filter(([each]) => each.endsWith("word_embeddings.weight"));
  if (!tables.some(([, { shape }]) => shape.join() === `${vocabulary},${width}`)) {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source: path },
      message: `the file has no word_embeddings.weight of ${vocabulary} × ${width}, which config.json promises`,
      hint: "the two files belong to different models; copy the folder again",
    });
  }
  return encoder;
}

/** A vocabulary in many languages takes 17 MB. */
const textLimit = 1 << 26;
/** Far more than any encoder that a computer of today runs. */
const weightsLimit = 2 ** 37;

/** SHA-256 of a file, as hexadecimal digits. */
async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes as Uint8Array);
  } catch (cause) {
    throw fileFailure(cause, path, "read");
  }
  return hash.digest("hex");
}

async function checksumOf(path: string, manifest: EncoderManifest | undefined): Promise<string> {
  if (manifest !== undefined) {
    const { bytes, modified } = await stampOf(path);
    if (bytes === manifest.weights.bytes && modified === manifest.weights.modified) return manifest.checksum;
  }
  return sha256(path);
}

/** Writes the manifest of an encoder's folder. */
export async function writeManifest(folder: string, facts: Omit<EncoderManifest, "weights">): Promise<EncoderManifest> {
  const manifest = { ...facts, weights: await stampOf(join(folder, "model.safetensors")) };
  await writeJsonFile(join(folder, manifestName), manifest);
  return manifest;
}

/** The manifest of an encoder's folder; undefined if it has none that can be read. */
export async function readManifest(folder: string): Promise<EncoderManifest | undefined> {
  const path = join(folder, manifestName);
  if (!(await exists(path))) return undefined;
  const value = (await readJsonFile(path, { maxBytes: 1 << 16, regular: true }).catch(() => undefined)) as
    | EncoderManifest
    | undefined
    | null;
  const isWhole = typeof value?.name === "string" && typeof value.from === "string" && typeof value.weights === "object";
  return isWhole && /^[0-9a-f]{64}$/.test(value.checksum) ? value : undefined;
}

async function stampOf(path: string): Promise<EncoderManifest["weights"]> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, modified: Math.floor(mtimeMs) };
  } catch (cause) {
    throw fileFailure(cause, path, "read");
  }
}
