import type { Sentence } from "../schema/index.ts";
import type { WordVectors } from "../vocabulary/index.ts";
import type { TrainConfig } from "./config.ts";

/**
 * Identifies a training: a hash of the configuration without its paths, of the contents of the word
 * vectors, and of the tokens and annotation of train and dev.
 */
export function fingerprint(
  config: TrainConfig,
  train: readonly Sentence[],
  dev: readonly Sentence[],
  vectors?: Pick<WordVectors, "digest">,
): string {
  const { data: _paths, vectors: _path, init, ...rest } = config;
  const hash = new TextHash();
  hash.add(JSON.stringify({ ...rest, vectors: vectors?.digest ?? false, init: init !== undefined }));
  for (const part of [train, dev]) {
    hash.add(`${part.length}`);
    for (const { tokens, pos, entities, relations } of part) hash.add(JSON.stringify([tokens, pos ?? null, entities, relations]));
  }
  return hash.value;
}

/**
 * FNV-1a in two independent 32-bit lanes. It detects accidental differences but does not protect
 * against forgery.
 */
class TextHash {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  add(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      this.#low = Math.imul(this.#low ^ code, 0x01000193);
      this.#high = Math.imul(this.#high ^ (code + i), 0x85ebca6b) ^ (this.#high >>> 15);
    }
  }

  get value(): string {
    return [this.#low, this.#high].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
