import { basename, resolve } from "node:path";
import { FileError, UsageError } from "@weft-nlp/node";
import { exists } from "@weft-nlp/node/files";
import { defaultHost, defaultLimits, defaultPort, type Limits, type ModelSource } from "@weft-nlp/server";
import { Argument, InvalidArgumentError, Option } from "commander";
import { defineCommand } from "../command.ts";
import { type ComputeFlags, computeOptions, wholeNumber } from "../compute-options.ts";

interface Options extends ComputeFlags {
  readonly host: string;
  readonly port: number;
  readonly tokens?: string;
  readonly cors?: readonly string[];
  readonly allowHost?: readonly string[];
  readonly rate?: number;
  readonly maxConnections: number;
  readonly batch: number;
  readonly batchWait: number;
  readonly queue: number;
  readonly deadline: number;
  readonly maxBody: number;
  readonly drain: number;
  readonly watch: boolean;
  readonly runs?: string;
  readonly data?: readonly string[];
  readonly corrections?: string;
  readonly allowTraining?: boolean;
  readonly logLevel: string;
}

export const serveCommand = defineCommand<[runs: readonly string[]], Options>({
  name: "serve",
  group: "Models",
  summary: "answer requests for extraction over HTTP, and show the page",
  details:
    "Serves one model or several until Ctrl-C or SIGTERM, and then finishes what is under way. A model whose folder is written anew is read " +
    "anew, and so are all at SIGHUP. Logs go to standard error, a JSON object a line, without texts. Tokens come from --tokens or from " +
    "the environment, WEFT_TOKENS with spaces between them. docs/server.md has every route.",
  arguments: [
    new Argument("<runs...>", "models or runs, the default one first; NAME=FOLDER gives one another name than its folder's"),
  ],
  options: [
    new Option("--host <address>", "address to listen on; others than this machine's own let others in").default(defaultHost),
    new Option("--port <n>", "port to listen on; 0 takes a free one").default(defaultPort).argParser(portNumber),
    new Option("--tokens <file>", "a file with a bearer token a line; requests then need one"),
    new Option("--cors <origin...>", "pages of these origins may call this server"),
    new Option("--allow-host <name...>", "names beside localhost by which a server on this machine may be called"),
    new Option("--rate <n>", "requests a minute from one address; any number where left out").argParser(wholeNumber(1)),
    new Option("--max-connections <n>", "connections open at a time; 0 is no limit")
      .default(defaultLimits.connections)
      .argParser(wholeNumber(0)),
    new Option("--batch <n>", "sentences predicted together").default(defaultLimits.batchSentences).argParser(wholeNumber(1)),
    new Option("--batch-wait <ms>", "how long a batch waits for more, while workers are busy")
      .default(defaultLimits.batchWaitMs)
      .argParser(wholeNumber(0)),
    new Option("--queue <n>", "sentences that may wait").default(defaultLimits.queueSentences).argParser(wholeNumber(1)),
    new Option("--deadline <ms>", "longest time to an answer").default(defaultLimits.deadlineMs).argParser(wholeNumber(1)),
    new Option("--max-body <bytes>", "longest JSON body").default(defaultLimits.bodyBytes).argParser(wholeNumber(1)),
    new Option("--drain <ms>", "longest time for what is under way when told to stop")
      .default(defaultLimits.drainMs)
      .argParser(wholeNumber(0)),
    new Option("--runs <folder>", "runs to show in the page; the folder runs where there is one"),
    new Option("--data <path...>", "annotated files, or folders of them, to show in the page"),
    new Option("--no-watch", "do not look whether a model's folder is written anew"),
    new Option("--corrections <folder>", "where corrections of the page are kept; made with the first one"),
    new Option("--allow-training", "let the page start trainings on corrected sentences, into the folder of runs"),
    new Option("--log-level <level>", "what is logged").choices(["error", "warn", "info", "debug", "silent"]).default("info"),
    ...computeOptions,
  ],
  json: true,
  examples: [
    ["weft serve runs/weft-1", "one model, on http://127.0.0.1:7433"],
    ["weft serve news=runs/news-3 law=runs/law-1 --port 0 --json", "two, on a free port, which a line of JSON names"],
    ["weft serve runs/weft-1 --data corpus", "with the runs beside it and the data of a folder in the page"],
    ["weft serve runs/weft-1 --host 0.0.0.0 --tokens tokens.txt", "for others too, who need a token"],
  ],
  run: async ({ terminal, signal }, [runs], options) => {
    // Loaded here, so that no other command waits for the server's packages.
    const [{ pino }, { createServer }] = await Promise.all([import("pino"), import("@weft-nlp/server")]);
    const tokens = await tokensOf(options);
    const logger = pino({ level: options.logLevel }, pino.destination({ dest: 2, sync: true }));
    const models = modelSources(runs);
    const [shownRuns, shownData] = await shownFolders(options);
    const starting = createServer({
      ...options,
      models,
      runs: shownRuns,
      data: shownData,
      tokens,
      logger,
      limits: limitsOf(options),
      hosts: options.allowHost,
      requestsPerMinute: options.rate,
      watchSeconds: options.watch ? undefined : 0,
    });
    // From the beginning: a signal that nobody listens to ends the process.
    const reload = (): void =>
      void starting.then(
        async (server) => server.reload(),
        () => undefined,
      );
    process.on("SIGHUP", reload);
    try {
      const url = await (await starting).listen();
      if (terminal.json) {
        await terminal.print(JSON.stringify({ kind: "ready", url, pid: process.pid, models: models.map(({ name }) => name) }));
      } else await terminal.print(`listening on ${url}`);
      if (!isLocal(options.host) && tokens.length === 0)
        logger.warn("anybody who reaches this address may use it: there are no tokens");
      if (!signal.aborted) await new Promise((stop) => signal.addEventListener("abort", stop, { once: true }));
      logger.info("stopping; requests under way are finished first");
    } finally {
      process.off("SIGHUP", reload);
      await (await starting).close();
    }
  },
});

/** The folder of runs and the data that the page shows. @throws {FileError} where one that was named is not there */
async function shownFolders({ runs, data = [] }: Options): Promise<[runs: string | undefined, data: readonly string[]]> {
  for (const path of [...(runs === undefined ? [] : [runs]), ...data]) {
    if (await exists(path)) continue;
    throw new FileError("FILE_MISSING", {
      at: { source: path },
      message: "there is no such file or folder",
      hint: "check the path",
    });
  }
  return [runs ?? ((await exists("runs")) ? "runs" : undefined), data];
}

/** `NAME=FOLDER`, or a folder whose own name is the model's. @throws {UsageError} */
function modelSources(runs: readonly string[]): ModelSource[] {
  const sources = runs.map((run) => {
    const [, given, folder = run] = /^([^=/\\]+)=(.+)$/.exec(run) ?? [];
    return { name: given ?? basename(resolve(folder)), folder };
  });
  for (const [index, { name }] of sources.entries()) {
    if (!/^[\w.-]{1,100}$/.test(name)) {
      throw new UsageError(`${name} cannot be a model's name in requests`, `give it one: NAME=${runs[index]}`);
    }
    if (sources.findIndex((other) => other.name === name) < index) {
      throw new UsageError(`two models are called ${name}`, `give one another name: NAME=${runs[index]}`);
    }
  }
  return sources;
}

/** Never from the command line, which every user of the machine can read. @throws {UsageError} where a file was named that has none */
async function tokensOf({ tokens: path }: Options): Promise<string[]> {
  const fromEnvironment = (process.env["WEFT_TOKENS"] ?? "").split(/\s+/).filter((token) => token !== "");
  if (path === undefined) return fromEnvironment;
  const { readTokens } = await import("@weft-nlp/server");
  const fromFile = await readTokens(path);
  if (fromFile.length > 0) return [...fromFile, ...fromEnvironment];
  throw new UsageError(`there is no token in ${path}`, "put one into each line, or leave --tokens out to let everybody in");
}

function limitsOf({ maxConnections, batch, batchWait, queue, deadline, maxBody, drain }: Options): Partial<Limits> {
  return {
    connections: maxConnections,
    batchSentences: batch,
    batchWaitMs: batchWait,
    queueSentences: queue,
    deadlineMs: deadline,
    bodyBytes: maxBody,
    drainMs: drain,
  };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new InvalidArgumentError("expected a port from 0 to 65535");
  return port;
}

function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
