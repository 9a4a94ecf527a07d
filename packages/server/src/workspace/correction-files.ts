import { mkdir, readFile, stat, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SentenceEdit } from "@weft-nlp/api";
import { DataError, type Document, roundConfidence } from "@weft-nlp/core";
import { documentFromRecord, recordOf } from "@weft-nlp/core/formats";
import { parseJson } from "@weft-nlp/core/json";
import { fileFailure, systemCodeOf, writeFileAtomically } from "@weft-nlp/node/files";
import { turns } from "../http/turns.ts";

/**
 * What a project is besides its sentences; all but its name, which is that of its folder, stands in
 * `project.json` there. That is written last, so that a folder without it is no project.
 */
export interface ProjectHead {
  readonly name: string;
  readonly createdAt: string;
  readonly model: string | null;
  /** Those of the model's schema; the ones that sentences use come beside them. */
  readonly entityTypes: readonly string[];
  readonly relationTypes: readonly string[];
}

/** A sentence with how it stands. */
export interface HeldSentence {
  readonly document: Document;
  readonly revision: number;
  readonly done: boolean;
  readonly uncertainty: number;
}

const headFile = "project.json";
export const documentsFile = "documents.jsonl";
export const journalFile = "journal.jsonl";
/** In the metadata of a line, beside what the data itself says there. */
const stateField = "weft-correction";

/** @throws {FileError} */
export async function writeProject(folder: string, head: ProjectHead, sentences: readonly HeldSentence[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFileAtomically(join(folder, journalFile), "");
    await writeFileAtomically(join(folder, documentsFile), linesOf(sentences));
    await writeFileAtomically(join(folder, headFile), `${JSON.stringify({ ...head, name: undefined }, undefined, 2)}\n`);
  } catch (cause) {
    throw fileFailure(cause, folder, "write");
  }
}

/**
 * @returns nothing where the folder holds no project
 * @throws {FileError} @throws {DataError} where the file is damaged
 */
export async function readHead(folder: string): Promise<ProjectHead | undefined> {
  try {
    const head = parseJson(await readFile(join(folder, headFile), "utf8"), { source: headFile }) as Omit<ProjectHead, "name">;
    return { ...head, name: basename(folder) };
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    if (["ENOENT", "ENOTDIR"].includes(systemCodeOf(cause) ?? "")) return undefined;
    throw fileFailure(cause, folder, "read");
  }
}

/** Tells one project from another that was made under its name later; empty where there is none. */
export async function headStamp(folder: string): Promise<string> {
  return stat(join(folder, headFile)).then(
    ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
    () => "",
  );
}

/** @throws {FileError} @throws {DataError} where the files are damaged */
export async function readProject(folder: string): Promise<{ sentences: HeldSentence[]; journalBytes: number }> {
  const [path, journalPath] = [join(folder, documentsFile), join(folder, journalFile)];
  let [documents, journal] = ["", Buffer.alloc(0)];
  try {
    journal = await readFile(journalPath);
    documents = await readFile(path, "utf8");
  } catch (cause) {
    throw fileFailure(cause, folder, "read");
  }
  // Cut off before anything else is done: what another process writes meanwhile stands behind it.
  const whole = journal.subarray(0, journal.lastIndexOf("\n") + 1);
  if (whole.length < journal.length) await truncate(journalPath, whole.length);
  const pause = turns();
  const sentences: HeldSentence[] = [];
  for (const [index, line] of documents.split("\n").entries()) {
    if (line !== "") sentences.push(heldOf(parsed(line, documentsFile, index), index + 1));
    await pause();
  }
  for (const [index, line] of whole.toString("utf8").split("\n").entries()) {
    if (line !== "") await replay(parsed(line, journalFile, index) as JournalLine, sentences, pause);
  }
  return { sentences, journalBytes: whole.length };
}

/** Which line of which file is damaged is all that helps whoever keeps the files. */
function parsed(line: string, source: string, index: number): unknown {
  return parseJson(line, { source, line: index + 1 });
}

/**
 * A line for each sentence, as `documents.jsonl` holds them; pieces of many lines, each made in a
 * few milliseconds.
 */
export function* linesOf(sentences: readonly HeldSentence[]): Generator<string> {
  let piece = "";
  for (const held of sentences) {
    piece += `${JSON.stringify(recordOfHeld(held))}\n`;
    if (piece.length < pieceUnits) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

const pieceUnits = 1 << 16;

/** The line of the journal that says what a sentence is now. */
export function changeLine(id: number, { document, done, revision }: HeldSentence): string {
  return `${JSON.stringify({ id, revision, ...annotationOf(document), done })}\n`;
}

/**
 * The line of the journal that says which sentences have come; one line, so that all of them are
 * there or none.
 *
 * @param first id of the first one
 */
export async function additionLine(first: number, sentences: readonly HeldSentence[]): Promise<string> {
  const pause = turns();
  const added: string[] = [];
  for (const held of sentences) {
    added.push(JSON.stringify(recordOfHeld(held)));
    await pause();
  }
  return `{"first":${first},"added":[${added.join(",")}]}\n`;
}

/** The fields in one order, absent where undefined: what is compared, kept and sent. */
export function annotationOf({ entities, relations }: Pick<Document, "entities" | "relations">): Omit<SentenceEdit, "done"> {
  const confident = (confidence: number | undefined) =>
    confidence === undefined ? {} : { confidence: roundConfidence(confidence) };
  return {
    entities: entities.map(({ start, end, type, confidence }) => ({ start, end, type, ...confident(confidence) })),
    relations: relations.map(({ head, tail, type, confidence }) => ({ head, tail, type, ...confident(confidence) })),
  };
}

type JournalLine =
  | (SentenceEdit & { readonly id: number; readonly revision: number })
  | { readonly first: number; readonly added: readonly unknown[] };

/**
 * What was folded into the documents before the journal could be emptied is there already, and is
 * known by its place or its revision.
 */
async function replay(line: JournalLine, sentences: HeldSentence[], pause: () => Promise<void>): Promise<void> {
  if ("added" in line) {
    for (const [index, record] of line.added.entries()) {
      if (line.first + index === sentences.length) sentences.push(heldOf(record, sentences.length + 1));
      await pause();
    }
    return;
  }
  const { id, revision, ...edit } = line;
  const held = sentences[id];
  if (held === undefined || revision <= held.revision) return;
  sentences[id] = { ...held, document: { ...held.document, ...annotationOf(edit) }, done: edit.done, revision };
}

function recordOfHeld({ document, revision, done, uncertainty }: HeldSentence): unknown {
  return recordOf({ ...document, metadata: { ...document.metadata, [stateField]: { revision, done, uncertainty } } });
}

function heldOf(record: unknown, line: number): HeldSentence {
  const { document } = documentFromRecord(record, { source: documentsFile, line });
  const { [stateField]: state, ...metadata } = document.metadata;
  return {
    ...(state as Pick<HeldSentence, "revision" | "done" | "uncertainty">),
    document: { ...document, metadata },
  };
}
