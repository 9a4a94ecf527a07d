import { ArchiveError, type Document, WeftError } from "@weft-nlp/core";
import type { ModelFiles } from "@weft-nlp/core/inference";
import { checksumOf, type FetchOptions, fetchModel } from "./fetch-model.ts";
import type { Answered, Asked, ExtractOptions, ModelFacts, PostedError } from "./messages.ts";
import { ModelStore } from "./model-store.ts";

export { type Document, type Triple, triplesOf, WeftError } from "@weft-nlp/core";
export { recordOf } from "@weft-nlp/core/formats";
export type { Progress } from "./fetch-model.ts";
export type { ExtractOptions, ModelFacts } from "./messages.ts";

/** How a model is opened. */
export interface OpenOptions extends FetchOptions {
  /**
   * Whether the browser keeps the model: `true`, the default, opens what it kept without a request;
   * `"reload"` fetches and keeps it again; `false` neither looks nor keeps.
   */
  readonly cache?: boolean | "reload" | undefined;
  /**
   * The checksum that the model must have, as `weft extract --json` prints it (`sha256:…`). A kept
   * model with another is fetched again, and a fetched one is refused.
   */
  readonly checksum?: string | undefined;
  /** Makes the worker, for pages that serve its file elsewhere. */
  readonly worker?: (() => Worker) | undefined;
}

/**
 * A trained model in the browser. It works in a thread of its own, so the page stays responsive.
 * Close it when done.
 */
export class Extractor {
  /** What the model is and finds. */
  readonly facts: ModelFacts;
  /** The checksum of the model's files; undefined if the page has no secure context. */
  readonly checksum: string | undefined;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #closed: Error | undefined;

  private constructor(worker: Worker, facts: ModelFacts, checksum: string | undefined) {
    this.#worker = worker;
    this.facts = facts;
    this.checksum = checksum;
    worker.addEventListener("message", ({ data }: MessageEvent<Answered>) => {
      if (data.kind === "opened" || data.id === undefined) return;
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.kind === "found") waiting?.resolve(data.documents);
      else waiting?.reject(errorOf(data.error));
    });
    worker.addEventListener("error", ({ message }) => this.#end(new Error(`the worker failed: ${message}`)));
  }

  /**
   * Opens the model whose folder is at an address.
   *
   * @throws {ArchiveError} ARCHIVE_INVALID if its files are missing, damaged or not the expected
   *   ones; ENCODER_MISSING if it reads a pretrained encoder that it does not contain
   */
  static async open(url: string | URL, options: OpenOptions = {}): Promise<Extractor> {
    const { signal, worker: makeWorker = ownWorker } = options;
    signal?.throwIfAborted();
    const folder = new URL(url, globalThis.location?.href).href.replace(/\/?$/, "/");
    const { files, checksum } = await modelAt(folder, options);
    signal?.throwIfAborted();
    const worker = makeWorker();
    try {
      return new Extractor(worker, await opened(worker, { kind: "open", source: folder.slice(0, -1), files }, signal), checksum);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** Finds the entities and relations of one text. */
  async text(text: string, options: ExtractOptions & { readonly signal?: AbortSignal | undefined } = {}): Promise<Document> {
    const [document] = await this.#extract([text], options);
    return document as Document;
  }

  /** Finds those of many texts, in order. It reads a few texts ahead of what is taken from it. */
  async *documents(
    texts: Iterable<string> | AsyncIterable<string>,
    options: ExtractOptions & { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<Document> {
    let ahead: Promise<readonly Document[]> | undefined;
    for await (const batch of batchesOf(texts)) {
      const next = this.#extract(batch, options);
      // It is awaited in its turn, or not at all if the caller stops.
      next.catch(() => undefined);
      if (ahead !== undefined) yield* await ahead;
      ahead = next;
    }
    if (ahead !== undefined) yield* await ahead;
  }

  /** Ends the worker. What is under way is rejected. */
  close(): void {
    this.#end(new DOMException("the extractor was closed", "AbortError"));
  }

  async #extract(
    texts: readonly string[],
    { signal, threshold, minConfidence }: ExtractOptions & { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly Document[]> {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed;
    const id = this.#asked++;
    const answer = new Promise<readonly Document[]>((resolve, reject) => void this.#waiting.set(id, { resolve, reject }));
    this.#worker.postMessage({ kind: "extract", id, texts, options: { threshold, minConfidence } } satisfies Asked);
    const stop = (): void => {
      this.#waiting.get(id)?.reject(signal?.reason);
      this.#waiting.delete(id);
    };
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await answer;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #end(reason: Error): void {
    this.#closed ??= reason;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}

interface Waiting {
  readonly resolve: (documents: readonly Document[]) => void;
  readonly reject: (reason: unknown) => void;
}

function ownWorker(): Worker {
  return new Worker(new URL("./extract-worker.js", import.meta.url), { type: "module", name: "weft" });
}

/** The files at an address, kept or fetched, and their checksum. */
async function modelAt(
  folder: string,
  { cache = true, checksum: wanted, onProgress, signal }: OpenOptions,
): Promise<{ readonly files: ModelFiles; readonly checksum: string | undefined }> {
  const store = cache === false ? undefined : await ModelStore.open();
  if (cache === true) {
    const checksum = wanted ?? (await store?.checksumOf(folder));
    const files = checksum === undefined ? undefined : await store?.files(checksum);
    if (files !== undefined) {
      const total = Object.values(files).reduce((sum: number, bytes: Uint8Array) => sum + bytes.length, 0);
      onProgress?.({ loaded: total, total });
      return { files, checksum };
    }
  }
  const files = await fetchModel(folder, { onProgress, signal });
  const checksum = await checksumOf(files);
  if (wanted !== undefined && checksum !== wanted) {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source: folder },
      message:
        checksum === undefined
          ? "the checksum cannot be verified, since the page is not in a secure context"
          : `the model has the checksum ${checksum}, and ${wanted} was expected`,
      hint: checksum === undefined ? "serve the page over HTTPS or from localhost" : "the model at this address has changed",
    });
  }
  if (checksum !== undefined) await store?.keep(folder, checksum, files);
  return { files, checksum };
}

/** The first answer of a worker, which says what it opened. */
async function opened(worker: Worker, asked: Asked, signal: AbortSignal | undefined): Promise<ModelFacts> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal?.reason as Error);
    signal?.addEventListener("abort", stop, { once: true });
    worker.addEventListener("error", ({ message }) => reject(new Error(`the worker did not start: ${message}`)));
    worker.addEventListener("message", ({ data }: MessageEvent<Answered>) => {
      signal?.removeEventListener("abort", stop);
      if (data.kind === "opened") resolve(data.facts);
      else if (data.kind === "failed") reject(errorOf(data.error));
    });
    worker.postMessage(asked);
  });
}

function errorOf({ code, ...details }: PostedError): Error {
  return code === undefined ? new Error(details.message) : new WeftError(code, details);
}

/** Enough texts for the worker to predict together, few enough to come back soon. */
const textsAtOnce = 64;

async function* batchesOf(texts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const text of texts) {
    batch.push(text);
    if (batch.length < textsAtOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
