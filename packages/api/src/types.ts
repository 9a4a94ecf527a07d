import type * as z from "zod";
import type {
  comparedSentence,
  contracts,
  correctionSentence,
  curvePoint,
  dataFile,
  dataList,
  documentRecord,
  documentRequest,
  errorAnswer,
  exportAnswer,
  extraction,
  extractOptions,
  indexedSentence,
  modelDetails,
  modelEntry,
  modelLabels,
  place,
  problem,
  problemList,
  projectEntry,
  projectList,
  projectPage,
  recordEntity,
  recordRelation,
  runComparison,
  runDetails,
  runEntry,
  runGroup,
  runList,
  runMessages,
  sentenceEdit,
  sentencePage,
  sentencesRequest,
  splitSummary,
  spread,
  streamLine,
  textRequest,
  trainingVerdict,
  trainRequest,
  trainState,
  tripleFormat,
} from "./contracts/index.ts";
import type { RouteName } from "./routes.ts";

type Contracts = typeof contracts;
type Part<Name extends RouteName, Key extends string> =
  Contracts[Name] extends Readonly<Record<Key, infer Schema extends z.ZodType>> ? Schema : undefined;
type Success<Responses> = Responses[keyof Responses & (200 | 201 | 202)];

/** The JSON answer of a route on success; `never` if it is not JSON. */
export type AnswerOf<Name extends RouteName> = Contracts[Name] extends { readonly responses: infer Responses }
  ? Success<Responses> extends infer Schema extends z.ZodType
    ? z.output<Schema>
    : never
  : never;

/** The body that a route takes; `undefined` if it takes none. */
export type BodyOf<Name extends RouteName> = Sent<Input<Part<Name, "body">>>;

/** The parameters in a route's path; `undefined` if it has none. */
export type ParamsOf<Name extends RouteName> = Sent<Output<Part<Name, "params">>>;

/** The query that a route takes; `undefined` if it takes none. */
export type QueryOf<Name extends RouteName> = Sent<Output<Part<Name, "query">>>;

type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** Requests may be built from readonly parts. */
type Sent<Value> = Value extends object ? { readonly [Key in keyof Value]: Sent<Value[Key]> } : Value;

/** A document as JSON, as core's `recordOf` makes it. */
export type DocumentRecord = z.output<typeof documentRecord>;

/** An entity of a document record; `start` and `end` count tokens, half-open. */
export type RecordEntity = z.output<typeof recordEntity>;

/** A relation of a document record; `head` and `tail` are places in its `entities`. */
export type RecordRelation = z.output<typeof recordRelation>;

/** A text to extract from: a string, or a `DocumentRequest`. */
export type TextRequest = Sent<z.input<typeof textRequest>>;

/**
 * A text to extract from, with an id, its own tokens, sentences or entities if the caller has them.
 */
export type DocumentRequest = Sent<z.input<typeof documentRequest>>;

/** The options of `/v1/extract`: the model, thresholds, windows and a deadline. */
export type ExtractOptions = Sent<z.input<typeof extractOptions>>;

/**
 * The entities and relations found in one text, with warnings where parts of the input were not
 * used.
 */
export type Extraction = z.output<typeof extraction>;

/** One line of the answer to a stream: an `Extraction`, or the error of that line. */
export type StreamLine = z.output<typeof streamLine>;

/** The JSON body of every error answer. */
export type ErrorAnswer = z.output<typeof errorAnswer>;

/** An error as the server reports it: a code from docs/errors.md, a message, a hint and a place. */
export type Fault = ErrorAnswer["error"];

/**
 * A place in a file (line and column from 1) or in a request (a path such as `documents[3].text`).
 */
export type Place = z.output<typeof place>;

/** A model in `/v1/models`. */
export type ModelEntry = z.output<typeof modelEntry>;

/** What a model knows, what it was trained on and how good it is, from `/v1/models/{name}`. */
export type ModelDetails = z.output<typeof modelDetails>;

/** The entity and relation types of a model, from `/v1/schema`. */
export type ModelLabels = z.output<typeof modelLabels>;

/** A triple format that the server writes, from `/v1/triples`. */
export type TripleFormatEntry = z.output<typeof tripleFormat>;

/** A run in `/v1/runs`: its data, state and best score. */
export type RunEntry = z.output<typeof runEntry>;

/** Finished runs whose configurations differ only in the seed, with their spread on dev. */
export type RunGroup = z.output<typeof runGroup>;

/** The runs of a server and their groups. */
export type RunList = z.output<typeof runList>;

/** The complete configuration of a run and its scores on each split. */
export type RunDetails = z.output<typeof runDetails>;

/** The scores of a run on one split, by protocol. */
export type SplitSummary = z.output<typeof splitSummary>;

/** Number of values, mean and sample standard deviation (n − 1). */
export type Spread = z.output<typeof spread>;

/** A point of a training curve: a loss or a score, with `at` in epochs. */
export type CurvePoint = z.output<typeof curvePoint>;

/** A server-sent event of a training run; `kind` is the name of the event. */
export type RunMessage = {
  [Kind in keyof typeof runMessages]: { kind: Kind } & z.output<(typeof runMessages)[Kind]>;
}[keyof typeof runMessages];

/**
 * The scores of two runs on one file, and a page of the sentences that they annotate differently.
 */
export type RunComparison = z.output<typeof runComparison>;

/** A sentence that two runs annotate differently: the gold annotation and the two predictions. */
export type ComparedSentence = z.output<typeof comparedSentence>;

/** An annotated file of the server, with counts once it has been read. */
export type DataFile = z.output<typeof dataFile>;

/** The annotated files of a server. */
export type DataList = z.output<typeof dataList>;

/** A sentence of an annotated file, with its index in the file. */
export type IndexedSentence = z.output<typeof indexedSentence>;

/** A page of the sentences that a filter selects. */
export type SentencePage = z.output<typeof sentencePage>;

/** A problem that `weft data check` finds, with examples. */
export type Problem = z.output<typeof problem>;

/** The problems found in a file, by severity. */
export type ProblemList = z.output<typeof problemList>;

/** A correction project: its types, its revision and its progress. */
export type ProjectEntry = z.output<typeof projectEntry>;

/** The correction projects of a server, and whether it has data and trains. */
export type ProjectList = z.output<typeof projectList>;

/** A correction project with a page of its sentences. */
export type ProjectPage = z.output<typeof projectPage>;

/** A sentence of a correction project with its annotation and its revision. */
export type CorrectionSentence = z.output<typeof correctionSentence>;

/** The annotation of a sentence as a person saves it; it replaces the one before. */
export type SentenceEdit = z.output<typeof sentenceEdit>;

/** Where the sentences to add to a project come from: texts, a data file or an extraction. */
export type NewSentences = Sent<z.input<typeof sentencesRequest>>;

/** The files of an exported project, and a list of what the format could not hold. */
export type ExportedProject = z.output<typeof exportAnswer>;

/** How to train on a project: the run to take settings from, and how to combine the data. */
export type TrainRequest = z.output<typeof trainRequest>;

/** The state of the last training of a project. */
export type TrainState = z.output<typeof trainState>;

/** The model of a project's last training against the one before it. */
export type TrainingVerdict = z.output<typeof trainingVerdict>;
