import { mkdir, readFile, stat, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SentenceEdit } from "@weft-nlp/api";
import { DataError, type Document, roundConfidence } from "@weft-nlp/core";
import { documentFromRecord, recordOf } from "@weft-nlp/core/formats";
import { parseJson } from "@weft-nlp/core/json";
import { fileFailure, systemCodeOf, writeFileAtomically } from "@weft-nlp/node/files";
import { turns } from "../http/turns.ts";

/**
 * A project without its sentences. `project.json` in its folder holds all but the name, which is
 * the folder's. It is written last, so a folder without it is not a project.
 */
export interface ProjectHead {
  readonly name: string;
  readonly createdAt: string;
  readonly model: string | null;
  /** The types of the model's schema; those that sentences use are added. */
  readonly entityTypes: readonly string[];
  readonly relationTypes: readonly string[];
}

/** A sentence with its state. */
export interface HeldSentence {
  readonly document: Document;
  readonly revision: number;
  readonly done: boolean;
  readonly uncertainty: number;
  readonly note?: SentenceEdit["note"];
}

const headFile = "project.json";
export const documentsFile = "documents.jsonl";
export const journalFile = "journal.jsonl";
/** In the metadata of a line, next to the data's own fields. */
const stateField = "weft-correction";

/** @throws {FileError} */
export async function writeProject(folder: string, head: ProjectHead, sentences: readonly HeldSentence[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFileAtomically(join(folder, journalFile), "", ownerOnly);
    await writeFileAtomically(join(folder, documentsFile), linesOf(sentences), ownerOnly);
    await writeFileAtomically(
      join(folder, headFile),
      `${JSON.stringify({ ...head, name: undefined }, undefined, 2)}\n`,
      ownerOnly,
    );
  } catch (cause) {
    throw fileFailure(cause, folder, "write");
  }
}

/**
 * @returns undefined if the folder holds no project
 * @throws {FileError} @throws {DataError} if the file is damaged
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

/** Distinguishes a project from a later one with the same name; empty if there is none. */
export async function headStamp(folder: string): Promise<string> {
  return stat(join(folder, headFile)).then(
    ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
    () => "",
  );
}

/** @throws {FileError} @throws {DataError} if the files are damaged */
export async function readProject(folder: string): Promise<{ sentences: HeldSentence[]; journalBytes: number }> {
  const [path, journalPath] = [join(folder, documentsFile), join(folder, journalFile)];
  let [documents, journal] = ["", Buffer.alloc(0)];
  try {
    journal = await readFile(journalPath);
    documents = await readFile(path, "utf8");
  } catch (cause) {
    throw fileFailure(cause, folder, "read");
  }
  // Cut off the partial line first: another process may append meanwhile.
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

/** Names the damaged file and line in the error. */
function parsed(line: string, source: string, index: number): unknown {
  return parseJson(line, { source, line: index + 1 });
}

/** The lines of `documents.jsonl`, one a sentence, in chunks that take a few milliseconds each. */
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

/** Files that hold texts of users are not for other users of the machine. */
export const ownerOnly = { mode: 0o600 } as const;

const pieceUnits = 1 << 16;

/** The journal line with the current state of a sentence. */
export function changeLine(id: number, { document, done, revision, note }: HeldSentence): string {
  return `${JSON.stringify({ id, revision, ...annotationOf(document), done, ...(note === undefined ? {} : { note }) })}\n`;
}

/**
 * The journal line for added sentences; one line, so all of them are added or none.
 *
 * @param first id of the first sentence
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

/**
 * An annotation with its fields in a fixed order and without undefined ones, to compare, store and
 * send.
 */
export function annotationOf({
  entities,
  relations,
}: Pick<Document, "entities" | "relations">): Omit<SentenceEdit, "done" | "note"> {
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
 * Applies a journal line. Changes that were folded into the documents before the journal was
 * emptied are recognised by index or revision and skipped.
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
  const { done, note = held.note } = edit;
  sentences[id] = { ...held, document: { ...held.document, ...annotationOf(edit) }, done, revision, ...(note && { note }) };
}

function recordOfHeld({ document, revision, done, uncertainty, note }: HeldSentence): unknown {
  const state = { revision, done, uncertainty, ...(note === undefined ? {} : { note }) };
  return recordOf({ ...document, metadata: { ...document.metadata, [stateField]: state } });
}

function heldOf(record: unknown, line: number): HeldSentence {
  const { document } = documentFromRecord(record, { source: documentsFile, line });
  const { [stateField]: state, ...metadata } = document.metadata;
  return {
    ...(state as Pick<HeldSentence, "revision" | "done" | "uncertainty" | "note">),
    document: { ...document, metadata },
  };
}
