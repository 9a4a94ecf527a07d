import { createHash } from "node:crypto";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { documentFromSentence, type Sentence } from "@weft-nlp/core";
import { type FoldOptions, foldsOf } from "@weft-nlp/core/corpus";
import { recordOf } from "@weft-nlp/core/formats";
import { FileError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { readJsonFile, writeJsonFile } from "../files/json-file.ts";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";

type Part = "train" | "dev" | "test";

/** The files of a fold: the path and the number of sentences of each part. */
export type FoldFiles = Readonly<Record<Part, { readonly path: string; readonly sentences: number }>>;

/** How the folds were made, as stored in `folds.json` next to them. */
export interface FoldPlan extends Required<FoldOptions> {
  /** The pooled data, as the caller names it. */
  readonly pool: readonly string[];
  readonly sentences: number;
  /** A digest of every sentence with its annotation, in order. */
  readonly sha256: string;
  readonly rule: typeof foldRule;
}

const foldRule =
  "documents in an order drawn by the seed, each to the fold with the fewest sentences so far; dev: documents of the other folds in an " +
  "order drawn by the seed and the fold's number, until they hold devShare of those folds' sentences; train: the rest";

/**
 * Cuts a pool of sentences into folds and writes each as `N/train.jsonl`, `N/dev.jsonl`,
 * `N/test.jsonl`, with N counted from 1. Existing files stay.
 *
 * @throws {FileError} RUN_EXISTS when the folder holds folds of other data, or folds made with
 *   other settings
 */
export async function writeFolds(
  folder: string,
  sentences: readonly Sentence[],
  options: Required<FoldOptions> & { readonly pool: readonly string[] },
): Promise<{ plan: FoldPlan; folds: FoldFiles[] }> {
  const lines = new Map(sentences.map((sentence) => [sentence, `${JSON.stringify(recordOf(documentFromSentence(sentence)))}\n`]));
  const { folds: count, seed, devShare, pool } = options;
  const plan: FoldPlan = {
    folds: count,
    seed,
    devShare,
    pool,
    sentences: sentences.length,
    sha256: digest(lines.values()),
    rule: foldRule,
  };
  const folds = foldsOf(sentences, options);
  const planPath = join(folder, "folds.json");
  if ((await exists(planPath)) && !isDeepStrictEqual(await readJsonFile(planPath), plan)) {
    throw new FileError("RUN_EXISTS", {
      at: { source: planPath },
      message: "this folder holds folds of other data, or folds with another number, seed or dev share",
      hint: "choose another folder with --run, or remove this one",
    });
  }
  const files: FoldFiles[] = [];
  for (const [index, fold] of folds.entries()) {
    const place = join(folder, `${index + 1}`);
    await makeFolder(place);
    const write = async (part: Part): Promise<FoldFiles[Part]> => {
      const path = join(place, `${part}.jsonl`);
      const content = fold[part].map((sentence) => lines.get(sentence) ?? "");
      if (!(await exists(path))) await writeFileAtomically(path, content);
      return { path, sentences: content.length };
    };
    files.push({ train: await write("train"), dev: await write("dev"), test: await write("test") });
  }
  // Written last, so that the folds it describes exist.
  await writeJsonFile(planPath, plan);
  return { plan, folds: files };
}

function digest(lines: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(line);
  return hash.digest("hex");
}
