import { createHash } from "node:crypto";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { documentFromSentence, type Sentence } from "@weft-nlp/core";
import { growingSubsets } from "@weft-nlp/core/corpus";
import { recordOf } from "@weft-nlp/core/formats";
import { FileError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { readJsonFile, writeJsonFile } from "../files/json-file.ts";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";

/** A part of the training data, drawn by a seed. */
export interface SubsetFile {
  readonly share: number;
  readonly seed: number;
  readonly path: string;
  readonly sentences: number;
}

/**
 * Writes growing subsets of the training data as `SHARE/seed-N.jsonl`. Existing files stay, so that
 * more shares and seeds can be added later.
 *
 * @throws {FileError} RUN_EXISTS if the folder holds subsets of other data
 */
export async function writeSubsets(
  folder: string,
  sentences: readonly Sentence[],
  { shares, seeds, source }: { readonly shares: readonly number[]; readonly seeds: readonly number[]; readonly source: string },
): Promise<SubsetFile[]> {
  const lines = new Map(sentences.map((sentence) => [sentence, `${JSON.stringify(recordOf(documentFromSentence(sentence)))}\n`]));
  const hash = createHash("sha256");
  for (const line of lines.values()) hash.update(line);
  const of = { source, sentences: sentences.length, sha256: hash.digest("hex") };
  const about = join(folder, "subsets.json");
  if ((await exists(about)) && !isDeepStrictEqual(await readJsonFile(about), of)) {
    throw new FileError("RUN_EXISTS", {
      at: { source: about },
      message: "this folder holds parts of other training data",
      hint: "choose another folder with --run, or remove this one",
    });
  }
  const files: SubsetFile[] = [];
  for (const seed of seeds) {
    const subsets = growingSubsets(sentences, shares, seed);
    for (const [index, share] of shares.entries()) {
      const subset = subsets[index] ?? [];
      const path = join(folder, `${share}`, `seed-${seed}.jsonl`);
      await makeFolder(join(folder, `${share}`));
      if (!(await exists(path))) {
        await writeFileAtomically(
          path,
          subset.map((sentence) => lines.get(sentence) ?? ""),
        );
      }
      files.push({ share, seed, path, sentences: subset.length });
    }
  }
  await writeJsonFile(about, of);
  return files;
}
