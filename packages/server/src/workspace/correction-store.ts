import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { projectName, type projectRequest, type sentencesRequest } from "@weft-nlp/api/contracts";
import { type Document, documentFromSentence } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import { makeFolder } from "@weft-nlp/node/files";
import type * as z from "zod";
import { RequestError } from "../errors.ts";
import { extractTexts } from "../extraction/extract-texts.ts";
import { type ReadRequest, readDocumentRequest } from "../extraction/extraction.ts";
import { boundPairs } from "../extraction/given-entities.ts";
import { describeSchema } from "../extraction/model-description.ts";
import { turns } from "../http/turns.ts";
import { CorrectionProject, projectUnknown, tooMany } from "./correction-project.ts";
import { type NewSentence, newSentences, withSuggestions } from "./correction-sentences.ts";
import { devSentencesOf } from "./run-dev-data.ts";
import { shelfOf } from "./run-routes.ts";
import type { WorkspaceContext } from "./workspace-context.ts";

type SentencesRequest = z.output<typeof sentencesRequest>;
type ProjectRequest = z.output<typeof projectRequest>;

/** The correction projects of a folder by name, each opened on first use. */
export class CorrectionStore {
  readonly folder: string;
  readonly #context: WorkspaceContext;
  readonly #open = new Map<string, Promise<CorrectionProject | undefined>>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(folder: string, context: WorkspaceContext) {
    this.folder = folder;
    this.#context = context;
  }

  /**
   * All projects, ordered by name. A damaged project is skipped and logged, so it does not hide the
   * others.
   */
  async list(): Promise<CorrectionProject[]> {
    const names = (await this.#names()).filter((name) => projectName.safeParse(name).success).sort();
    const projects = await Promise.all(
      names.map(async (name) =>
        this.#project(name).catch((error: unknown) => {
          this.#context.logger.error({ project: name, err: error }, "a correction project could not be read");
          return undefined;
        }),
      ),
    );
    return projects.filter((project) => project !== undefined);
  }

  /**
   * @param name looked up in the listing, and never made into a path otherwise
   * @throws {RequestError} CORRECTIONS_UNKNOWN
   */
  async find(name: string): Promise<CorrectionProject> {
    const known = projectName.safeParse(name).success && (await this.#names()).includes(name);
    const project = known ? await this.#project(name) : undefined;
    if (project === undefined) throw projectUnknown();
    return project;
  }

  /**
   * Creates a project from texts, an annotated file or an extraction.
   *
   * @throws {RequestError} @throws {DataError} @throws {FileError}
   */
  async create(request: ProjectRequest, signal: AbortSignal): Promise<CorrectionProject> {
    const { name } = request;
    await this.#refuseTwin(name);
    const sentences = await this.#sentencesOf(request, signal);
    const lease = this.#context.registry.lease(request.model ?? undefined);
    lease.release();
    const { entityTypes, relationTypes } = describeSchema(lease.served);
    const head = {
      name,
      createdAt: new Date().toISOString(),
      model: suggests(request) ? lease.served.name : null,
      entityTypes,
      relationTypes,
    };
    return this.#inTurn(async () => {
      // Another project may have been created while the sentences were read.
      await this.#refuseTwin(name);
      await makeFolder(this.folder);
      const making = CorrectionProject.create(join(this.folder, name), head, sentences);
      this.#open.set(name, making);
      return making.catch((error: unknown) => {
        this.#forget(name, making);
        throw error;
      });
    });
  }

  /**
   * Appends texts, a file or an extraction to a project.
   *
   * @returns the id of the first new sentence
   * @throws {RequestError} @throws {DataError} @throws {FileError}
   */
  async add(project: CorrectionProject, request: SentencesRequest, signal: AbortSignal): Promise<number> {
    const taken = new Set(project.documents("all").map(({ id, metadata }) => metadata["doc"] ?? id));
    return project.add(await this.#sentencesOf(request, signal, taken), maxSentences);
  }

  /**
   * Deletes a project. Its folder moves to `.trash`, with the time in its name, so it can be
   * restored by hand.
   *
   * @param revision the revision that the client saw
   * @returns its new path from the folder of projects; undefined if the project has changed since
   * @throws {FileError}
   */
  async remove(project: CorrectionProject, revision: number): Promise<string | undefined> {
    const { name } = project.head;
    const place = `${trash}/${name}-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
    return this.#inTurn(async () => {
      await makeFolder(join(this.folder, trash));
      if (!(await project.moveTo(revision, join(this.folder, place)))) return undefined;
      this.#open.delete(name);
      return place;
    });
  }

  /**
   * Renames a project and its folder. Runs trained on it still look for their data under the old
   * name.
   *
   * @param revision the revision that the client saw
   * @returns the project under its new name; undefined if it has changed since
   * @throws {RequestError} CORRECTIONS_EXIST @throws {FileError}
   */
  async rename(project: CorrectionProject, revision: number, to: string): Promise<CorrectionProject | undefined> {
    const { name } = project.head;
    return this.#inTurn(async () => {
      // A folder that is not a project would conflict too.
      const twin = (await this.#names()).find((known) => known !== name && known.toLowerCase() === to.toLowerCase());
      if (twin !== undefined) throw exists(twin);
      if (!(await project.moveTo(revision, join(this.folder, to)))) return undefined;
      if (to === name) return project;
      this.#open.delete(name);
      return this.find(to);
    });
  }

  /** Refuses a name that differs only in case: some file systems treat both as the same. */
  async #refuseTwin(name: string): Promise<void> {
    const twin = (await this.#names()).find((known) => known.toLowerCase() === name.toLowerCase());
    if (twin !== undefined && (await this.#project(twin)) !== undefined) throw exists(twin);
  }

  /** Runs changes of names one at a time, so only one of two requests gets a name. */
  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Removes a cached entry, unless another has replaced it. */
  #forget(name: string, opening: Promise<CorrectionProject | undefined>): void {
    if (this.#open.get(name) === opening) this.#open.delete(name);
  }

  /** @param taken document names that unnamed texts must not get */
  async #sentencesOf(request: SentencesRequest, signal: AbortSignal, taken?: ReadonlySet<unknown>): Promise<NewSentence[]> {
    const documents = await this.#documentsOf(request, signal, taken);
    const count = documents.reduce((sum, document) => sum + document.sentences.length, 0);
    if (count > maxSentences) throw tooMany(count, maxSentences);
    const suggested = predicts(request) ? await this.#predict(documents, request, signal) : documents;
    const sentences = await newSentences(suggested, turns(signal));
    if (sentences.length === 0) throw new RequestError("REQUEST_INVALID", { message: "there are no sentences to add" });
    return sentences;
  }

  async #names(): Promise<string[]> {
    return readdir(this.folder).catch(() => []);
  }

  async #project(name: string): Promise<CorrectionProject | undefined> {
    const known = this.#open.get(name);
    const kept = await known;
    // Another server may have deleted it and created another.
    if (kept !== undefined && (await kept.isThere())) return kept;
    if (this.#open.get(name) !== known) return this.#project(name);
    const opening = CorrectionProject.open(join(this.folder, name));
    this.#open.set(name, opening);
    try {
      const project = await opening;
      // It may be created later.
      if (project === undefined) this.#forget(name, opening);
      return project;
    } catch (error) {
      this.#forget(name, opening);
      throw error;
    }
  }

  async #documentsOf(
    { texts, data, extraction, mistakes }: SentencesRequest,
    signal: AbortSignal,
    taken: ReadonlySet<unknown> = new Set(),
  ): Promise<Document[]> {
    const given = [texts, data, extraction, mistakes].filter((each) => each !== undefined).length;
    if (given !== 1) {
      throw new RequestError("REQUEST_INVALID", {
        message: `expected exactly one of texts, data, extraction and mistakes, and the request has ${given === 0 ? "none" : "several"}`,
      });
    }
    const { limits } = this.#context;
    if (texts !== undefined) {
      if (texts.length > limits.documents) {
        throw new RequestError("REQUEST_TOO_LARGE", {
          at: { path: "texts" },
          message: `the request has ${texts.length} texts; the limit is ${limits.documents}`,
          hint: "put them into a file in the server's data folder",
        });
      }
      const pause = turns(signal);
      const documents: Document[] = [];
      for (const [index, text] of texts.entries()) {
        const read = readDocumentRequest(text, `texts[${index}]`, {}, limits);
        documents.push({ ...read.document, id: read.id ?? freshName(`text-${index + 1}`, taken) });
        await pause();
      }
      return documents;
    }
    if (mistakes !== undefined) return this.#mistakesOf(mistakes);
    if (extraction !== undefined) return [suggestionsOf(extraction, freshName("text", taken))];
    return this.#readData(data as string, signal);
  }

  /** What the run's model gets wrong on its own dev data, with what it finds as suggestions. */
  async #mistakesOf(name: string): Promise<Document[]> {
    const { runs, comparer } = this.#context;
    const run = await shelfOf(runs).find(name);
    const mistaken = await comparer.mistakes(run, await devSentencesOf(run.folder));
    return mistaken.map(([sentence, { entities, relations }]) => {
      const document = documentFromSentence(sentence);
      return withSuggestions(document, { ...document, entities: entities.map(unsure), relations: relations.map(unsure) });
    });
  }

  /** The file is looked up in the listing of the server's data. */
  async #readData(name: string, signal: AbortSignal): Promise<Document[]> {
    const { workspace, data: shelf } = this.#context;
    if ((workspace.data ?? []).length === 0) {
      throw new RequestError("NOT_ALLOWED", {
        at: { path: "data" },
        message: "this server has no data folder",
        hint: "start it with --data FOLDER, or send texts",
      });
    }
    const file = (await shelf.files()).find((each) => each.name === name);
    if (file !== undefined) return shelf.documents(file, maxSentences, signal);
    throw new RequestError("REQUEST_INVALID", {
      at: { path: "data" },
      message: "there is no such file in the server's data folder",
      hint: "GET /v1/data lists the files",
    });
  }

  async #predict(documents: readonly Document[], { model, texts }: SentencesRequest, signal: AbortSignal): Promise<Document[]> {
    const { registry, limits } = this.#context;
    const lease = registry.lease(model ?? undefined);
    try {
      // The server's own files may be whole corpora, and do not come from clients.
      if (texts !== undefined) boundPairs(lease.served, documents, "texts", limits);
      const suggested: Document[] = [];
      for (let from = 0; from < documents.length; from += documentsAtOnce) {
        const some = documents.slice(from, from + documentsAtOnce);
        const reads = some.map((document): ReadRequest => ({ id: undefined, document, omissions: [] }));
        const job = { deadline: performance.now() + limits.deadlineMs, signal, patient: true };
        let at = 0;
        for await (const found of extractTexts(lease.served, reads, { threshold: suggestionThreshold }, job)) {
          const document = some[at++] as Document;
          suggested.push(withSuggestions(document, found.document));
        }
      }
      return suggested;
    } finally {
      lease.release();
    }
  }
}

/** Hidden, so no project can have this name. */
const trash = ".trash";
/** More than people could correct. */
const maxSentences = 50_000;
const documentsAtOnce = 64;
/**
 * Relations below the model's own threshold are worth suggesting: a model mostly misses what it was
 * unsure about.
 */
const suggestionThreshold = 0.3;

/**
 * Whether a model makes suggestions: for texts by default, unless `model` is null; for a file only
 * if `model` is given.
 */
function predicts({ texts, data, model }: SentencesRequest): boolean {
  return (texts !== undefined && model !== null) || (data !== undefined && typeof model === "string");
}

/** A suggestion has a confidence, even if the model gave it none. */
function unsure<Part extends { readonly confidence?: number | undefined }>(part: Part): Part & { readonly confidence: number } {
  return { ...part, confidence: part.confidence ?? 0.5 };
}

/** Whether a model of this server makes the original suggestions. */
function suggests(request: SentencesRequest): boolean {
  return predicts(request) || (request.extraction !== undefined && request.model !== null);
}

/** Splits treat documents with the same name as one. */
function freshName(name: string, taken: ReadonlySet<unknown>): string {
  let fresh = name;
  for (let number = 2; taken.has(fresh); number++) fresh = `${name} (${number})`;
  return fresh;
}

function exists(name: string): RequestError {
  return new RequestError("CORRECTIONS_EXIST", {
    at: { path: "name" },
    message: `the correction project ${name} already exists`,
    hint: "choose another name, or add to that project",
  });
}

/** An annotation without a confidence becomes a certain suggestion. */
function suggestionsOf(record: Readonly<Record<string, unknown>>, name: string): Document {
  const { document } = documentFromRecord({ id: name, ...record }, { path: "extraction" });
  const sure = <Part extends { readonly confidence?: number | undefined }>(part: Part): Part => ({ confidence: 1, ...part });
  return { ...document, entities: document.entities.map(sure), relations: document.relations.map(sure) };
}
