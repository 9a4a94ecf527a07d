import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { documentRecord, documentRequest, editedEntity, editedRelation, givenRecord } from "./document-schema.ts";
import { errorAnswer } from "./error-answer.ts";
import { runComparison } from "./run-contracts.ts";
import { probability } from "./values.ts";

/**
 * A project's name is also its folder: no separators, no leading dot, no characters special to a
 * file system.
 */
export const projectName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/, "expected up to 80 letters, digits, _ or -, a letter or digit first")
  .describe("letters, digits, _ and -");

/** What people say about a sentence besides its annotation. Nothing in it is needed. */
export const sentenceNote = z.strictObject({
  comment: z.string().max(2000).optional(),
  flagged: z.boolean().optional().describe("whether somebody should look at it again"),
  skipped: z.boolean().optional().describe("whether a person left it undecided"),
  annotator: z.string().max(100).optional().describe("the name of the person who saved it last"),
});

/** The body of `PUT …/sentences/{id}`: the whole annotation of a sentence, as a person saves it. */
export const sentenceEdit = z.strictObject({
  entities: z.array(editedEntity).max(2000),
  relations: z.array(editedRelation).max(10_000),
  done: z.boolean().describe("whether a person has reviewed the sentence; it may then hold no suggestions"),
  note: sentenceNote.optional().describe("replaces the note; without it, the note stays as it is"),
});

/** A sentence of a correction project, as `GET …/sentences/{id}` answers it. */
export const correctionSentence = z.object({
  id: z.int().describe("index in the project, from 0"),
  revision: z.int().describe("counts the changes of this sentence; send it in If-Match"),
  uncertainty: probability.describe("of the original suggestions: 0 is certain, 1 is a coin toss"),
  done: z.boolean(),
  document: documentRecord.describe("the sentence and its annotation; an item with a confidence is a suggestion"),
  note: sentenceNote.optional(),
});

/** A correction project without its sentences. */
export const projectEntry = z.object({
  name: z.string(),
  createdAt: z.iso.datetime(),
  model: z.string().nullable().describe("the model that made the original suggestions"),
  revision: z.int().describe("counts all changes"),
  sentences: z.int(),
  done: z.int(),
  entityTypes: z.array(z.string()),
  relationTypes: z.array(z.string()),
});

/** The answer of `GET /v1/corrections`. */
export const projectList = z.object({
  projects: z.array(projectEntry),
  data: z.boolean().describe("whether projects can be created from the server's data files"),
  training: z.boolean().describe("whether this server can train"),
});

/** The answer of `GET /v1/corrections/{name}`: a project with a page of its sentences. */
export const projectPage = projectEntry.extend({
  offset: z.int(),
  firstOpen: z.int().nullable().describe("position in this order of the first sentence that is not done"),
  page: z.array(correctionSentence),
});

/** Where the sentences of a project come from: exactly one of `texts`, `data`, `extraction` and
 * `mistakes`. */
const sources = {
  model: z
    .string()
    .max(200)
    .nullable()
    .optional()
    .describe(
      "the model whose predictions become suggestions, by its name in /v1/models; null for none; defaults to the first model for texts, " +
        "to none for data; with an extraction, the model that made it",
    ),
  texts: z
    .array(z.union([z.string(), documentRequest]))
    .optional()
    .describe("texts, as in /v1/extract"),
  data: z.string().max(500).optional().describe("an annotated file of the server's data, by its name in /v1/data"),
  extraction: givenRecord.optional().describe("a result of /v1/extract; its entities and relations become suggestions"),
  mistakes: z
    .string()
    .max(300)
    .optional()
    .describe(
      "a finished run: the sentences of its dev data that its model gets wrong, with what it finds beyond their annotation as suggestions",
    ),
};

/** The body of `POST …/sentences`: exactly one of texts, data, extraction and mistakes. */
export const sentencesRequest = z.strictObject(sources);

/** The body of `POST /v1/corrections`: a name, and where the sentences come from. */
export const projectRequest = z.strictObject({ name: projectName, ...sources });

/** The body of `PATCH /v1/corrections/{name}`: the new name. */
export const projectChange = z.strictObject({ name: projectName });

/** The answer to added sentences: the project, and the id of the first new sentence. */
export const sentencesAnswer = projectEntry.extend({
  first: z.int().describe("id of the first added sentence; the others follow"),
});

/** The answer to a deleted project, with the folder that keeps its files. */
export const removedProject = z.object({
  name: z.string(),
  kept: z.string().describe("where its files are now, relative to the server's corrections folder"),
});

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "expected a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .optional();

/** The query of `GET /v1/corrections/{name}`. */
export const pageQuery = z.strictObject({
  offset: whole(0, 1e9).describe("defaults to 0"),
  limit: whole(1, 500).describe("defaults to 50"),
  sort: z.enum(["uncertainty", "order"]).optional().describe("most uncertain first, or in the order of the data (default)"),
});

/** The query of `GET …/export`. */
export const exportQuery = z.strictObject({
  format: z.string().max(50).optional().describe("an annotation format that Weft writes; defaults to jsonl"),
  which: z.enum(["done", "all"]).optional().describe("only sentences that are done (default), or all, including suggestions"),
});

/** The answer of `GET …/export`: the files, and a list of what the format could not hold. */
export const exportAnswer = z.object({
  format: z.string(),
  sentences: z.int(),
  files: z.array(z.object({ name: z.string(), content: z.string() })),
  omissions: z.array(z.string()).describe("annotations that the format cannot hold"),
});

/** The body of `POST …/train`. */
export const trainRequest = z.strictObject({
  model: z
    .string()
    .max(200)
    .optional()
    .describe(
      "a served model to start from: its weights, words and labels, with the settings and data of its run if it has one; excludes `from`",
    ),
  from: z
    .string()
    .max(200)
    .optional()
    .describe("a run in the server's runs folder whose settings and data are used; defaults to a small base configuration"),
  data: z
    .enum(["added", "alone"])
    .optional()
    .describe(
      "`added` adds the corrected sentences to the run's data, where they replace the same sentences; it needs a run. `alone` uses them " +
        "only, every fifth document for dev. Defaults to `added` if there is a run whose data can be read",
    ),
});

/** The state of the last training of a project; `none` before the first. */
export const trainState = z.object({
  state: z.enum(["none", "running", "done", "failed", "stopped"]),
  run: z.string().optional().describe("its folder in the server's runs folder"),
  project: z.string().optional(),
  from: z.string().nullable().optional(),
  data: z.string().optional().describe("number and origin of the train and dev sentences"),
  startedAt: z.iso.datetime().optional(),
  message: z.string().optional().describe("the last line of the training's output"),
  model: z.string().nullable().optional().describe("the served model that it started from or is compared with"),
  progress: z
    .object({
      epoch: z.int().describe("the last epoch that ended"),
      epochs: z.int().nullable().describe("the most there will be"),
      protocol: z.string().nullable(),
      score: probability.nullable().describe("F1 on dev after the last epoch"),
      best: probability.nullable().describe("the best F1 on dev so far"),
      secondsLeft: z.number().nullable().describe("at most, at the pace so far; null before the first epoch ends"),
    })
    .optional()
    .describe("while it runs"),
});

/**
 * The answer of `GET …/verdict`: the trained model against the one before it, on the dev data of
 * the training.
 */
export const trainingVerdict = runComparison.omit({ first: true, second: true, data: true, offset: true, items: true }).extend({
  run: z.string().describe("the run of the last training, the second system"),
  model: z.string().describe("the served model that it is compared with, the first system, as it was when the training began"),
  before: z.string().describe("what that model was: the name of its run, or of its folder"),
  served: z.boolean().describe("whether that name serves the run by now"),
  wrong: z.int().describe("sentences of dev that the run's model does not get right in full"),
});

const projectParams = z.object({ name: z.string().max(200) });
const sentenceParams = projectParams.extend({
  id: z
    .string()
    .regex(/^\d{1,9}$/, "expected a number")
    .meta({ type: "integer" })
    .transform(Number),
});
const projectConflict = errorAnswer.extend({ project: projectEntry });
const sentenceConflict = errorAnswer.extend({ sentence: correctionSentence });
const threeSources =
  "Sentences come from exactly one of: texts, an annotated file in the server's data folder, a result of /v1/extract, the mistakes of a run.";
const ifUnchanged =
  "The header If-Match names the revision of the project. If the project has changed since, the answer is 412 with the project in " +
  "`project`, and nothing is changed.";

/** The routes under `/v1/corrections`. */
export const correctionContracts = {
  projects: {
    ...routes.projects,
    tag: "corrections",
    summary: "the correction projects",
    responses: { 200: projectList },
  },
  createProject: {
    ...routes.createProject,
    tag: "corrections",
    summary: "creates a correction project",
    description: threeSources,
    body: projectRequest,
    responses: { 201: projectEntry },
  },
  project: {
    ...routes.project,
    tag: "corrections",
    summary: "a page of a project's sentences",
    params: projectParams,
    query: pageQuery,
    responses: { 200: projectPage },
  },
  renameProject: {
    ...routes.renameProject,
    ifMatch: true,
    tag: "corrections",
    summary: "renames a project",
    description: ifUnchanged,
    params: projectParams,
    body: projectChange,
    responses: { 200: projectEntry, 412: projectConflict },
  },
  removeProject: {
    ...routes.removeProject,
    ifMatch: true,
    tag: "corrections",
    summary: "deletes a project",
    description: `${ifUnchanged} Its files are moved to the folder .trash next to the projects.`,
    params: projectParams,
    responses: { 200: removedProject, 412: projectConflict },
  },
  addSentences: {
    ...routes.addSentences,
    tag: "corrections",
    summary: "appends sentences to a project",
    description: threeSources,
    params: projectParams,
    body: sentencesRequest,
    responses: { 201: sentencesAnswer },
  },
  sentence: {
    ...routes.sentence,
    tag: "corrections",
    summary: "one sentence in its current state",
    params: sentenceParams,
    responses: { 200: correctionSentence },
  },
  saveSentence: {
    ...routes.saveSentence,
    ifMatch: true,
    tag: "corrections",
    summary: "saves the annotation of a sentence",
    description:
      "The header If-Match names the revision that was edited. If the sentence has changed since, the answer is 412 with the current " +
      "sentence in `sentence`, and nothing is changed. On success the change is on disk.",
    params: sentenceParams,
    body: sentenceEdit,
    responses: { 200: correctionSentence, 412: sentenceConflict },
  },
  exportProject: {
    ...routes.exportProject,
    tag: "corrections",
    summary: "the corrected sentences in an annotation format",
    params: projectParams,
    query: exportQuery,
    responses: { 200: exportAnswer },
  },
  startTraining: {
    ...routes.startTraining,
    tag: "corrections",
    summary: "trains a model on the sentences that are done",
    description:
      "Needs a server started with --allow-training. It runs one training at a time; the run appears among the server's runs.",
    params: projectParams,
    body: trainRequest,
    responses: { 202: trainState },
  },
  training: {
    ...routes.training,
    tag: "corrections",
    summary: "the state of a project's last training",
    params: projectParams,
    responses: { 200: trainState },
  },
  stopTraining: {
    ...routes.stopTraining,
    tag: "corrections",
    summary: "stops the training; the run can be resumed",
    params: projectParams,
    responses: { 200: trainState },
  },
  trainingVerdict: {
    ...routes.trainingVerdict,
    tag: "corrections",
    summary: "whether the model of a project's last training is better than the one before",
    description: "The first request after a training runs both models on its dev data.",
    params: projectParams,
    responses: { 200: trainingVerdict },
  },
} as const satisfies Record<string, Contract>;
