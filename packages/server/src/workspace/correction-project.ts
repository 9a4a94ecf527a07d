import { appendFile, open, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CorrectionSentence, ProjectEntry, SentenceEdit } from "@weft-nlp/api";
import { type Document, withNotes } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import { FileError } from "@weft-nlp/node";
import { fileFailure, renameFile, writeFileAtomically } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";
import {
  additionLine,
  annotationOf,
  changeLine,
  documentsFile,
  type HeldSentence,
  headStamp,
  journalFile,
  linesOf,
  ownerOnly,
  type ProjectHead,
  readHead,
  readProject,
  writeProject,
} from "./correction-files.ts";
import type { NewSentence } from "./correction-sentences.ts";
import { editedDocument } from "./edited-document.ts";

/** The result of a save: the sentence as it is now, and whether it includes the edit. */
export interface Saved {
  readonly taken: boolean;
  readonly sentence: CorrectionSentence;
}

/**
 * A correction project on disk: `documents.jsonl` with one sentence a line in Weft's format, and
 * `journal.jsonl` with one line for each later change.
 *
 * A change is written to the journal and flushed to disk before it is acknowledged. A line that a
 * kill cut short was never acknowledged, so it is cut off. The journal is folded into the documents
 * from time to time: first the new file replaces the old one, then the journal is emptied. Changes
 * in both are recognised by their revision.
 */
export class CorrectionProject {
  readonly head: ProjectHead;
  readonly #folder: string;
  /**
   * The stamp of the head that was read. If it differs, this project is gone and its name may
   * belong to another.
   */
  readonly #stamp: string;
  #sentences: HeldSentence[];
  /**
   * Bytes of the journal as this process left it. If they differ, another process writes here too.
   */
  #journalBytes: number;
  #queue: Promise<unknown> = Promise.resolve();
  /** Whether another object has taken over: the folder may have its old name back. */
  #moved = false;

  private constructor(folder: string, head: ProjectHead, stamp: string, sentences: HeldSentence[], journalBytes: number) {
    this.#folder = folder;
    this.head = head;
    this.#stamp = stamp;
    this.#sentences = sentences;
    this.#journalBytes = journalBytes;
  }

  /** @throws {FileError} */
  static async create(folder: string, head: ProjectHead, sentences: readonly NewSentence[]): Promise<CorrectionProject> {
    const held = sentences.map((sentence) => ({ ...sentence, revision: 0, done: false }));
    await writeProject(folder, head, held);
    return new CorrectionProject(folder, head, await headStamp(folder), held, 0);
  }

  /**
   * @returns undefined if the folder holds no project
   * @throws {FileError} @throws {DataError} if its files are damaged
   */
  static async open(folder: string): Promise<CorrectionProject | undefined> {
    const stamp = await headStamp(folder);
    const head = await readHead(folder);
    if (head === undefined) return undefined;
    const { sentences, journalBytes } = await readProject(folder);
    return new CorrectionProject(folder, head, stamp, sentences, journalBytes);
  }

  /** False if its folder is gone or holds another project. */
  async isThere(): Promise<boolean> {
    return !this.#moved && (await headStamp(this.#folder)) === this.#stamp;
  }

  get size(): number {
    return this.#sentences.length;
  }

  entry(): ProjectEntry {
    const { head } = this;
    const [entityTypes, relationTypes] = [new Set(head.entityTypes), new Set(head.relationTypes)];
    let [done, revision] = [0, 0];
    for (const held of this.#sentences) {
      for (const { type } of held.document.entities) if (type !== null) entityTypes.add(type);
      for (const { type } of held.document.relations) relationTypes.add(type);
      if (held.done) done++;
      revision += held.revision;
    }
    return { ...head, revision, sentences: this.size, done, entityTypes: [...entityTypes], relationTypes: [...relationTypes] };
  }

  sentence(id: number): CorrectionSentence | undefined {
    const held = this.#sentences[id];
    return held === undefined ? undefined : sentenceOf(held, id);
  }

  /**
   * Ids in an order that stays stable while people work: uncertainty is that of the original
   * suggestions.
   */
  order(sort: "uncertainty" | "order"): number[] {
    const ids = this.#sentences.map((_, id) => id);
    if (sort === "order") return ids;
    const of = (id: number): number => this.#sentences[id]?.uncertainty ?? 0;
    return ids.sort((a, b) => of(b) - of(a) || a - b);
  }

  isDone(id: number): boolean {
    return this.#sentences[id]?.done === true;
  }

  /**
   * The sentences, with their comments as notes.
   *
   * @param which `done` for reviewed sentences only, `all` to include suggestions
   */
  documents(which: "done" | "all"): Document[] {
    return this.#sentences
      .filter(({ done }) => done || which === "all")
      .map(({ document, note: { comment = "" } = {} }) => (comment === "" ? document : withNotes(document, [{ text: comment }])));
  }

  /**
   * Saves the annotation of a sentence; it is on disk when this returns. An edit that changes
   * nothing is accepted at any revision, so a client may retry when an answer is lost.
   *
   * @param revision the revision that was edited
   * @throws {RequestError} REQUEST_INVALID @throws {DataError} if the annotation does not fit the
   *   sentence
   * @throws {FileError} if it could not be written; then nothing has changed
   */
  async save(id: number, revision: number, edit: SentenceEdit): Promise<Saved> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      const held = this.#sentences[id];
      if (held === undefined) throw sentenceUnknown(id);
      const { done, note = held.note } = edit;
      const document = editedDocument(held.document, edit);
      const next = { ...held, document, done, revision: held.revision + 1, ...(note === undefined ? {} : { note }) };
      if (isDeepStrictEqual(contentOf(held), contentOf(next))) return { taken: true, sentence: sentenceOf(held, id) };
      if (revision !== held.revision) return { taken: false, sentence: sentenceOf(held, id) };
      await this.#append(changeLine(id, next));
      this.#sentences[id] = next;
      if (this.#journalBytes > foldBytes) await this.#fold();
      return { taken: true, sentence: sentenceOf(next, id) };
    });
  }

  /**
   * Appends sentences, all of them or none; they are on disk when this returns.
   *
   * @returns the id of the first new sentence
   * @throws {RequestError} if there would be too many
   * @throws {FileError}
   */
  async add(sentences: readonly NewSentence[], max: number): Promise<number> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      const first = this.size;
      if (first + sentences.length > max) throw tooMany(first + sentences.length, max);
      // Adding them changes the project, so its revision must grow.
      const held = sentences.map((sentence) => ({ ...sentence, revision: 1, done: false }));
      await this.#append(await additionLine(first, held));
      for (const sentence of held) this.#sentences.push(sentence);
      if (this.#journalBytes > foldBytes) await this.#fold();
      return first;
    });
  }

  /**
   * Moves the project's folder, to the trash or to a new name. A later save through this object
   * fails, as the project is gone.
   *
   * @param revision the revision that the client saw
   * @param to the new folder; nothing happens if it is the current one
   * @returns false if the project has changed since; then it stays
   * @throws {FileError}
   */
  async moveTo(revision: number, to: string): Promise<boolean> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      if (this.entry().revision !== revision) return false;
      if (to === this.#folder) return true;
      try {
        await renameFile(this.#folder, to);
      } catch (cause) {
        throw fileFailure(cause, this.#folder, "write");
      }
      this.#moved = true;
      return true;
    });
  }

  /** Runs writers one at a time, so their lines do not mix. */
  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #catchUp(): Promise<void> {
    if (!(await this.isThere())) throw projectUnknown();
    const bytes = await stat(join(this.#folder, journalFile)).then(
      ({ size }) => size,
      () => -1,
    );
    if (bytes === this.#journalBytes) return;
    const { sentences, journalBytes } = await readProject(this.#folder);
    this.#sentences = sentences;
    this.#journalBytes = journalBytes;
  }

  async #append(line: string): Promise<void> {
    const path = join(this.#folder, journalFile);
    try {
      const handle = await open(path, "a");
      try {
        await appendFile(handle, line);
        await handle.datasync();
      } finally {
        await handle.close();
      }
    } catch (cause) {
      // A partial line must not precede the next one.
      await truncate(path, this.#journalBytes).catch(() => undefined);
      throw fileFailure(cause, path, "write");
    }
    this.#journalBytes += Buffer.byteLength(line);
  }

  async #fold(): Promise<void> {
    try {
      await writeFileAtomically(join(this.#folder, documentsFile), linesOf(this.#sentences), ownerOnly);
      await writeFileAtomically(join(this.#folder, journalFile), "", ownerOnly);
      this.#journalBytes = 0;
    } catch (error) {
      // The journal still holds everything; the next change retries.
      if (!(error instanceof FileError)) throw error;
    }
  }
}

export function projectUnknown(): RequestError {
  return new RequestError("CORRECTIONS_UNKNOWN", {
    at: { path: "params.name" },
    message: "there is no correction project with this name",
    hint: "GET /v1/corrections lists them",
  });
}

export function tooMany(sentences: number, max: number): RequestError {
  return new RequestError("REQUEST_TOO_LARGE", {
    message: `the project would have ${sentences} sentences; the limit is ${max}`,
    hint: "split the file into several projects",
  });
}

export function sentenceUnknown(id: number): RequestError {
  return new RequestError("CORRECTIONS_UNKNOWN", { at: { path: "params.id" }, message: `this project has no sentence ${id}` });
}

/**
 * Small enough to be read in an instant, and large enough that a big project is rarely rewritten.
 */
const foldBytes = 1 << 20;

function sentenceOf({ document, revision, done, uncertainty, note }: HeldSentence, id: number): CorrectionSentence {
  return { id, revision, uncertainty, done, document: recordOf(document), ...(note === undefined ? {} : { note }) };
}

function contentOf({ document, done, note }: HeldSentence): SentenceEdit {
  return { ...annotationOf(document), done, note };
}
