import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { documentRecord, documentRequest, editedEntity, editedRelation, givenRecord } from "./document-schema.ts";
import { errorAnswer } from "./error-answer.ts";
import { probability } from "./values.ts";

/**
 * Names become folders: no separators, no dot in front, nothing that a file system reads in a way
 * of its own.
 */
export const projectName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/, "expected up to 80 letters, digits, _ or -, a letter or digit first")
  .describe("letters, digits, _ and -");

/** What a person says of a sentence, as a whole. */
export const sentenceEdit = z.strictObject({
  entities: z.array(editedEntity).max(2000),
  relations: z.array(editedRelation).max(10_000),
  done: z.boolean().describe("whether somebody has gone through the sentence; no suggestion may be left then"),
});

export const correctionSentence = z.object({
  id: z.int().describe("its place in the project, from 0"),
  revision: z.int().describe("counts the changes of this sentence; If-Match asks for it"),
  uncertainty: probability.describe("of the suggestions it began with: 0 where the model was sure, 1 where it was torn"),
  done: z.boolean(),
  document: documentRecord.describe("the sentence with its annotation; what has a confidence is a suggestion"),
});

export const projectEntry = z.object({
  name: z.string(),
  createdAt: z.iso.datetime(),
  model: z.string().nullable().describe("whose suggestions it began with"),
  revision: z.int().describe("counts all changes"),
  sentences: z.int(),
  done: z.int(),
  entityTypes: z.array(z.string()),
  relationTypes: z.array(z.string()),
});

export const projectList = z.object({
  projects: z.array(projectEntry),
  data: z.boolean().describe("whether projects can be made of the server's data files"),
  training: z.boolean().describe("whether this server trains"),
});

export const projectPage = projectEntry.extend({
  offset: z.int(),
  firstOpen: z.int().nullable().describe("place in this order of the first sentence that is not done"),
  page: z.array(correctionSentence),
});

/** Where the sentences of a project come from: one of three. */
const sources = {
  model: z
    .string()
    .max(200)
    .nullable()
    .optional()
    .describe(
      "whose predictions become suggestions, as a name of /v1/models; null for none; defaults to the first model for texts and to " +
        "none for data; with an extraction, the model that it is from",
    ),
  texts: z
    .array(z.union([z.string(), documentRequest]))
    .optional()
    .describe("texts as for /v1/extract"),
  data: z.string().max(500).optional().describe("an annotated file of the server's data, by its name in /v1/data"),
  extraction: givenRecord.optional().describe("a result of /v1/extract; what it holds becomes suggestions"),
};

export const sentencesRequest = z.strictObject(sources);

export const projectRequest = z.strictObject({ name: projectName, ...sources });

export const projectChange = z.strictObject({ name: projectName });

export const sentencesAnswer = projectEntry.extend({
  first: z.int().describe("id of the first sentence that came; the others follow"),
});

export const removedProject = z.object({
  name: z.string(),
  kept: z.string().describe("where its files lie now, from the server's folder of corrections"),
});

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "expected a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .optional();

export const pageQuery = z.strictObject({
  offset: whole(0, 1e9).describe("defaults to 0"),
  limit: whole(1, 500).describe("defaults to 50"),
  sort: z.enum(["uncertainty", "order"]).optional().describe("the most uncertain first, or as in the data (the default)"),
});

export const exportQuery = z.strictObject({
  format: z.string().max(50).optional().describe("an annotation format that Weft writes; defaults to jsonl"),
  which: z.enum(["done", "all"]).optional().describe("sentences that are done (the default), or all, suggestions included"),
});

export const exportAnswer = z.object({
  format: z.string(),
  sentences: z.int(),
  files: z.array(z.object({ name: z.string(), content: z.string() })),
  omissions: z.array(z.string()).describe("what the format cannot hold"),
});

export const trainRequest = z.strictObject({
  from: z
    .string()
    .max(200)
    .optional()
    .describe("a run of the server's folder of runs whose settings and data are taken; defaults to a small base configuration"),
  data: z
    .enum(["added", "alone"])
    .optional()
    .describe(
      "corrected sentences behind the run's own train data (where `from` is given), or alone, every fifth document kept for dev",
    ),
});

export const trainState = z.object({
  state: z.enum(["none", "running", "done", "failed", "stopped"]),
  run: z.string().optional().describe("its folder in the server's folder of runs"),
  project: z.string().optional(),
  from: z.string().nullable().optional(),
  data: z.string().optional().describe("how many sentences train and dev have, and from where"),
  startedAt: z.iso.datetime().optional(),
  message: z.string().optional().describe("the last line that the training said"),
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
  "Of texts, of an annotated file of the server's data folder, or of a result of /v1/extract: one of the three.";
const ifUnchanged =
  "The header If-Match names the revision of the project. Where it has changed since, the answer is 412 with the project in " +
  "`project`, and nothing is changed.";

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
    summary: "makes a correction project",
    description: threeSources,
    body: projectRequest,
    responses: { 201: projectEntry },
  },
  project: {
    ...routes.project,
    tag: "corrections",
    summary: "some sentences of a project",
    params: projectParams,
    query: pageQuery,
    responses: { 200: projectPage },
  },
  renameProject: {
    ...routes.renameProject,
    tag: "corrections",
    summary: "gives a project another name",
    description: ifUnchanged,
    params: projectParams,
    body: projectChange,
    responses: { 200: projectEntry, 412: projectConflict },
  },
  removeProject: {
    ...routes.removeProject,
    tag: "corrections",
    summary: "takes a project away",
    description: `${ifUnchanged} The files are moved aside, into the folder .trash among the projects.`,
    params: projectParams,
    responses: { 200: removedProject, 412: projectConflict },
  },
  addSentences: {
    ...routes.addSentences,
    tag: "corrections",
    summary: "puts more sentences behind those of a project",
    description: threeSources,
    params: projectParams,
    body: sentencesRequest,
    responses: { 201: sentencesAnswer },
  },
  sentence: {
    ...routes.sentence,
    tag: "corrections",
    summary: "one sentence as it stands",
    params: sentenceParams,
    responses: { 200: correctionSentence },
  },
  saveSentence: {
    ...routes.saveSentence,
    tag: "corrections",
    summary: "saves what a person says of a sentence",
    description:
      "The header If-Match names the revision that was changed. Where another one is there by now, the answer is 412 with that " +
      "sentence in `sentence`, and nothing is changed. An answer means that the change is on disk.",
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
      "Only where the server was started with --allow-training. One training at a time; its run appears among the server's runs.",
    params: projectParams,
    body: trainRequest,
    responses: { 202: trainState },
  },
  training: {
    ...routes.training,
    tag: "corrections",
    summary: "how the last training of a project stands",
    params: projectParams,
    responses: { 200: trainState },
  },
  stopTraining: {
    ...routes.stopTraining,
    tag: "corrections",
    summary: "stops the training; its run can be resumed",
    params: projectParams,
    responses: { 200: trainState },
  },
} as const satisfies Record<string, Contract>;
