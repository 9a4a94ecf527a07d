import { constants } from "node:fs";
import { copyFile, readdir, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { openEncoder, type PretrainedEncoder } from "@weft-nlp/core/encoders";
import { FileError, UsageError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { fileFailure } from "../files/file-failure.ts";
import { readWholeText } from "../files/json-file.ts";
import { type Lock, takeLock } from "../files/lock-file.ts";
import { renameFile } from "../files/rename-file.ts";
import { makeFolder } from "../files/write-file.ts";
import { cacheFolder } from "./cache-folder.ts";
import { download, placeOf } from "./download.ts";
import { type EncoderManifest, encoderFiles, openEncoderFolder, readManifest, writeManifest } from "./encoder-folder.ts";
import { hubAddress, isEncoderName, publicHub } from "./hub-address.ts";

/** An encoder in the cache. */
export interface StoredEncoder extends Omit<EncoderManifest, "weights"> {
  readonly folder: string;
  /** The size of all its files. */
  readonly bytes: number;
  /** When it was last used, in milliseconds since 1970. */
  readonly used: number;
}

/** How an encoder gets into the cache. */
export interface AddEncoderOptions {
  /** The cache; defaults to `cacheFolder()`. */
  readonly cache?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The SHA-256 that its weights must have. */
  readonly checksum?: string | undefined;
  /** Called while a file is fetched or copied. */
  readonly onProgress?: ((file: string, bytes: number, total: number | undefined) => void) | undefined;
}

/** How an encoder is fetched by its name. */
export interface FetchEncoderOptions extends AddEncoderOptions {
  /** The address of the hub; defaults to `WEFT_HUB`, then to huggingface.co. */
  readonly hub?: string | undefined;
  /** A branch, a tag or a commit; defaults to `main`. */
  readonly revision?: string | undefined;
  /** Takes only what is in the cache. */
  readonly offline?: boolean | undefined;
  /** The largest weights, in bytes; defaults to 4 GiB. */
  readonly maxBytes?: number | undefined;
  /** Waiting times of `download`. */
  readonly stallMs?: number | undefined;
  readonly pauseMs?: number | undefined;
}

/** The encoder, and whether the cache had it already. */
export interface AddedEncoder {
  readonly encoder: StoredEncoder;
  readonly already: boolean;
}

const textLimit = 1 << 26;
const weightsLimit = 4 * 2 ** 30;

/**
 * Fetches an encoder by its name into the cache, unless it is there. An interrupted download
 * continues where it ended, and the encoder appears only when all of it is there and checked.
 *
 * @throws {UsageError} for a name, a revision or a hub that cannot be one
 * @throws {FileError} DOWNLOAD_FAILED, CHECKSUM_MISMATCH; ENCODER_MISSING with `offline`
 * @throws {ArchiveError} ARCHIVE_INVALID if it is not an encoder that can be read
 */
export async function fetchEncoder(name: string, options: FetchEncoderOptions = {}): Promise<AddedEncoder> {
  if (!isEncoderName(name)) throw new UsageError(`${JSON.stringify(name)} is not the name of an encoder`, nameHint);
  const { revision = "main", signal, onProgress } = options;
  const hub = options.hub ?? (process.env["WEFT_HUB"] || publicHub);
  const addressOf = (file: string): URL => hubAddress(hub, name, revision, file);
  const from = placeOf(addressOf("")).replace(/\/resolve\/.*$/, "");
  return addThrough({ name, revision, from }, options, async (folder) => {
    if (options.offline === true) throw missing(name, "it is not in the cache, and --offline forbids fetching it");
    for (const file of encoderFiles) {
      const maxBytes = file === "model.safetensors" ? (options.maxBytes ?? weightsLimit) : textLimit;
      const { stallMs, pauseMs } = options;
      await download(addressOf(file), join(folder, file), {
        ...{ maxBytes, signal, stallMs, pauseMs },
        onProgress: (bytes, total) => onProgress?.(file, bytes, total),
      });
      // What cannot be read is refused before its weights are fetched.
      if (file === "tokenizer.json") await openTexts(folder, name);
    }
  });
}

/**
 * Copies an encoder's folder into the cache, under the folder's name.
 *
 * @throws {FileError} FILE_MISSING or similar
 * @throws {ArchiveError} ARCHIVE_INVALID if it is not an encoder that can be read
 */
export async function addEncoderFolder(folder: string, options: AddEncoderOptions = {}): Promise<AddedEncoder> {
  const { checksum } = await openEncoderFolder(folder);
  const name =
    basename(resolve(folder))
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+|[.-]+$/g, "") || "encoder";
  return addThrough({ name, from: basename(resolve(folder)) }, { checksum, ...options }, async (into) => {
    for (const file of encoderFiles) {
      options.signal?.throwIfAborted();
      try {
        await copyFile(join(folder, file), join(into, file), constants.COPYFILE_FICLONE);
        const { size } = await stat(join(into, file));
        options.onProgress?.(file, size, size);
      } catch (cause) {
        throw fileFailure(cause, join(into, file), "write");
      }
    }
  });
}

/** The encoders in the cache, by name. */
export async function listEncoders(cache: string = cacheFolder()): Promise<StoredEncoder[]> {
  const shelf = shelfOf(cache);
  const names = (await readdir(shelf).catch(() => [])).filter((each) => !each.startsWith("."));
  const found = await Promise.all(names.map(async (each) => storedAt(join(shelf, each))));
  return found.filter((each) => each !== undefined).sort((x, y) => (x.name < y.name ? -1 : 1));
}

/**
 * Removes an encoder from the cache, with what is left of a download of it.
 *
 * @param name with `@` and the revision if it is not `main`
 * @returns what was removed
 * @throws {FileError} ENCODER_MISSING if the cache has none of this name
 */
export async function removeEncoder(name: string, cache: string = cacheFolder()): Promise<StoredEncoder> {
  const found = (await listEncoders(cache)).find((each) => shownName(each) === name);
  const partial = join(shelfOf(cache), ".partial", slugOf(name));
  const rest = await exists(partial);
  await rm(partial, { recursive: true, force: true });
  if (found !== undefined) await rm(found.folder, { recursive: true });
  else if (!rest) throw missing(name, "the cache has no encoder of this name", "weft encoder list shows those that there are");
  return found ?? { name, from: "", checksum: "", folder: partial, bytes: 0, used: 0 };
}

/** The name under which an encoder is listed and removed. */
export function shownName({ name, revision = "main" }: Pick<StoredEncoder, "name" | "revision">): string {
  return revision === "main" ? name : `${name}@${revision}`;
}

/** The cached encoder that has these weights, or this name if no checksum is given. */
export async function findStored(
  { checksum, name }: { readonly checksum?: string | undefined; readonly name?: string | undefined },
  cache: string = cacheFolder(),
): Promise<StoredEncoder | undefined> {
  const all = await listEncoders(cache);
  const found = all.find((each) => (checksum === undefined ? shownName(each) === name : each.checksum === checksum));
  // The oldest goes first when the cache is trimmed.
  if (found !== undefined) await utimes(join(found.folder, "config.json"), new Date(), new Date()).catch(() => undefined);
  return found;
}

const nameHint = "a name is owner/model or model, as on the hub; for a folder of yours, write its path with a / or a .";

/** An error for an encoder that is not here. */
function missing(name: string, message: string, hint = `fetch it with: weft encoder add ${name}`): FileError {
  return new FileError("ENCODER_MISSING", { at: { source: name }, message, hint });
}

/** Fills a folder beside the cached encoders, checks it, and moves it among them. */
async function addThrough(
  facts: Omit<EncoderManifest, "weights" | "checksum">,
  { cache = cacheFolder(), checksum }: AddEncoderOptions,
  fill: (folder: string) => Promise<void>,
): Promise<AddedEncoder> {
  const slug = slugOf(shownName(facts));
  const target = join(shelfOf(cache), slug);
  const there = await storedAt(target);
  if (there !== undefined) {
    requireChecksum(there.checksum, checksum, facts.name);
    return { encoder: there, already: true };
  }
  const partial = join(shelfOf(cache), ".partial", slug);
  await makeFolder(partial);
  const held = await lock(`${partial}.lock`, facts.name);
  try {
    await fill(partial);
    const opened = await openEncoderFolder(partial, facts.name);
    requireChecksum(opened.checksum, checksum, facts.name);
    for (const file of encoderFiles) await rm(join(partial, `${file}.etag`), { force: true });
    await writeManifest(partial, { ...facts, checksum: opened.checksum });
    await rm(target, { recursive: true, force: true });
    await renameFile(partial, target);
  } finally {
    await held.release();
  }
  return { encoder: (await storedAt(target)) as StoredEncoder, already: false };
}

function requireChecksum(found: string, expected: string | undefined, name: string): void {
  if (expected === undefined || expected === found) return;
  throw new FileError("CHECKSUM_MISMATCH", {
    at: { source: name },
    message: `the weights have the SHA-256 ${found}, expected ${expected}`,
    hint: "it is another encoder, or another revision of it; remove it with weft encoder remove, or name the revision",
  });
}

/** One process at a time fills a folder. */
async function lock(path: string, name: string): Promise<Lock> {
  return takeLock(path, name, ({ pid, host }) => {
    const here = host === hostname();
    return new FileError("FILE_UNUSABLE", {
      at: { source: name },
      message: `process ${pid}${here ? "" : ` of ${host}`} is adding this encoder already`,
      hint: `wait for it; if there is no such process, remove ${path}`,
    });
  });
}

async function openTexts(folder: string, name: string): Promise<PretrainedEncoder> {
  const text = async (file: string): Promise<string> => readWholeText(join(folder, file), { maxBytes: textLimit });
  const [config, tokenizer] = [await text("config.json"), await text("tokenizer.json")];
  return openEncoder({ name, source: name, checksum: "", config, tokenizer, weights: () => undefined });
}

function shelfOf(cache: string): string {
  return join(cache, "encoders");
}

function slugOf(shown: string): string {
  return shown.replaceAll("/", "--");
}

async function storedAt(folder: string): Promise<StoredEncoder | undefined> {
  const manifest = await readManifest(folder);
  if (manifest === undefined) return undefined;
  const { name, revision, from, checksum } = manifest;
  const sizes = await Promise.all(encoderFiles.map(async (file) => stat(join(folder, file)).catch(() => undefined)));
  const bytes = sizes.reduce((total, each) => total + (each?.size ?? 0), 0);
  const whole = sizes.every((each) => each !== undefined);
  return whole ? { name, revision, from, checksum, folder, bytes, used: sizes[0]?.mtimeMs ?? 0 } : undefined;
}
