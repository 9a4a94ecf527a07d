import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { readSafetensorsIndex, safetensorsHeader, safetensorsHeaderBytes, type TensorPlace } from "@weft-nlp/core/archive";
import type { FeatureGroup, FeatureStore } from "@weft-nlp/core/training";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";
import { cacheFolder } from "./cache-folder.ts";
import { cacheLimit, featureFolder, trimFeatures } from "./feature-files.ts";

/** Where the features of a sentence lie. */
interface Place extends TensorPlace {
  readonly path: string;
}

/**
 * Features on disk: safetensors files of 16-bit floats, with the hash of a sentence's words as the
 * name of its array. What cannot be read is computed again, and what cannot be written is not kept:
 * a training never fails for its cache.
 */
export class FeatureCache implements FeatureStore {
  /** Why features cannot be kept. */
  problem: string | undefined;
  readonly #cache: string;
  readonly #places = new Map<string, Promise<Map<string, Place>>>();

  constructor(cache: string = cacheFolder()) {
    this.#cache = cache;
  }

  async read(group: FeatureGroup, sentences: readonly (readonly string[])[]): Promise<(Uint16Array | undefined)[]> {
    const places = await this.#placesOf(group);
    const found: (Uint16Array | undefined)[] = [];
    const files = new Map<string, FileHandle>();
    try {
      for (const sentence of sentences) {
        const place = places.get(hashOf(sentence));
        const bytes = sentence.length * group.size * 2;
        const fits = place?.dtype === "F16" && place.end - place.start === bytes;
        found.push(fits ? await readPlace(files, place).catch(() => undefined) : undefined);
      }
    } finally {
      for (const file of files.values()) await file.close();
    }
    const now = new Date();
    for (const path of files.keys()) await utimes(path, now, now).catch(() => undefined);
    return found;
  }

  async write(group: FeatureGroup, sentences: readonly (readonly string[])[], features: readonly Uint16Array[]): Promise<void> {
    if (this.problem !== undefined) return;
    const entries = sentences.map((sentence, k) => {
      const values = features[k] as Uint16Array;
      return { name: hashOf(sentence), dtype: "F16", shape: [sentence.length, group.size], bytes: values.byteLength, values };
    });
    const folder = this.#folderOf(group);
    const name = createHash("sha256")
      .update(entries.map((entry) => entry.name).join())
      .digest("hex")
      .slice(0, 32);
    const path = join(folder, `${name}.safetensors`);
    try {
      await makeFolder(folder);
      const header = safetensorsHeader(entries, { encoder: group.name, checksum: group.checksum });
      const data = entries.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      await writeFileAtomically(path, [header, ...data]);
      const places = await this.#placesOf(group);
      for (const [each, place] of await indexOf(path)) places.set(each, { ...place, path });
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      this.problem = error.message;
    }
  }

  /**
   * Removes features beyond the limit of the cache, those first that were not used for the longest
   * time.
   */
  async trim(): Promise<void> {
    await trimFeatures(cacheLimit(), this.#cache);
  }

  /** Readable, and different for everything that decides the features of a sentence. */
  #folderOf({ name, ...rest }: FeatureGroup): string {
    const slug = name.replace(/[^A-Za-z0-9._-]+/g, "--").slice(0, 80);
    const digest = createHash("sha256")
      .update(JSON.stringify({ version: 1, ...rest }))
      .digest("hex")
      .slice(0, 16);
    return join(featureFolder(this.#cache), `${slug}-${rest.pieces}-${rest.layers}-${digest}`);
  }

  async #placesOf(group: FeatureGroup): Promise<Map<string, Place>> {
    const folder = this.#folderOf(group);
    let places = this.#places.get(folder);
    if (places === undefined) this.#places.set(folder, (places = placesIn(folder)));
    return places;
  }
}

async function placesIn(folder: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  const names = await readdir(folder).catch(() => []);
  for (const path of names.filter((name) => name.endsWith(".safetensors")).map((name) => join(folder, name))) {
    try {
      for (const [name, place] of await indexOf(path)) places.set(name, { ...place, path });
    } catch {
      await rm(path, { force: true }).catch(() => undefined); // broken: nothing can be read from it
    }
  }
  return places;
}

async function indexOf(path: string): Promise<ReadonlyMap<string, TensorPlace>> {
  const file = await open(path, "r");
  try {
    const { size } = await stat(path);
    const read = async (length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    };
    const header = safetensorsHeaderBytes(await read(Math.min(8, size)), size, path);
    return readSafetensorsIndex(await read(header), size, path).tensors;
  } finally {
    await file.close();
  }
}

async function readPlace(files: Map<string, FileHandle>, { path, start, end }: Place): Promise<Uint16Array | undefined> {
  let file = files.get(path);
  if (file === undefined) files.set(path, (file = await open(path, "r")));
  const bytes = new Uint8Array(end - start);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  return bytesRead === bytes.length ? new Uint16Array(bytes.buffer) : undefined;
}

function hashOf(sentence: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(sentence)).digest("hex");
}
