import type { TrainRequest } from "@weft-nlp/api";
import { type Document, documentFromSentence } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import type { TrainConfig } from "@weft-nlp/core/training";
import { collectSentences, exists, readingOf, writeFileAtomically } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";
import { ownerOnly } from "./correction-files.ts";

/** The data of a training on corrected sentences. */
export interface Split {
  readonly data: TrainConfig["data"];
  /** Describes the data in the state of the training. */
  readonly words: string;
}

/** The files that a split writes. */
export interface SplitFiles {
  readonly train: string;
  readonly dev: string;
}

/**
 * Writes the data of a training.
 *
 * @param base the configuration whose data the corrected sentences are added to, if they are
 * @throws {RequestError} REQUEST_INVALID if there are too few
 * @throws {FileError} @throws {DataError} if the data of `base` cannot be read
 */
export async function splitCorrections(
  base: TrainConfig | undefined,
  documents: readonly Document[],
  files: SplitFiles,
): Promise<Split> {
  return base === undefined ? alone(documents, files) : added(base, documents, files);
}

/** Whether corrected sentences are added to the data of a run. */
export async function addsTo(base: TrainConfig | undefined, data: TrainRequest["data"]): Promise<boolean> {
  if (base === undefined && data === "added") {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: "data" },
      message: "`added` needs a run to add corrected sentences to",
      hint: "name the run in `from`, or a model that has one in `model`",
    });
  }
  if (base === undefined || data !== undefined) return data === "added";
  return (await exists(base.data.train)) && (await exists(base.data.dev));
}

/**
 * The run's data with the corrected sentences. One that the run's train or dev has replaces it
 * there, so a sentence of dev is never trained on; one of test is skipped. The others are added to
 * train.
 */
async function added(base: TrainConfig, documents: readonly Document[], files: SplitFiles): Promise<Split> {
  if (documents.length === 0) throw tooFew(1);
  const read = async (path: string): Promise<Document[]> =>
    (await collectSentences(path, readingOf(base))).sentences.map(({ sentence }) => documentFromSentence(sentence));
  const { train, dev, test } = base.data;
  const corrected = new Map(documents.map((document) => [wordsOf(document), document]));
  const inTest = new Set(test === undefined ? [] : (await read(test)).map(wordsOf));
  for (const words of inTest) corrected.delete(words);
  const skipped = documents.length - documents.filter((document) => corrected.has(wordsOf(document))).length;
  const replaced = (own: readonly Document[]): { all: Document[]; corrected: number } => {
    let count = 0;
    const all = own.map((document) => {
      const better = corrected.get(wordsOf(document));
      if (better !== undefined) count++;
      return better ?? document;
    });
    return { all, corrected: count };
  };
  const ownDev = await read(dev);
  const forDev = replaced(ownDev);
  for (const document of ownDev) corrected.delete(wordsOf(document));
  const own = (await read(train)).slice(0, base.data.trainSentences);
  const forTrain = replaced(own);
  for (const document of own) corrected.delete(wordsOf(document));
  const fresh = documents.filter((document) => corrected.has(wordsOf(document)));
  await writeLines(files.train, [...forTrain.all, ...fresh]);
  if (forDev.corrected > 0) await writeLines(files.dev, forDev.all);
  const counted = (total: number, some: number): string =>
    some === 0 ? `${total} sentences` : `${total} sentences, ${some} of them corrected`;
  const { trainSentences: _, ...others } = base.data;
  return {
    data: { ...others, train: files.train, dev: forDev.corrected > 0 ? files.dev : dev },
    words: [
      `train: ${counted(own.length + fresh.length, forTrain.corrected + fresh.length)}`,
      `dev: ${counted(ownDev.length, forDev.corrected)}`,
      skipped > 0 ? `${skipped} corrected sentences are in test and were skipped` : "",
    ]
      .filter((part) => part !== "")
      .join("; "),
  };
}

/**
 * Corrected sentences only. Every fifth document goes to dev, so no document is in both; with a
 * single document, every fifth sentence.
 */
async function alone(documents: readonly Document[], files: SplitFiles): Promise<Split> {
  if (documents.length < 2) throw tooFew(2);
  const groups = [...new Set(documents.map(({ metadata }) => metadata["doc"]))];
  const byDocument = groups.length > 1;
  const isDev = (index: number, count: number): boolean => index % 5 === 4 || (count < 5 && index === count - 1);
  const forDev = (document: Document, index: number): boolean =>
    byDocument ? isDev(groups.indexOf(document.metadata["doc"]), groups.length) : isDev(index, documents.length);
  const dev = documents.filter(forDev);
  const train = documents.filter((document, index) => !forDev(document, index));
  await writeLines(files.train, train);
  await writeLines(files.dev, dev);
  return {
    data: { ...files },
    words: `train: ${train.length} corrected sentences; dev: ${dev.length}, every fifth ${byDocument ? "document" : "sentence"}; no test`,
  };
}

/** Tells sentences apart: their words. */
function wordsOf({ text, tokens }: Document): string {
  return tokens.map(({ start, end }) => text.slice(start, end)).join("\n");
}

async function writeLines(path: string, documents: readonly Document[]): Promise<void> {
  await writeFileAtomically(
    path,
    documents.map((document) => `${JSON.stringify(recordOf(document))}\n`),
    ownerOnly,
  );
}

function tooFew(min: number): RequestError {
  return new RequestError("REQUEST_INVALID", {
    message: `training needs ${min === 1 ? "a corrected sentence" : `${min} corrected sentences`}, and the project has fewer`,
    hint: "review some sentences first and mark them as done",
  });
}
