import { appendFile, open, rename, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CorrectionSentence, ProjectEntry, SentenceEdit } from "@weft-nlp/api";
import type { Document } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import { FileError } from "@weft-nlp/node";
import { fileFailure, writeFileAtomically } from "@weft-nlp/node/files";
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
  type ProjectHead,
  readHead,
  readProject,
  writeProject,
} from "./correction-files.ts";
import type { NewSentence } from "./correction-sentences.ts";
import { editedDocument } from "./edited-document.ts";

/** The outcome of a save: the sentence as it is now, and whether the edit is in it. */
export interface Saved {
  readonly taken: boolean;
  readonly sentence: CorrectionSentence;
}

/**
 * A correction project on disk: `documents.jsonl`, a sentence a line in Weft's format, and
 * `journal.jsonl`, a line for each change since.
 *
 * A change is in the journal and forced to disk before anybody is told that it is saved. A line
 * that a kill cut short was never acknowledged, and is cut off. The journal is folded into the
 * documents now and then: the new file takes the old one's name first, the journal is emptied
 * after, and changes that are in both are known by their revision.
 */
export class CorrectionProject {
  readonly head: ProjectHead;
  readonly #folder: string;
  /**
   * Of the head that was read: another one means that this project is gone, and that its name may
   * be that of another.
   */
  readonly #stamp: string;
  #sentences: HeldSentence[];
  /**
   * Bytes of the journal as this process left it: another length means that another process writes
   * here too.
   */
  #journalBytes: number;
  #queue: Promise<unknown> = Promise.resolve();
  /** Whether another object holds it by now: its folder may have its old name back. */
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
   * @returns nothing where the folder holds no project
   * @throws {FileError} @throws {DataError} where its files are damaged
   */
  static async open(folder: string): Promise<CorrectionProject | undefined> {
    const stamp = await headStamp(folder);
    const head = await readHead(folder);
    if (head === undefined) return undefined;
    const { sentences, journalBytes } = await readProject(folder);
    return new CorrectionProject(folder, head, stamp, sentences, journalBytes);
  }

  /** False where its folder has gone, or holds another project by now. */
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
   * Ids in an order that does not change while people work: uncertainty is that of the suggestions
   * a sentence began with.
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

  /** @param which `done`: what people stand for; `all`: suggestions too */
  documents(which: "done" | "all"): Document[] {
    return this.#sentences.filter(({ done }) => done || which === "all").map(({ document }) => document);
  }

  /**
   * Saves what a person says of a sentence, on disk before it returns. An edit that says what is
   * there already is taken whatever its revision, so that a request may be sent again when its
   * answer was omitted.
   *
   * @param revision the one that the edit was made from
   * @throws {RequestError} REQUEST_INVALID @throws {DataError} where the annotation does not fit
   *   the sentence
   * @throws {FileError} where it could not be written; nothing has changed then
   */
  async save(id: number, revision: number, edit: SentenceEdit): Promise<Saved> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      const held = this.#sentences[id];
      if (held === undefined) throw sentenceUnknown(id);
      const next = { ...held, document: editedDocument(held.document, edit), done: edit.done, revision: held.revision + 1 };
      if (isDeepStrictEqual(contentOf(held), contentOf(next))) return { taken: true, sentence: sentenceOf(held, id) };
      if (revision !== held.revision) return { taken: false, sentence: sentenceOf(held, id) };
      await this.#append(changeLine(id, next));
      this.#sentences[id] = next;
      if (this.#journalBytes > foldBytes) await this.#fold();
      return { taken: true, sentence: sentenceOf(next, id) };
    });
  }

  /**
   * Puts sentences behind those there are, on disk before it returns: all of them or none.
   *
   * @returns the id of the first one
   * @throws {RequestError} where there would be too many
   * @throws {FileError}
   */
  async add(sentences: readonly NewSentence[], max: number): Promise<number> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      const first = this.size;
      if (first + sentences.length > max) throw tooMany(first + sentences.length, max);
      // Their coming is a change of the project, which its revision counts.
      const held = sentences.map((sentence) => ({ ...sentence, revision: 1, done: false }));
      await this.#append(await additionLine(first, held));
      for (const sentence of held) this.#sentences.push(sentence);
      if (this.#journalBytes > foldBytes) await this.#fold();
      return first;
    });
  }

  /**
   * Moves the project's folder, whole: out of the way, or to another name. Whoever saves into it
   * here later hears that it is gone.
   *
   * @param revision the one that somebody saw who wants it moved
   * @param to another folder, or the one it is in: then it stays as it is
   * @returns false where the project has changed since, and stays
   * @throws {FileError}
   */
  async moveTo(revision: number, to: string): Promise<boolean> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      if (this.entry().revision !== revision) return false;
      if (to === this.#folder) return true;
      try {
        await rename(this.#folder, to);
      } catch (cause) {
        throw fileFailure(cause, this.#folder, "write");
      }
      this.#moved = true;
      return true;
    });
  }

  /** Two writers at once would mix their lines. */
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
      // Half a line must not stand in front of the next one.
      await truncate(path, this.#journalBytes).catch(() => undefined);
      throw fileFailure(cause, path, "write");
    }
    this.#journalBytes += Buffer.byteLength(line);
  }

  async #fold(): Promise<void> {
    try {
      await writeFileAtomically(join(this.#folder, documentsFile), linesOf(this.#sentences));
      await writeFileAtomically(join(this.#folder, journalFile), "");
      this.#journalBytes = 0;
    } catch (error) {
      // The journal holds everything still; the next change tries again.
      if (!(error instanceof FileError)) throw error;
    }
  }
}

export function projectUnknown(): RequestError {
  return new RequestError("CORRECTIONS_UNKNOWN", {
    at: { path: "params.name" },
    message: "there is no correction project of this name",
    hint: "GET /v1/corrections lists them",
  });
}

export function tooMany(sentences: number, max: number): RequestError {
  return new RequestError("REQUEST_TOO_LARGE", {
    message: `there would be ${sentences} sentences; a correction project holds up to ${max}`,
    hint: "cut the file into parts, each a project of its own",
  });
}

export function sentenceUnknown(id: number): RequestError {
  return new RequestError("CORRECTIONS_UNKNOWN", { at: { path: "params.id" }, message: `this project has no sentence ${id}` });
}

/**
 * Little enough to be read in an instant, and seldom enough that a large project is not written all
 * the time.
 */
const foldBytes = 1 << 20;

function sentenceOf({ document, revision, done, uncertainty }: HeldSentence, id: number): CorrectionSentence {
  return { id, revision, uncertainty, done, document: recordOf(document) };
}

function contentOf({ document, done }: HeldSentence): SentenceEdit {
  return { ...annotationOf(document), done };
}
