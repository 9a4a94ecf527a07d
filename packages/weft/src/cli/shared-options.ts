import type { Options } from "./declaration.ts";
import { columnMap, nameList, namesOf, probability, wholeNumber } from "./option-values.ts";

/** The options of every command that runs a network. */
export const computeOptions = {
  threads: { value: "n", description: "worker threads", defaultWords: "the machine's cores", parse: wholeNumber(1) },
  kernels: {
    value: "name",
    description: "which kernels compute: machine code, or WebAssembly with or without fused multiply-add",
    defaultWords: "the fastest that runs here",
    choices: ["native", "relaxed", "baseline", "plain"],
  },
  deterministic: { description: "the same bits on every processor: --kernels baseline" },
} as const satisfies Options;

export const inputOption = {
  value: "kind",
  description:
    "what is a document: a line, a paragraph up to an empty line, a file (also html, pdf) or a record of data; text means line",
  choices: ["auto", "line", "paragraphs", "file", "html", "pdf", "jsonl", "data", "text"],
  defaultWords: "auto: by the file's name and shape",
} as const satisfies Options[string];

export const protocolOption = {
  short: "p",
  value: "names",
  description: "what counts as right; several names with commas between",
  suggests: suggestedProtocols,
  list: true,
} as const satisfies Options[string];

async function suggestedProtocols(): Promise<readonly string[]> {
  return (await import("./protocol-names.ts")).protocolNames();
}

export const thresholdOption = {
  value: "p",
  description: "probability from which a relation counts",
  defaultWords: "the model's own",
  parse: probability,
} as const satisfies Options[string];

/** How a model annotates texts, and what of it is kept. */
export const annotatingOptions = {
  threshold: thresholdOption,
  minConfidence: {
    value: "p",
    description: "omit entities and relations with less confidence than this",
    parse: probability,
    default: 0,
  },
  window: {
    value: "n",
    description: "tokens read at once; longer sentences are read in windows",
    parse: wholeNumber(1),
    default: async () => (await import("./window-defaults.ts")).defaultWindow,
  },
  overlap: {
    value: "n",
    description: "tokens that windows share",
    parse: wholeNumber(0),
    defaultWords: async () => `${(await import("./window-defaults.ts")).defaultOverlap}, less in small windows`,
  },
} as const satisfies Options;

/** Which of the types count, on both sides of a score. */
export const typeOptions = {
  ignore: {
    value: "types",
    description: "types that count neither in gold nor in predictions, such as Other; several with commas between",
    parse: nameList,
  },
  types: {
    value: "types",
    description: "the only types that count, of relations and entities; several with commas between",
    parse: nameList,
  },
} as const satisfies Options;

/** The options of the commands that score predictions. */
export const scoreOptions = {
  train: { value: "file", description: "training data: adds a baseline that only memorises, and scores for unseen triples" },
  details: { description: "all breakdowns: by type, distance, overlap, length" },
  report: {
    value: "folder",
    description: "write report.json and report.html: pictures, every breakdown, each mistake next to gold",
  },
  examples: { value: "n", description: "show this many mistakes in their sentences", parse: wholeNumber(1) },
  ...typeOptions,
  resamples: { value: "n", description: "bootstrap resamples behind the intervals", parse: wholeNumber(100), default: 1000 },
} as const satisfies Options;

/** The options of every command that reads annotated files in any format. */
export const formatOption = {
  value: "name",
  description: "read the files as this format instead of detecting it",
  suggests: async () => (await import("@weft-nlp/core/formats")).inputFormats.names,
} as const satisfies Options[string];

/** The option of the commands that choose a model for data. */
export const entitiesOption = {
  value: "how",
  description: "whether texts come with their entities marked (given), or the model finds them (found)",
  defaultWords: "found, unless every sentence has one pair",
  choices: ["found", "given"],
} as const satisfies Options[string];

export const typesFileOption = {
  value: "file",
  description: "the types file of SpERT's format, if Weft does not find it by its name",
} as const satisfies Options[string];

export const textFieldOption = {
  value: "name",
  description: "the field that holds the text, in formats where each project names it (label-studio)",
  defaultWords: "text, or the field that fits",
} as const satisfies Options[string];

/** The options of commands that read annotation of several people. */
export const annotationOptions = {
  textField: textFieldOption,
  annotator: {
    value: "who",
    description: "whose annotation to read, by id, e-mail address or name (label-studio)",
    defaultWords: "the one marked as ground truth, or the first",
  },
} as const satisfies Options;

export const skipInvalidOption = {
  description: "skip documents that cannot be read, and say how many",
} as const satisfies Options[string];

/** The options of the commands that read pairs, one of which may have no relation. */
export const pairOptions = {
  columns: {
    value: "map",
    description: "which column of a table holds what: sentence=text,head=subject; several with commas between",
    defaultWords: "usual names",
    parse: columnMap,
  },
  negatives: {
    value: "types",
    description: "relation types that mean no relation, such as no_relation,Other",
    defaultWords: "those that the format defines",
    parse: nameList,
  },
} as const satisfies Options;

export const newlinesOption = {
  value: "rule",
  description: "single line breaks in text: soft, a space; hard, the end of a sentence; auto, what each text's shape shows",
  choices: ["auto", "soft", "hard"],
} as const satisfies Options[string];

/** How annotated text without words becomes words and sentences. */
export const textOptions = {
  newlines: { ...newlinesOption, defaultWords: "auto" },
  split: {
    value: "rules",
    description: "split words of text further: units, 5mg into 5 and mg; hyphens, at each hyphen; both with a comma",
    parse: namesOf(["units", "hyphens"]),
    list: true,
  },
} as const satisfies Options;

/** The option of every command that reads a configuration, a model or data. */
export const pluginOption = {
  value: "module",
  description: "first load this plugin (a path or an installed package), with models, formats and more of your own",
  many: "once each",
} as const satisfies Options[string];

/** The options of every command that writes triples. */
export const tripleOptions = {
  base: { value: "iri", description: "what IRIs in RDF begin with", defaultWords: "urn:weft:" },
  escapeFormulas: { description: "put ' before cells of csv and tsv that a spreadsheet would compute" },
} as const satisfies Options;

/** The options of every command that trains several runs. */
export const jobOptions = {
  jobs: { value: "n", description: "runs at a time, which share the threads", parse: wholeNumber(1), default: 1 },
  failFast: { description: "stop at the first run that fails; by default the others continue" },
  ...computeOptions,
  checkpointSeconds: { value: "n", description: "min time between checkpoints", parse: wholeNumber(0), default: 5 },
} as const satisfies Options;

export const setOption = {
  value: "path=value",
  description: "change a setting: --set model.rounds=2",
  many: "several each",
} as const satisfies Options[string];

/** The options of every command that trains one configuration several times. */
export const manyRunsOptions = {
  set: { ...setOption, description: "change a setting of every run: --set model.rounds=2" },
  protocol: protocolOption,
  queue: {
    value: "url",
    description:
      "train on the workers of a queue (weft worker), which have their own --jobs and --threads: redis://… or postgres://…",
  },
  ...jobOptions,
} as const satisfies Options;

/** What the help of each of these commands says. */
export const manyRunsWords =
  "To resume after an interruption, run the same command again: finished runs are kept and the stopped one continues. If a run fails, " +
  "the others continue and the exit code is 1; the next call retries the failed ones.";
