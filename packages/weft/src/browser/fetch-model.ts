import { ArchiveError } from "@weft-nlp/core";
import { type ModelFiles, modelFileNames } from "@weft-nlp/core/inference";

/** How far a download is, in bytes. */
export interface Progress {
  readonly loaded: number;
  /** Undefined while a server does not say how long its files are. */
  readonly total: number | undefined;
}

export interface FetchOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches the files of a model's folder, all at once. Files that only some models have follow when
 * those that name them are there.
 *
 * @param folder its address, with a slash at the end
 * @throws {ArchiveError} ARCHIVE_INVALID if a file that the model needs is not there
 */
export async function fetchModel(folder: string, { onProgress, signal }: FetchOptions): Promise<ModelFiles> {
  const names: readonly FileName[] = [...modelFileNames.always, ...modelFileNames.sometimes];
  const sizes = new Map<FileName, number | undefined>(names.map((name) => [name, undefined]));
  const loaded = new Map<FileName, number>();
  const report = (): void => {
    const known = [...sizes.values()].every((size) => size !== undefined);
    onProgress?.({ loaded: sum(loaded.values()), total: known ? sum(sizes.values()) : undefined });
  };
  const get = async (name: FileName): Promise<Uint8Array> => {
    const answer = await ask(`${folder}${name}`, signal);
    sizes.set(name, lengthOf(answer));
    const bytes = await readAll(answer, (count) => {
      loaded.set(name, count);
      report();
    });
    sizes.set(name, bytes.length);
    loaded.set(name, bytes.length);
    report();
    return bytes;
  };
  const getIf = async (needed: boolean, name: FileName): Promise<Uint8Array | undefined> => {
    if (needed) return get(name);
    sizes.set(name, 0);
    report();
    return undefined;
  };
  const [config, vocab] = [get("config.json"), get("vocab.json")];
  const files = {
    "config.json": config,
    "vocab.json": vocab,
    "model.safetensors": get("model.safetensors"),
    "vectors.bin": vocab.then(async (bytes) => getIf(hasVectors(valueOf(bytes)), "vectors.bin")),
    "encoder.json": config.then(async (bytes) => getIf(hasTrainedEncoder(valueOf(bytes)), "encoder.json")),
  };
  const entries = await Promise.all(names.map(async (name) => [name, await files[name]] as const));
  return Object.fromEntries(entries.filter(([, bytes]) => bytes !== undefined)) as unknown as ModelFiles;
}

type FileName = keyof ModelFiles;

/** The value in a file; undefined if it is not JSON, which is reported when the model is built. */
function valueOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Whether the words of `vocab.json` name vectors. */
function hasVectors(vocab: unknown): boolean {
  return (vocab as { words?: { vectors?: unknown } } | null | undefined)?.words?.vectors !== undefined;
}

/** Whether `config.json` has a pretrained encoder that was trained with the model, at any depth. */
function hasTrainedEncoder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]: [string, { train?: unknown } | null | undefined]) => {
    const train = key === "encoder" ? (inner?.train ?? false) : false;
    return (train !== false && train !== "off") || hasTrainedEncoder(inner);
  });
}

/**
 * The checksum of a model, as `weft extract --json` prints it: of its files, one after the other.
 */
export async function checksumOf(files: ModelFiles): Promise<string | undefined> {
  // Without a secure context there is no digest, and no Cache Storage that needs one.
  if (!("subtle" in crypto)) return undefined;
  const names = [...modelFileNames.always, ...modelFileNames.sometimes];
  const parts = names.flatMap((name) => (files[name] === undefined ? [] : [files[name] as BlobPart]));
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return `sha256:${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

async function ask(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const answer = await fetch(url, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw missing(url, "the server cannot be reached, or does not let this page read the file", cause);
  });
  // Servers of single pages answer unknown paths with the page.
  const isPage = answer.headers.get("content-type")?.startsWith("text/html") === true;
  if (answer.ok && !isPage) return answer;
  throw missing(url, answer.ok ? "the server answered with a page" : `the server answered ${answer.status}`);
}

function missing(url: string, message: string, cause?: unknown): ArchiveError {
  return new ArchiveError("ARCHIVE_INVALID", {
    at: { source: url },
    message,
    hint: "open the address of a model's folder: that of its config.json, vocab.json and model.safetensors",
    cause,
  });
}

/** The length of a body; compression hides it. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : Number(length);
}

async function readAll({ body }: Response, onBytes: (count: number) => void): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    parts.push(next.value);
    length += next.value.length;
    onBytes(length);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function sum(numbers: Iterable<number | undefined>): number {
  let total = 0;
  for (const each of numbers) total += each ?? 0;
  return total;
}
