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
 * Fetches the files of a model's folder, all at once.
 *
 * @param folder its address, with a slash at the end
 * @throws {ArchiveError} ARCHIVE_INVALID if a file that every model has is not there
 */
export async function fetchModel(folder: string, { onProgress, signal }: FetchOptions): Promise<ModelFiles> {
  const sizes: (number | undefined)[] = [];
  const loaded: number[] = [];
  const report = (): void => {
    const known = sizes.every((size) => size !== undefined);
    onProgress?.({ loaded: sum(loaded), total: known ? sum(sizes) : undefined });
  };
  const names: readonly string[] = [...modelFileNames.always, ...modelFileNames.sometimes];
  const entries = await Promise.all(
    names.map(async (name, index) => {
      sizes[index] = undefined;
      loaded[index] = 0;
      const needed = index < modelFileNames.always.length;
      const answer = await ask(`${folder}${name}`, needed, signal);
      sizes[index] = answer === undefined ? 0 : lengthOf(answer);
      if (answer === undefined) return [];
      const bytes = await readAll(answer, (count) => {
        loaded[index] = count;
        report();
      });
      sizes[index] = bytes.length;
      loaded[index] = bytes.length;
      report();
      return [[name, bytes] as const];
    }),
  );
  // An answer without a file may have come last.
  report();
  return Object.fromEntries(entries.flat()) as unknown as ModelFiles;
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

async function ask(url: string, needed: boolean, signal: AbortSignal | undefined): Promise<Response | undefined> {
  const answer = await fetch(url, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw missing(url, "the server cannot be reached, or does not let this page read the file", cause);
  });
  // Servers of single pages answer unknown paths with the page.
  const isPage = answer.headers.get("content-type")?.startsWith("text/html") === true;
  if (answer.ok && !isPage) return answer;
  if (!needed) return undefined;
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
