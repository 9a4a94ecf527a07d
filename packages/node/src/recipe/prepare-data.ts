import { join } from "node:path";
import { type Document, documentFromSentence, type Omission, sentencesOf } from "@weft-nlp/core";
import { type SplitPart, type SplitPlan, SplitPlanner, type SplitShares } from "@weft-nlp/core/corpus";
import { outputFormats } from "@weft-nlp/core/formats";
import { FileError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { type ReadDocumentsOptions, readDocuments } from "../files/read-documents.ts";
import { writeDocuments } from "../files/write-documents.ts";
import { makeFolder } from "../files/write-file.ts";
import type { Project } from "./read-project.ts";

/** The data to train on. Paths are those of the input, or of files that were written. */
export interface PreparedData {
  readonly train: string;
  readonly dev: string;
  readonly test: string | undefined;
  /** The split, if dev was taken from train. */
  readonly split: { readonly plan: SplitPlan; readonly shares: SplitShares; readonly bySentence: boolean } | undefined;
  readonly omissions: readonly Omission[];
}

/** Below this number of sentences, none are held out for a test. */
const enoughForTest = 300;

/** Fewer documents than this cannot be divided, so their sentences are. */
const fewDocuments = 5;

/** How a data set without dev is divided. */
function sharesFor({ facts: { sentences }, parts }: Pick<Project, "facts" | "parts">): SplitShares {
  if (parts.test.length > 0) return { train: 0.9, dev: 0.1, test: 0 };
  return sentences < enoughForTest ? { train: 0.8, dev: 0.2, test: 0 } : { train: 0.8, dev: 0.1, test: 0.1 };
}

/**
 * Makes one file for each part: splits off dev if there is none, and joins several files. A part
 * that is one file already is used where it lies.
 *
 * @param folder where new files go, as JSONL
 * @throws {FileError} OUTPUT_EXISTS if a file is already there, without `force`
 */
export async function prepareData(
  project: Project,
  folder: string,
  options: {
    readonly seed: number;
    /** How to divide; by default for training, where a large data set keeps a part for a test. */
    readonly shares?: SplitShares;
    readonly force?: boolean;
    readonly reading?: ReadDocumentsOptions;
  },
): Promise<PreparedData> {
  const { parts } = project;
  const { seed, shares = sharesFor(project), force = false, reading } = options;
  const omissions: Omission[] = [];
  const written = new Map<SplitPart, Document[]>();
  let split: PreparedData["split"];
  if (parts.dev.length === 0) {
    const divided = divide(await collect(parts.train, reading, omissions), shares, seed);
    split = divided;
    for (const [part, documents] of divided.documents) if (documents.length > 0) written.set(part, documents);
  } else if (parts.train.length > 1) written.set("train", await collect(parts.train, reading, omissions));
  for (const part of ["dev", "test"] as const) {
    if (parts[part].length > 1) written.set(part, await collect(parts[part], reading, omissions));
  }
  const pathOf = (part: SplitPart): string => join(folder, `${part}.jsonl`);
  if (!force) for (const part of written.keys()) await refuseExisting(pathOf(part));
  if (written.size > 0) await makeFolder(folder);
  for (const [part, documents] of written) {
    await writeDocuments(pathOf(part), outputFormats.get("jsonl"), documents, (omission) => omissions.push(omission));
  }
  const placeOf = (part: SplitPart): string | undefined => (written.has(part) ? pathOf(part) : parts[part][0]);
  return { train: placeOf("train") ?? "", dev: placeOf("dev") ?? "", test: placeOf("test"), split, omissions };
}

interface Divided {
  readonly plan: SplitPlan;
  readonly shares: SplitShares;
  readonly bySentence: boolean;
  readonly documents: ReadonlyMap<SplitPart, Document[]>;
}

/** Divides documents, or their sentences if the documents are too few or too unequal for that. */
function divide(documents: readonly Document[], shares: SplitShares, seed: number): Divided {
  const whole = planFor(documents, shares, seed);
  if (documents.length >= fewDocuments && whole.plan.sizes.dev.sentences > 0) return { ...whole, shares, bySentence: false };
  const sentences = documents.flatMap((document) => sentencesOf(document).sentences.map(documentFromSentence));
  return { ...planFor(sentences, shares, seed), shares, bySentence: true };
}

function planFor(documents: readonly Document[], shares: SplitShares, seed: number): Pick<Divided, "plan" | "documents"> {
  const planner = new SplitPlanner();
  for (const document of documents) planner.add(document);
  const plan = planner.plan(shares, seed);
  const parts = new Map<SplitPart, Document[]>([
    ["train", []],
    ["dev", []],
    ["test", []],
  ]);
  for (const [index, document] of documents.entries()) parts.get(plan.parts[index] ?? "train")?.push(document);
  return { plan, documents: parts };
}

async function collect(
  paths: readonly string[],
  reading: ReadDocumentsOptions | undefined,
  omissions: Omission[],
): Promise<Document[]> {
  const documents: Document[] = [];
  for (const path of paths) {
    for await (const event of readDocuments(path, reading)) {
      if (event.kind === "omission") omissions.push(event.omission);
      else documents.push(event.document);
    }
  }
  return documents;
}

async function refuseExisting(path: string): Promise<void> {
  if (!(await exists(path))) return;
  throw new FileError("OUTPUT_EXISTS", {
    at: { source: path },
    message: "the file already exists",
    hint: "name another folder, or replace it with --force",
  });
}
