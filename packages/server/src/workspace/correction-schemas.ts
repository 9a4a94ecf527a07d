import * as z from "zod";
import { documentRequest } from "../extraction/extraction.ts";
import { givenExtraction } from "../extraction/extraction-document.ts";

const count = z.int().min(0);
const probability = z.number().min(0).max(1);
const type = z.string().min(1).max(200);

/** Names become folders: no separators, no dot in front, nothing that a file system reads in a way of its own. */
export const projectName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/, "expected up to 80 letters, digits, _ or -, a letter or digit first")
  .describe("letters, digits, _ and -");

const entity = z.strictObject({
  start: count.describe("tokens of the sentence, half-open"),
  end: count,
  type: type.nullable(),
  confidence: probability.optional().describe("there while it is the suggestion of a model that nobody has accepted"),
});
const relation = z.strictObject({
  head: count.describe("place in `entities`"),
  tail: count,
  type,
  confidence: probability.optional(),
});

/** What a person says of a sentence, as a whole. */
export const sentenceEdit = z.strictObject({
  entities: z.array(entity).max(2000),
  relations: z.array(relation).max(10_000),
  done: z.boolean().describe("whether somebody has gone through the sentence; no suggestion may be left then"),
});
export type SentenceEdit = z.output<typeof sentenceEdit>;

export const correctionSentence = z.object({
  id: z.int().describe("its place in the project, from 0"),
  revision: z.int().describe("counts the changes of this sentence; If-Match asks for it"),
  document: z.string().describe("where the sentence comes from"),
  uncertainty: probability.describe("of the suggestions it began with: 0 where the model was sure, 1 where it was torn"),
  text: z.string(),
  tokens: z.array(z.object({ start: count, end: count })).describe("UTF-16 units of `text`, half-open"),
  entities: z.array(entity),
  relations: z.array(relation),
  done: z.boolean(),
});
export type CorrectionSentence = z.output<typeof correctionSentence>;

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
export type ProjectEntry = z.output<typeof projectEntry>;

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
      "whose predictions become suggestions, as a name of /v1/models; null for none; where left out, the first model for texts and none " +
        "for data; with an extraction, the model that it is from",
    ),
  texts: z
    .array(z.union([z.string(), documentRequest]))
    .optional()
    .describe("texts as for /v1/extract"),
  data: z.string().max(500).optional().describe("an annotated file of the server's data, by its name in /v1/data"),
  extraction: givenExtraction.optional().describe("a result of /v1/extract; what it holds becomes suggestions"),
};

export const sentencesRequest = z.strictObject(sources);
export type SentencesRequest = z.output<typeof sentencesRequest>;

export const projectRequest = z.strictObject({ name: projectName, ...sources });
export type ProjectRequest = z.output<typeof projectRequest>;

export const projectChange = z.strictObject({ name: projectName });

export const sentencesAnswer = projectEntry.extend({
  first: z.int().describe("id of the first sentence that came; the others follow"),
});

export const removedProject = z.object({
  name: z.string(),
  kept: z.string().describe("where its files lie now, from the server's folder of corrections"),
});

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "expected a whole number")
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .optional();

export const pageQuery = z.strictObject({
  offset: whole(0, 1e9).describe("0 where left out"),
  limit: whole(1, 500).describe("50 where left out"),
  sort: z.enum(["uncertainty", "order"]).optional().describe("the most uncertain first, or as in the data (where left out)"),
});

export const exportQuery = z.strictObject({
  format: z.string().max(50).optional().describe("an annotation format that Weft writes; jsonl where left out"),
  which: z.enum(["done", "all"]).optional().describe("sentences that are done (where left out), or all, suggestions included"),
});

export const exportAnswer = z.object({
  format: z.string(),
  sentences: z.int(),
  files: z.array(z.object({ name: z.string(), content: z.string() })),
  losses: z.array(z.string()).describe("what the format cannot hold"),
});

export const trainRequest = z.strictObject({
  from: z
    .string()
    .max(200)
    .optional()
    .describe(
      "a run of the server's folder of runs whose settings and data are taken; a small base configuration where left out",
    ),
  data: z
    .enum(["added", "alone"])
    .optional()
    .describe(
      "corrected sentences behind the run's own train data (where `from` is given), or alone, every fifth document kept for dev",
    ),
});
export type TrainRequest = z.output<typeof trainRequest>;

export const trainState = z.object({
  state: z.enum(["none", "running", "done", "failed", "stopped"]),
  run: z.string().optional().describe("its folder in the server's folder of runs"),
  project: z.string().optional(),
  from: z.string().nullable().optional(),
  data: z.string().optional().describe("how many sentences train and dev have, and from where"),
  startedAt: z.iso.datetime().optional(),
  message: z.string().optional().describe("the last line that the training said"),
});
export type TrainState = z.output<typeof trainState>;
