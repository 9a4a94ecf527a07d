import { appendFile, mkdir, open, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Document, documentFromRecord, recordOf, validateDocument } from "@weft/core";
import { FileError, RequestError } from "../../errors.ts";
import { fileFailure, systemCodeOf } from "../../files/file-failure.ts";
import { writeFileAtomically } from "../../files/write-file.ts";
import type { CorrectionSentence, ProjectEntry, SentenceEdit } from "./correction-schemas.ts";
import { hasSuggestions } from "./correction-sentences.ts";

/** What a project is besides its sentences; `project.json` in its folder, and written last, so that a folder without it is no project. */
export interface ProjectHead {
  readonly name: string;
  readonly createdAt: string;
  readonly model: string | null;
  /** Those of the model's schema; the ones that sentences use come beside them. */
  readonly entityTypes: readonly string[];
  readonly relationTypes: readonly string[];
}

/** A sentence with how it stands. */
interface Held {
  readonly document: Document;
  readonly revision: number;
  readonly done: boolean;
  readonly uncertainty: number;
}

/** The outcome of a save: the sentence as it is now, and whether the edit is in it. */
export interface Saved {
  readonly taken: boolean;
  readonly sentence: CorrectionSentence;
}

/**
 * A correction project on disk: `documents.jsonl`, a sentence a line in Weft's format, and `journal.jsonl`, a line for each change since.
 *
 * A change is in the journal and forced to disk before anybody is told that it is saved. A line that a kill cut short was never
 * acknowledged, and is cut off. The journal is folded into the documents now and then: the new file takes the old one's name first, the
 * journal is emptied after, and changes that are in both are known by their revision.
 */
export class CorrectionProject {
  readonly head: ProjectHead;
  readonly #folder: string;
  #sentences: Held[];
  /** Bytes of the journal as this process left it: another length means that another process writes here too. */
  #journalBytes: number;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, head: ProjectHead, sentences: Held[], journalBytes: number) {
    this.#folder = folder;
    this.head = head;
    this.#sentences = sentences;
    this.#journalBytes = journalBytes;
  }

  /** @param sentences with their uncertainty @throws {FileError} */
  static async create(
    folder: string,
    head: ProjectHead,
    sentences: readonly { readonly document: Document; readonly uncertainty: number }[],
  ): Promise<CorrectionProject> {
    const held = sentences.map((sentence) => ({ ...sentence, revision: 0, done: false }));
    try {
      await mkdir(folder, { recursive: true });
      await writeFileAtomically(join(folder, journalFile), "");
      await writeFileAtomically(join(folder, documentsFile), linesOf(held));
      await writeFileAtomically(join(folder, headFile), `${JSON.stringify(head, undefined, 2)}\n`);
    } catch (cause) {
      throw fileFailure(cause, folder, "write");
    }
    return new CorrectionProject(folder, head, held, 0);
  }

  /** @returns nothing where the folder holds no project @throws {FileError} @throws {DataError} where its files are damaged */
  static async open(folder: string): Promise<CorrectionProject | undefined> {
    let text: string;
    try {
      text = await readFile(join(folder, headFile), "utf8");
    } catch (cause) {
      if (["ENOENT", "ENOTDIR"].includes(systemCodeOf(cause) ?? "")) return undefined;
      throw fileFailure(cause, folder, "read");
    }
    const { sentences, journalBytes } = await readProject(folder);
    return new CorrectionProject(folder, JSON.parse(text) as ProjectHead, sentences, journalBytes);
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

  /** Ids in an order that does not change while people work: uncertainty is that of the suggestions a sentence began with. */
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
   * Saves what a person says of a sentence, on disk before it returns. An edit that says what is there already is taken whatever its
   * revision, so that a request may be sent again when its answer was lost.
   *
   * @param revision the one that the edit was made from
   * @throws {RequestError} REQUEST_INVALID @throws {DataError} where the annotation does not fit the sentence
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
      await this.#append(`${JSON.stringify({ id, revision: next.revision, ...contentOf(next) })}\n`);
      this.#sentences[id] = next;
      if (this.#journalBytes > foldBytes) await this.#fold();
      return { taken: true, sentence: sentenceOf(next, id) };
    });
  }

  /** Two writers at once would mix their lines. */
  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #catchUp(): Promise<void> {
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

export function sentenceUnknown(id: number): RequestError {
  return new RequestError("CORRECTIONS_UNKNOWN", { at: { path: "params.id" }, message: `this project has no sentence ${id}` });
}

const headFile = "project.json";
const documentsFile = "documents.jsonl";
const journalFile = "journal.jsonl";
/** Little enough to be read in an instant, and seldom enough that a large project is not written all the time. */
const foldBytes = 1 << 20;
/** In the metadata of a line, beside what the data itself says there. */
const stateField = "weft-correction";

function* linesOf(sentences: readonly Held[]): Generator<string> {
  for (const { document, revision, done, uncertainty } of sentences) {
    const metadata = { ...document.metadata, [stateField]: { revision, done, uncertainty } };
    yield `${JSON.stringify(recordOf({ ...document, metadata }))}\n`;
  }
}

async function readProject(folder: string): Promise<{ sentences: Held[]; journalBytes: number }> {
  const [path, journalPath] = [join(folder, documentsFile), join(folder, journalFile)];
  let [documents, journal] = ["", Buffer.alloc(0)];
  try {
    journal = await readFile(journalPath);
    documents = await readFile(path, "utf8");
  } catch (cause) {
    throw fileFailure(cause, folder, "read");
  }
  const sentences = documents.split("\n").flatMap((line, index) => (line === "" ? [] : [heldOf(line, index + 1)]));
  const whole = journal.subarray(0, journal.lastIndexOf("\n") + 1);
  if (whole.length < journal.length) await truncate(journalPath, whole.length);
  for (const line of whole.toString("utf8").split("\n")) {
    if (line === "") continue;
    const { id, revision, ...edit } = JSON.parse(line) as SentenceEdit & { id: number; revision: number };
    const held = sentences[id];
    // Changes up to this one were folded in before the journal could be emptied.
    if (held === undefined || revision <= held.revision) continue;
    sentences[id] = { ...held, document: { ...held.document, ...annotationOf(edit) }, done: edit.done, revision };
  }
  return { sentences, journalBytes: whole.length };
}

function heldOf(line: string, number: number): Held {
  const at = { source: documentsFile, line: number };
  const { document } = documentFromRecord(JSON.parse(line), at);
  const { [stateField]: state, ...metadata } = document.metadata;
  return { ...(state as Pick<Held, "revision" | "done" | "uncertainty">), document: { ...document, metadata } };
}

function sentenceOf({ document, revision, done, uncertainty }: Held, id: number): CorrectionSentence {
  const { text, tokens } = document;
  return {
    id,
    revision,
    document: document.id,
    uncertainty,
    text,
    tokens: tokens.map(({ start, end }) => ({ start, end })),
    ...annotationOf(document),
    done,
  };
}

function contentOf({ document, done }: Held): SentenceEdit {
  return { ...annotationOf(document), done };
}

/** The fields in one order, absent where undefined: what is compared, kept and sent. */
function annotationOf({ entities, relations }: Pick<Document, "entities" | "relations">): Omit<SentenceEdit, "done"> {
  const confident = (confidence: number | undefined) => (confidence === undefined ? {} : { confidence });
  return {
    entities: entities.map(({ start, end, type, confidence }) => ({ start, end, type, ...confident(confidence) })),
    relations: relations.map(({ head, tail, type, confidence }) => ({ head, tail, type, ...confident(confidence) })),
  };
}

function editedDocument(document: Document, edit: SentenceEdit): Document {
  const edited = { ...document, ...annotationOf(edit) };
  validateDocument(edited);
  refuseTwins(
    "entities",
    edited.entities.map(({ start, end, type }) => JSON.stringify([start, end, type])),
  );
  refuseTwins(
    "relations",
    edited.relations.map(({ head, tail, type }) => JSON.stringify([head, tail, type])),
  );
  if (edit.done && hasSuggestions(edit)) {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: "done" },
      message: "a sentence with suggestions that nobody has accepted is not done",
      hint: "accept each (send it without its confidence) or leave it out",
    });
  }
  return edited;
}

function refuseTwins(list: "entities" | "relations", keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (seen.has(key))
      throw new RequestError("REQUEST_INVALID", { at: { path: `${list}[${index}]` }, message: "this stands here twice" });
    seen.add(key);
  }
}
