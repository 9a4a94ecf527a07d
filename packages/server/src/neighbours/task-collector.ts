import type { IncomingHttpHeaders } from "node:http";
import type { CorrectionSentence, ModelLabels } from "@weft-nlp/api";
import { DataError, type Document, sentencesOf } from "@weft-nlp/core";
import { labelStudio, recordOf } from "@weft-nlp/core/formats";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { type LabelConfig, readLabelConfig, typeFor } from "./label-config.ts";
import type { Task } from "./label-studio-requests.ts";

/** What became of the tasks of a request. */
export interface Collected {
  readonly project: string;
  /** Sentences that were saved. */
  readonly sentences: number;
  /** Why a task, or a part of one, could not be used. */
  readonly omitted: readonly string[];
}

/**
 * Puts finished tasks into a correction project, through the server's own routes. A task that comes
 * again replaces what it had before.
 */
export class TaskCollector {
  readonly #app: App;
  readonly #labels: () => ModelLabels;
  /** The last work on each project: two tasks of one project must not both create it. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(app: App, labels: () => ModelLabels) {
    this.#app = app;
    this.#labels = labels;
  }

  /** @throws {RequestError} what the correction routes answer, as if the client had called them */
  async collect(name: string, tasks: readonly Task[], xml: string | undefined, headers: IncomingHttpHeaders): Promise<Collected> {
    const config = xml === undefined ? undefined : await readLabelConfig(xml);
    return this.#inTurn(name, async () => {
      const project = new Project(this.#app, name, headers);
      const omitted: string[] = [];
      let sentences = 0;
      for (const task of tasks) {
        for await (const document of this.#documents(task, config, omitted)) sentences += await project.put(document);
      }
      return { project: name, sentences, omitted };
    });
  }

  /** Starts a training on the project. @returns the name of its run */
  async train(name: string, headers: IncomingHttpHeaders): Promise<string> {
    return this.#inTurn(name, async () => {
      const { run } = (await new Project(this.#app, name, headers).call("POST", "/train", {})) as { readonly run?: string };
      return run ?? "";
    });
  }

  /** The annotated document of a task; none if it has no annotation or cannot be read. */
  async *#documents(task: Task, config: LabelConfig | undefined, omitted: string[]): AsyncGenerator<Document> {
    const id = `task-${task.id ?? "unknown"}`;
    const { id: _, ...data } = task.data;
    const { entityTypes, relationTypes } = this.#labels();
    const options = { source: id, ...(config === undefined ? {} : { textField: config.textField }) };
    try {
      for await (const event of labelStudio.read([JSON.stringify([{ ...task, id, data }])], options)) {
        if (event.kind === "omission") omitted.push(`${id}: ${event.omission.reason}`);
        if (event.kind !== "document") continue;
        const { entities, relations, ...rest } = event.document;
        yield {
          ...rest,
          id,
          metadata: {},
          entities: entities.map((entity) => ({
            ...entity,
            type: entity.type === null ? null : typeFor(entity.type, config?.spanLabels, entityTypes),
          })),
          relations: relations.map((relation) => ({
            ...relation,
            type: typeFor(relation.type, config?.relationLabels, relationTypes),
          })),
        };
      }
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      omitted.push(`${id}: ${error.message}`);
    }
  }

  async #inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.#turns.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name);
    }
  }
}

/** A correction project, over the routes of the server that the request came to. */
class Project {
  readonly #app: App;
  readonly #name: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(app: App, name: string, { authorization, host }: IncomingHttpHeaders) {
    this.#app = app;
    this.#name = name;
    this.#headers = { ...(authorization === undefined ? {} : { authorization }), ...(host === undefined ? {} : { host }) };
  }

  /** Adds a document, or replaces the annotation that it had. @returns the sentences saved */
  async put(document: Document): Promise<number> {
    const parts = partsOf(document);
    if (parts.length === 0) return 0;
    const known = (await this.#sentences()).filter(({ document: { meta } }) => meta?.["doc"] === document.id);
    // A person may have cut other words out of the same text since.
    const now = known.slice(-parts.length);
    const same = now.length === parts.length && now.every((one, index) => hasTokens(one, parts[index] as Part));
    if (same) {
      for (const [index, { id, revision }] of now.entries()) await this.#save(id, revision, parts[index] as Part);
      return parts.length;
    }
    for (const { id, revision, document: old } of known) {
      await this.#save(id, revision, { tokens: [], entities: [...old.entities], relations: [...old.relations] }, false);
    }
    const first = await this.#add(document);
    for (const [index, part] of parts.entries()) {
      const { revision } = (await this.call("GET", `/sentences/${first + index}`)) as CorrectionSentence;
      await this.#save(first + index, revision, part);
    }
    return parts.length;
  }

  /**
   * Calls a route of the project.
   *
   * @throws {RequestError} with the answer's status in mind, if it is not one of success
   */
  async call(method: "GET" | "POST" | "PUT", path: string, body?: object, revision?: number): Promise<unknown> {
    const answer = await this.#app.inject({
      method,
      url: `/v1/corrections/${this.#name}${path}`,
      headers: { ...this.#headers, ...(revision === undefined ? {} : { "if-match": `"${revision}"` }) },
      ...(body === undefined ? {} : { payload: body }),
    });
    if (answer.statusCode < 300) return answer.json();
    if (answer.statusCode === 404 && method === "GET") return undefined;
    throw refusal(answer.statusCode, answer.body);
  }

  async #add(document: Document): Promise<number> {
    const { text, tokens, offsets, sentences } = recordOf(document);
    const request = { model: null, texts: [{ id: document.id, text, tokens, offsets, sentences }] };
    if ((await this.call("GET", "?limit=1")) !== undefined) {
      return ((await this.call("POST", "/sentences", request)) as { readonly first: number }).first;
    }
    const answer = await this.#app.inject({
      method: "POST",
      url: "/v1/corrections",
      headers: this.#headers,
      payload: { name: this.#name, ...request },
    });
    if (answer.statusCode !== 201) throw refusal(answer.statusCode, answer.body);
    return 0;
  }

  async #sentences(): Promise<CorrectionSentence[]> {
    const all: CorrectionSentence[] = [];
    for (;;) {
      const answer = await this.call("GET", `?limit=500&offset=${all.length}`);
      const { page, sentences } = (answer ?? { page: [], sentences: 0 }) as {
        readonly page: readonly CorrectionSentence[];
        readonly sentences: number;
      };
      all.push(...page);
      if (page.length === 0 || all.length >= sentences) return all;
    }
  }

  async #save(id: number, revision: number, { entities, relations }: Part, done = true): Promise<void> {
    await this.call("PUT", `/sentences/${id}`, { entities, relations, done }, revision);
  }
}

interface Part {
  readonly tokens: readonly string[];
  readonly entities: readonly { readonly start: number; readonly end: number; readonly type: string | null }[];
  readonly relations: readonly { readonly head: number; readonly tail: number; readonly type: string }[];
}

/** The annotation of each sentence, without confidences: it is a person's. */
function partsOf(document: Document): Part[] {
  return sentencesOf(document).sentences.map(({ tokens, entities, relations }) => ({
    tokens,
    entities: entities.map(({ start, end, type }) => ({ start, end, type })),
    relations: relations.map(({ head, tail, type }) => ({ head, tail, type })),
  }));
}

function hasTokens({ document }: CorrectionSentence, { tokens }: Part): boolean {
  return document.tokens.length === tokens.length && document.tokens.every((token, index) => token === tokens[index]);
}

/** The refusal of a correction route, as the answer to the request that led to it. */
function refusal(status: number, body: string): RequestError {
  const { error, detail, hint } = JSON.parse(body) as Readonly<Record<"detail" | "hint", string | undefined>> & {
    readonly error?: { readonly message?: string; readonly hint?: string };
  };
  const message = error?.message ?? detail ?? `the project could not be changed (status ${status})`;
  const codes: Readonly<Record<number, "NOT_ALLOWED" | "TRAINING_RUNNING" | "CORRECTIONS_UNKNOWN" | "TOKEN_INVALID">> = {
    401: "TOKEN_INVALID",
    403: "NOT_ALLOWED",
    404: "CORRECTIONS_UNKNOWN",
    409: "TRAINING_RUNNING",
  };
  return new RequestError(codes[status] ?? "REQUEST_INVALID", { message, hint: error?.hint ?? hint });
}
