import type {
  BodyOf,
  NewSentences,
  ProjectEntry,
  ProjectList,
  ProjectPage,
  CorrectionSentence as SentenceAnswer,
} from "@weft-nlp/api";
import type { Document } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import { ApiError, call, hasWorkspace, withoutWorkspace } from "../../server-requests.ts";
import type { Annotated } from "./annotation-edit.ts";

export type { NewSentences, ProjectEntry, ProjectList, TrainState } from "@weft-nlp/api";

/** A sentence of a project in the server's current version. */
export interface CorrectionSentence extends Annotated, Pick<SentenceAnswer, "id" | "revision" | "uncertainty"> {
  readonly document: Document;
}

export type Sort = "uncertainty" | "order";

const revised = (revision: number) => ({ headers: { "if-match": `"${revision}"` } });

/** Requests to the correction routes; all throw `ApiError`. */
export const corrections = {
  list: async (): Promise<ProjectList> => {
    if (!(await hasWorkspace())) throw withoutWorkspace();
    return call("projects");
  },
  create: async (body: BodyOf<"createProject">) => call("createProject", { body }),
  /** @returns the project, with the id of the first new sentence */
  add: async (name: string, body: NewSentences) => call("addSentences", { params: { name }, body }),
  /** Fails if the project has changed since this revision. */
  remove: async (name: string, revision: number) => call("removeProject", { params: { name }, ...revised(revision) }),
  /** Fails if the project has changed since this revision. */
  rename: async (name: string, revision: number, to: string): Promise<ProjectEntry> =>
    call("renameProject", { params: { name }, body: { name: to }, ...revised(revision) }),
  page: async (name: string, offset: number, limit: number, sort: Sort) => {
    const page: ProjectPage = await call("project", { params: { name }, query: { offset, limit, sort } });
    return { ...page, page: page.page.map(standing) };
  },
  sentence: async (name: string, id: number) => standing(await call("sentence", { params: { name, id } })),
  export: async (name: string, format: string, which: "done" | "all") =>
    call("exportProject", { params: { name }, query: { format, which } }),
  train: async (name: string, body: BodyOf<"startTraining">) => call("startTraining", { params: { name }, body }),
  training: async (name: string) => call("training", { params: { name } }),
  stopTraining: async (name: string) => call("stopTraining", { params: { name } }),
  save,
};

/**
 * Returns the sentence as it is on disk; `taken` is false if another save came first, and the
 * sentence is then that one.
 */
async function save(
  name: string,
  id: number,
  revision: number,
  { entities, relations, done, note }: Annotated,
): Promise<{ taken: boolean; sentence: CorrectionSentence }> {
  try {
    const body = { entities, relations, done, ...(note === undefined ? {} : { note: { ...note } }) };
    const sentence = await call("saveSentence", { params: { name, id }, body, ...revised(revision) });
    return { taken: true, sentence: standing(sentence) };
  } catch (error) {
    const { sentence } = (error instanceof ApiError ? (error.answer ?? {}) : {}) as { sentence?: SentenceAnswer };
    if (sentence === undefined) throw error;
    return { taken: false, sentence: standing(sentence) };
  }
}

function standing({ document: record, ...sentence }: SentenceAnswer): CorrectionSentence {
  const { document } = documentFromRecord(record, {});
  return { ...sentence, document, entities: document.entities, relations: document.relations };
}
