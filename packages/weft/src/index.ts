/**
 * What most programs need: open a model, extract, train, evaluate, read and write documents.
 * Everything else has a subpath: `weft-nlp/models`, `/formats`, `/metrics`, `/training`,
 * `/triples`, `/data`, `/draw` and `/server`; for people who extend it, `/encoders` and `/testing`.
 */
export {
  ArchiveError,
  ConfigError,
  DataError,
  type Document,
  type Entity,
  type Location,
  type Omission,
  type Relation,
  type Sentence,
  type Span,
  type Triple,
  triplesOf,
  WeftError,
} from "@weft-nlp/core";
export { documentFromRecord, recordOf } from "@weft-nlp/core/formats";
export type { Prediction, Report } from "@weft-nlp/core/metrics";
export { registry } from "@weft-nlp/core/registry";
export { documentFromText } from "@weft-nlp/core/text";
export { parseConfig, type TrainConfig } from "@weft-nlp/core/training";
export { FileError, RunError, WorkerError } from "@weft-nlp/node";
export { calibrateModel, Extractor, evaluateModel, loadModel, saveModel } from "@weft-nlp/node/extractor";
export { collectSentences, readConfig, readDocuments, readSentences, writeDocuments } from "@weft-nlp/node/files";
export { loadPlugins } from "@weft-nlp/node/plugins";
export { type DoneEvent, type RunEvent, trainRun } from "@weft-nlp/node/runs";
export { openTriples, writeTriples } from "@weft-nlp/node/triples";
