import { type CoreErrorCode, DataError, type Sentence } from "@weft-nlp/core";
import { type CheckedFile, type CheckReport, checkCorpus } from "@weft-nlp/core/corpus";
import { type CorpusFacts, corpusFacts } from "@weft-nlp/core/recipe";
import { openDocuments } from "../files/open-documents.ts";
import type { ReadDocumentsOptions } from "../files/read-documents.ts";
import { readWithFaults } from "../files/read-with-faults.ts";
import { type DataParts, findParts } from "./find-parts.ts";

/** A data set as it was found. */
export interface Project {
  readonly parts: DataParts;
  /** The names of the formats. */
  readonly formats: readonly string[];
  readonly facts: CorpusFacts;
  readonly check: CheckReport;
}

/**
 * Reads and checks the files of a data set.
 *
 * @param dev dev data besides what the names of the files say
 * @throws {FileError} if a file cannot be read
 * @throws {DataError} the first invalid record, with the number of others; CORPUS_EMPTY if nothing
 *   is annotated
 */
export async function readProject(paths: readonly string[], options: ReadDocumentsOptions = {}, dev?: string): Promise<Project> {
  const named = await findParts(paths);
  const parts = dev === undefined ? named : { ...named, dev: [...named.dev, dev] };
  const files: CheckedFile[] = [];
  const formats = new Set<string>();
  for (const role of ["train", "dev", "test"] as const) {
    for (const path of parts[role]) {
      formats.add(await formatOf(path, options));
      files.push({ ...(await readWithFaults(path, options)), role });
    }
  }
  const check = checkCorpus(files);
  refuseFaults(check);
  const learnt = files
    .filter(({ role }) => role === "train")
    .flatMap(({ sentences }) => sentences.map(({ sentence }) => sentence));
  refuseEmpty(learnt, parts.train);
  return { parts, formats: [...formats], facts: corpusFacts(learnt), check };
}

async function formatOf(path: string, options: ReadDocumentsOptions): Promise<string> {
  for await (const { format, chunks } of openDocuments(path, options)) {
    for await (const _ of chunks) break;
    return format.name;
  }
  return "none";
}

function refuseFaults({ files }: CheckReport): void {
  const faults = files.flatMap((file) => file.faults);
  const [first] = faults;
  if (first === undefined) return;
  const { at, message } = first;
  const others = faults.length === 1 ? "" : ` (and ${faults.length - 1} more)`;
  throw new DataError(first.code as CoreErrorCode, {
    at,
    message: `${message}${others}`,
    hint: `${first.hint === undefined ? "" : `${first.hint}; `}weft data check ${files[0]?.source ?? "DATA"} lists every fault`,
  });
}

function refuseEmpty(sentences: readonly Sentence[], paths: readonly string[]): void {
  if (sentences.some(({ entities }) => entities.length > 0)) return;
  throw new DataError("CORPUS_EMPTY", {
    at: { source: paths.join(", ") },
    message: sentences.length === 0 ? "there are no sentences" : `none of the ${sentences.length} sentences has an entity`,
    hint: "training needs annotated sentences; weft data stats shows what is read",
  });
}
