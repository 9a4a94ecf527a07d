import type { ModelFiles } from "@weft-nlp/core/inference";

/**
 * Keeps models in the browser's Cache Storage under the checksum of their files, and remembers
 * which checksum an address had. Without Cache Storage, which needs a secure context, it keeps
 * nothing.
 */
export class ModelStore {
  readonly #cache: Cache | undefined;

  private constructor(cache: Cache | undefined) {
    this.#cache = cache;
  }

  static async open(): Promise<ModelStore> {
    // A browser may offer the API and refuse its use, for example in a sandboxed frame.
    const cache = "caches" in globalThis ? await caches.open("weft-models").catch(() => undefined) : undefined;
    return new ModelStore(cache);
  }

  /** The checksum of the files that this address had when they were kept. */
  async checksumOf(url: string): Promise<string | undefined> {
    const found = await this.#cache?.match(urlKey(url));
    return found?.text();
  }

  /** The files with this checksum; undefined if they are not all here. */
  async files(checksum: string): Promise<ModelFiles | undefined> {
    const listed = await this.#cache?.match(fileKey(checksum, "files"));
    if (listed === undefined) return undefined;
    const names = (await listed.json()) as string[];
    const files: Record<string, Uint8Array> = {};
    for (const name of names) {
      const found = await this.#cache?.match(fileKey(checksum, name));
      if (found === undefined) return undefined;
      files[name] = new Uint8Array(await found.arrayBuffer());
    }
    return files as unknown as ModelFiles;
  }

  /** Keeps the files of an address, in place of those that it had. A full disk is no error. */
  async keep(url: string, checksum: string, files: ModelFiles): Promise<void> {
    const cache = this.#cache;
    if (cache === undefined) return;
    try {
      const former = await this.checksumOf(url);
      const present = Object.entries(files).filter((entry): entry is [string, Uint8Array<ArrayBuffer>] => entry[1] !== undefined);
      for (const [name, bytes] of present) await cache.put(fileKey(checksum, name), new Response(bytes));
      // The list comes last: without it, the files do not count.
      await cache.put(fileKey(checksum, "files"), new Response(JSON.stringify(present.map(([name]) => name))));
      await cache.put(urlKey(url), new Response(checksum));
      if (former !== undefined && former !== checksum) await this.#drop(former);
    } catch {
      await this.#drop(checksum).catch(() => undefined);
    }
  }

  async #drop(checksum: string): Promise<void> {
    for (const { url } of (await this.#cache?.keys()) ?? []) {
      if (url.startsWith(fileKey(checksum, ""))) await this.#cache?.delete(url);
    }
  }
}

/** Names of entries: Cache Storage takes only addresses, and `.invalid` is none of anybody's. */
const base = "https://weft.invalid";

function urlKey(url: string): string {
  return `${base}/urls/${encodeURIComponent(url)}`;
}

function fileKey(checksum: string, name: string): string {
  return `${base}/models/${encodeURIComponent(checksum)}/${name}`;
}
