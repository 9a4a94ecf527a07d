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
  trainRequest,
  trainState,
  tripleFormat,
} from "./contracts/index.ts";
import type { RouteName } from "./routes.ts";

type Contracts = typeof contracts;
type Part<Name extends RouteName, Key extends string> =
  Contracts[Name] extends Readonly<Record<Key, infer Schema extends z.ZodType>> ? Schema : undefined;
type Success<Responses> = Responses[keyof Responses & (200 | 201 | 202)];

/** What a route answers where it does what it was asked; `never` for what is no JSON. */
export type AnswerOf<Name extends RouteName> = Contracts[Name] extends { readonly responses: infer Responses }
  ? Success<Responses> extends infer Schema extends z.ZodType
    ? z.output<Schema>
    : never
  : never;

/**
 * The body that a route takes, and the parts of its path and its query; `undefined` where it takes
 * none.
 */
export type BodyOf<Name extends RouteName> = Sent<Input<Part<Name, "body">>>;
export type ParamsOf<Name extends RouteName> = Sent<Output<Part<Name, "params">>>;
export type QueryOf<Name extends RouteName> = Sent<Output<Part<Name, "query">>>;

type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What is sent may be of readonly parts. */
type Sent<Value> = Value extends object ? { readonly [Key in keyof Value]: Sent<Value[Key]> } : Value;

/** The record of a document, as core's `recordOf` makes it. */
export type DocumentRecord = z.output<typeof documentRecord>;
export type RecordEntity = z.output<typeof recordEntity>;
export type RecordRelation = z.output<typeof recordRelation>;

export type TextRequest = Sent<z.input<typeof textRequest>>;
export type DocumentRequest = Sent<z.input<typeof documentRequest>>;
export type ExtractOptions = Sent<z.input<typeof extractOptions>>;
export type Extraction = z.output<typeof extraction>;
export type StreamLine = z.output<typeof streamLine>;
export type ErrorAnswer = z.output<typeof errorAnswer>;
export type Fault = ErrorAnswer["error"];
export type Place = z.output<typeof place>;

export type ModelEntry = z.output<typeof modelEntry>;
export type ModelLabels = z.output<typeof modelLabels>;
export type TripleFormatEntry = z.output<typeof tripleFormat>;

export type RunEntry = z.output<typeof runEntry>;
export type RunGroup = z.output<typeof runGroup>;
export type RunList = z.output<typeof runList>;
export type RunDetails = z.output<typeof runDetails>;
export type SplitSummary = z.output<typeof splitSummary>;
export type Spread = z.output<typeof spread>;
export type CurvePoint = z.output<typeof curvePoint>;
export type RunMessage = {
  [Kind in keyof typeof runMessages]: { kind: Kind } & z.output<(typeof runMessages)[Kind]>;
}[keyof typeof runMessages];
export type RunComparison = z.output<typeof runComparison>;
export type ComparedSentence = z.output<typeof comparedSentence>;

export type DataFile = z.output<typeof dataFile>;
export type DataList = z.output<typeof dataList>;
export type IndexedSentence = z.output<typeof indexedSentence>;
export type SentencePage = z.output<typeof sentencePage>;
export type Problem = z.output<typeof problem>;
export type ProblemList = z.output<typeof problemList>;

export type ProjectEntry = z.output<typeof projectEntry>;
export type ProjectList = z.output<typeof projectList>;
export type ProjectPage = z.output<typeof projectPage>;
export type CorrectionSentence = z.output<typeof correctionSentence>;
export type SentenceEdit = z.output<typeof sentenceEdit>;
export type NewSentences = Sent<z.input<typeof sentencesRequest>>;
export type ExportedProject = z.output<typeof exportAnswer>;
export type TrainRequest = z.output<typeof trainRequest>;
export type TrainState = z.output<typeof trainState>;
