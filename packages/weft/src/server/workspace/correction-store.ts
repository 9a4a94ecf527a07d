import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Document, documentFromRecord } from "@weft/core";
import { RequestError } from "../../errors.ts";
import { readDocuments } from "../../files/read-documents.ts";
import { makeFolder } from "../../files/write-file.ts";
import type { ServerContext } from "../context.ts";
import { extractTexts } from "../extract-texts.ts";
import { type Extraction, type ReadRequest, readDocumentRequest } from "../extraction.ts";
import { describeSchema } from "../model-description.ts";
import { CorrectionProject } from "./correction-project.ts";
import { type ProjectRequest, projectName } from "./correction-schemas.ts";
import { correctionSentences, uncertaintyOf, withSuggestions } from "./correction-sentences.ts";
import { DataShelf } from "./data-shelf.ts";

/** The correction projects of a folder by name, each opened when it is first asked for. */
export class CorrectionStore {
  readonly folder: string;
  readonly #context: ServerContext;
  readonly #open = new Map<string, Promise<CorrectionProject | undefined>>();

  constructor(folder: string, context: ServerContext) {
    this.folder = folder;
    this.#context = context;
  }

  /** In the order of their names. */
  async list(): Promise<CorrectionProject[]> {
    const names = (await this.#names()).filter((name) => projectName.safeParse(name).success).sort();
    const projects = await Promise.all(names.map(async (name) => this.#project(name)));
    return projects.filter((project) => project !== undefined);
  }

  /** @param name is looked for among the names there are, and never becomes a path otherwise @throws {RequestError} CORRECTIONS_UNKNOWN */
  async find(name: string): Promise<CorrectionProject> {
    const known = projectName.safeParse(name).success && (await this.#names()).includes(name);
    const project = known ? await this.#project(name) : undefined;
    if (project !== undefined) return project;
    throw new RequestError("CORRECTIONS_UNKNOWN", {
      at: { path: "params.name" },
      message: "there is no correction project of this name",
      hint: "GET /v1/corrections lists them",
    });
  }

  /**
   * Makes a project of texts, of an annotated file, or of an extraction result.
   *
   * @throws {RequestError} @throws {DataError} @throws {FileError}
   */
  async create(request: ProjectRequest, signal: AbortSignal): Promise<CorrectionProject> {
    const { name } = request;
    // Where upper and lower case are one to the file system, they are one here.
    const twin = (await this.#names()).find((known) => known.toLowerCase() === name.toLowerCase());
    if (twin !== undefined && (await this.#project(twin)) !== undefined) throw exists(twin);
    const { documents, predict } = await this.#documentsOf(request);
    const model = predict ? (request.model ?? undefined) : undefined;
    const suggested = predict ? await this.#predict(documents, model, signal) : documents;
    const sentences = suggested
      .flatMap(correctionSentences)
      .map((document) => ({ document, uncertainty: uncertaintyOf(document) }));
    if (sentences.length === 0) throw new RequestError("REQUEST_INVALID", { message: "there is no sentence in it" });
    if (sentences.length > mostSentences) {
      throw new RequestError("REQUEST_TOO_LARGE", {
        message: `there are ${sentences.length} sentences; a correction project holds up to ${mostSentences}`,
        hint: "cut the file into parts",
      });
    }
    const lease = this.#context.registry.lease(model);
    lease.release();
    const { entityTypes, relationTypes } = describeSchema(lease.served);
    await makeFolder(this.folder);
    if ((await this.#project(name)) !== undefined) throw exists(name);
    const head = {
      name,
      createdAt: new Date().toISOString(),
      model: predict || request.extraction !== undefined ? lease.served.name : null,
      entityTypes,
      relationTypes,
    };
    const making = CorrectionProject.create(join(this.folder, name), head, sentences);
    this.#open.set(name, making);
    try {
      return await making;
    } catch (error) {
      this.#open.delete(name);
      throw error;
    }
  }

  async #names(): Promise<string[]> {
    return readdir(this.folder).catch(() => []);
  }

  async #project(name: string): Promise<CorrectionProject | undefined> {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const opening = CorrectionProject.open(join(this.folder, name));
    this.#open.set(name, opening);
    try {
      const project = await opening;
      // It may be made later.
      if (project === undefined) this.#open.delete(name);
      return project;
    } catch (error) {
      this.#open.delete(name);
      throw error;
    }
  }

  async #documentsOf({ texts, data, extraction, model }: ProjectRequest): Promise<{ documents: Document[]; predict: boolean }> {
    const given = [texts, data, extraction].filter((each) => each !== undefined).length;
    if (given !== 1) {
      throw new RequestError("REQUEST_INVALID", {
        message: `a project is made of texts, of data or of an extraction, and this request gives ${given === 0 ? "none" : "several"} of them`,
      });
    }
    const { limits } = this.#context;
    if (texts !== undefined) {
      if (texts.length > limits.documents) {
        throw new RequestError("REQUEST_TOO_LARGE", {
          at: { path: "texts" },
          message: `there are ${texts.length} texts; this server takes ${limits.documents} at once`,
          hint: "put them into a file of the server's data folder",
        });
      }
      const documents = texts.map((text, index) => {
        const read = readDocumentRequest(text, `texts[${index}]`, {}, limits);
        return { ...read.document, id: read.id ?? `text-${index + 1}` };
      });
      return { documents, predict: model !== null };
    }
    if (extraction !== undefined) return { documents: [documentOfExtraction(extraction)], predict: false };
    return { documents: await this.#readData(data as string), predict: typeof model === "string" };
  }

  async #readData(path: string): Promise<Document[]> {
    const file = await this.#dataFile(path);
    const documents: Document[] = [];
    for await (const event of readDocuments(file)) {
      if (event.kind !== "document") continue;
      documents.push(event.document);
      if (documents.length > mostSentences) break;
    }
    return documents;
  }

  /** The file is looked for in a listing of what the server shows. */
  async #dataFile(path: string): Promise<string> {
    const { data = [] } = this.#context.options;
    if (data.length === 0) {
      throw new RequestError("NOT_ALLOWED", {
        at: { path: "data" },
        message: "this server was started without data",
        hint: "start it with --data FOLDER or send texts",
      });
    }
    const found = (await new DataShelf(data).files()).find(({ name }) => name === path);
    if (found !== undefined) return found.path;
    throw new RequestError("REQUEST_INVALID", {
      at: { path: "data" },
      message: "there is no such file in the server's data",
      hint: "GET /v1/data lists those there are",
    });
  }

  async #predict(documents: readonly Document[], model: string | undefined, signal: AbortSignal): Promise<Document[]> {
    const { registry, limits } = this.#context;
    const lease = registry.lease(model);
    try {
      const suggested: Document[] = [];
      for (let from = 0; from < documents.length; from += documentsAtOnce) {
        const some = documents.slice(from, from + documentsAtOnce);
        const reads = some.map((document): ReadRequest => ({ id: undefined, document, losses: [] }));
        const job = { deadline: performance.now() + limits.deadlineMs, signal, patient: true };
        let at = 0;
        for await (const found of extractTexts(lease.served, reads, { threshold: suggestionThreshold }, job)) {
          const document = some[at++] as Document;
          suggested.push(
            withSuggestions(document, { ...document, entities: found.entities.map(entityOf), relations: found.relations }),
          );
        }
      }
      return suggested;
    } finally {
      lease.release();
    }
  }
}

/** More would be no work for people any more. */
const mostSentences = 50_000;
const documentsAtOnce = 64;
/** Relations below a model's own threshold are worth a look: what it missed is most often what it doubted. */
const suggestionThreshold = 0.3;

function exists(name: string): RequestError {
  return new RequestError("CORRECTIONS_EXIST", {
    at: { path: "name" },
    message: `there is a correction project called ${name} already`,
    hint: "choose another name, or go on with that one",
  });
}

function entityOf({ start, end, type, confidence }: Extraction["entities"][number]): Document["entities"][number] {
  return { start, end, type, confidence };
}

/** As a line of a file would be read: checked throughout. What has no confidence is taken for a sure suggestion. */
function documentOfExtraction({
  id,
  text,
  tokens,
  sentences,
  entities,
  relations,
}: NonNullable<ProjectRequest["extraction"]>): Document {
  const record = {
    id: id ?? "text",
    text,
    tokens: tokens.map(({ start, end }) => text.slice(start, end)),
    offsets: tokens.map(({ start, end }) => [start, end]),
    sentences: sentences.map(({ start, end }) => [start, end]),
    entities: entities.map(({ start, end, type, confidence = 1 }) => ({ start, end, type, confidence })),
    relations: relations.map(({ head, tail, type, confidence = 1 }) => ({ head, tail, type, confidence })),
  };
  return documentFromRecord(record, { path: "extraction" }).document;
}
