import { defaultHost, defaultLimits, defaultPort } from "@weft-nlp/server/options";
import { declareCommand } from "../declaration.ts";
import { wholeNumber } from "../option-values.ts";
import { computeOptions, pluginOption } from "../shared-options.ts";

export const serveCommand = declareCommand({
  name: "serve",
  group: "Models",
  summary: "serve models over HTTP, with the page",
  details:
    "Serves one model or several until Ctrl-C or SIGTERM, and then finishes the requests in progress. A model is reloaded " +
    "when its folder is rewritten, and all models are on SIGHUP. A run that was chosen on the page in place of a model is " +
    "served again at the next start, and the log says so. Logs go to standard error, a JSON object per line, without texts. " +
    "Tokens come from --tokens, or from the environment variable WEFT_TOKENS with spaces between them. docs/server.md has " +
    "every route.",
  arguments: {
    models: {
      description: "models or runs, the default one first; NAME=FOLDER sets another name than the folder's",
      many: true,
    },
  },
  options: {
    host: {
      value: "address",
      description: "address to listen on; other machines can reach any address but loopback",
      default: defaultHost,
    },
    port: {
      value: "n",
      description: "port to listen on; 0 takes a free one",
      parse: wholeNumber(0, 65535),
      default: defaultPort,
    },
    tokens: {
      value: "file",
      description: "a file with a bearer token per line, and what it permits: read, correct, train or admin",
    },
    cors: { value: "origin", description: "pages of these origins may call this server", many: "several each" },
    allowHost: {
      value: "name",
      description: "more names than localhost by which the server may be called; addresses are always allowed",
      many: "several each",
    },
    rate: {
      value: "n",
      description: "max requests per minute from one address",
      parse: wholeNumber(1),
      defaultWords: "no limit",
    },
    maxConnections: {
      value: "n",
      description: "max open connections; 0 is no limit",
      parse: wholeNumber(0),
      default: defaultLimits.connections,
    },
    batch: {
      value: "n",
      description: "sentences predicted together",
      parse: wholeNumber(1),
      default: defaultLimits.batchSentences,
    },
    batchWait: {
      value: "ms",
      description: "how long a batch waits for more, while workers are busy",
      parse: wholeNumber(0),
      default: defaultLimits.batchWaitMs,
    },
    queue: { value: "n", description: "max waiting sentences", parse: wholeNumber(1), default: defaultLimits.queueSentences },
    deadline: { value: "ms", description: "max time to an answer", parse: wholeNumber(1), default: defaultLimits.deadlineMs },
    maxBody: { value: "bytes", description: "max size of a JSON body", parse: wholeNumber(1), default: defaultLimits.bodyBytes },
    drain: {
      value: "ms",
      description: "max time to finish the requests in progress before stopping",
      parse: wholeNumber(0),
      default: defaultLimits.drainMs,
    },
    runs: { value: "folder", description: "runs to show on the page", defaultWords: "the folder runs, if there is one" },
    data: {
      value: "path",
      description: "annotated files, or folders of them, to show on the page",
      many: "several each",
    },
    watch: { description: "do not reload a model when its folder is rewritten", negated: true },
    corrections: { value: "folder", description: "where the page's corrections are kept; created with the first one" },
    allowTraining: { description: "let the page train on corrected sentences, into the folder of runs" },
    labelStudio: { description: "answer as Label Studio's ML backend at the root, not only below /label-studio" },
    logLevel: {
      value: "level",
      description: "the level of the log",
      choices: ["error", "warn", "info", "debug", "silent"],
      default: "info",
    },
    ...computeOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft serve runs/weft-1", "one model, on http://127.0.0.1:7433"],
    ["weft serve news=runs/news-3 law=runs/law-1 --port 0 --json", "two, on a free port; prints its URL as JSON"],
    ["weft serve runs/weft-1 --data corpus", "the page also shows the runs and the data of a folder"],
    ["weft serve runs/weft-1 --host 0.0.0.0 --tokens tokens.txt", "open to others, with tokens"],
  ],
});
