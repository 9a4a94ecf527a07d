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

/** A fold as files: the path and the number of sentences of each part. */
export type FoldFiles = Readonly<Record<Part, { readonly path: string; readonly sentences: number }>>;

/** How folds came about, as `folds.json` beside them says it. */
export interface FoldPlan extends Required<FoldOptions> {
  /** What was pooled, in the caller's words. */
  readonly pool: readonly string[];
  readonly sentences: number;
  /** Of every sentence with its annotation, in order. */
  readonly sha256: string;
  readonly rule: typeof foldRule;
}

const foldRule =
  "documents in an order drawn by the seed, each to the fold with the fewest sentences so far; dev: documents of the other folds in an " +
  "order drawn by the seed and the fold's number, until they hold devShare of those folds' sentences; train: the rest";

/**
 * Cuts a pool of sentences into folds and writes each as `N/train.jsonl`, `N/dev.jsonl`,
 * `N/test.jsonl`, N counted from 1. What is there already stays.
 *
 * @throws {FileError} RUN_EXISTS when the folder holds folds of other data, or made in another way
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
      message: "this folder holds folds of other data, or with another number, seed or share of dev",
      hint: "choose another folder by --run, or remove this one",
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
  // Last, so that folds it speaks for are there.
  await writeJsonFile(planPath, plan);
  return { plan, folds: files };
}

function digest(lines: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(line);
  return hash.digest("hex");
}
