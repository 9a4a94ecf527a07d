import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FileError, UsageError } from "@weft-nlp/node/errors";
import { exists } from "@weft-nlp/node/files";
import {
  type AccessToken,
  createServer,
  isLoopback,
  type Limits,
  type ModelSource,
  pageFolder,
  readTokens,
  type WorkspaceOptions,
} from "@weft-nlp/server";
import { pino } from "pino";
import type { Handler } from "../command.ts";
import type { serveCommand } from "../commands/serve-command.ts";
import type { InputOf } from "../declaration.ts";

type ServeOptions = Omit<InputOf<typeof serveCommand>, "models">;

export const run: Handler<typeof serveCommand> = async ({ terminal, signal }, { models: folders, ...options }) => {
  const tokens = await tokensOf(options);
  const logger = pino({ level: options.logLevel }, pino.destination({ dest: 2, sync: true }));
  const models = modelSources(folders);
  const { runs: _, data: __, corrections: ___, ...others } = options;
  const starting = createServer({
    ...others,
    models,
    page: pageFolder,
    workspace: await workspaceOf(options),
    tokens,
    logger,
    limits: limitsOf(options),
    hosts: options.allowHost,
    requestsPerMinute: options.rate,
    watchSeconds: options.watch ? undefined : 0,
  });
  // Registered first: a signal without a listener ends the process.
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
    if (!isLoopback(options.host) && tokens.length === 0) {
      logger.warn("anyone who can reach this address may extract and read: there are no tokens");
    }
    if (!signal.aborted) await new Promise((stop) => signal.addEventListener("abort", stop, { once: true }));
    logger.info("stopping after the requests in progress");
  } finally {
    process.off("SIGHUP", reload);
    await (await starting).close();
  }
};

/**
 * What the page shows besides extraction; nothing if there is no option for it and no folder of
 * runs.
 *
 * @throws {FileError} if a named file or folder does not exist
 */
async function workspaceOf({ runs, data, corrections, allowTraining }: ServeOptions): Promise<WorkspaceOptions | undefined> {
  for (const path of [...(runs === undefined ? [] : [runs]), ...data]) {
    if (await exists(path)) continue;
    throw new FileError("FILE_MISSING", {
      at: { source: path },
      message: "there is no such file or folder",
      hint: "check the path",
    });
  }
  const shownRuns = runs ?? ((await exists("runs")) ? "runs" : undefined);
  if (shownRuns === undefined && data.length === 0 && corrections === undefined) return undefined;
  return { runs: shownRuns, data, corrections, trainingCommand: allowTraining ? ownCommand : undefined };
}

const ownCommand = fileURLToPath(new URL("../../../bin/weft.js", import.meta.url));

/** Parses `NAME=FOLDER`, or a folder whose name becomes the model's. @throws {UsageError} */
function modelSources(runs: readonly string[]): ModelSource[] {
  const sources = runs.map((run) => {
    const [, given, folder = run] = /^([^=/\\]+)=(.+)$/.exec(run) ?? [];
    return { name: given ?? basename(resolve(folder)), folder };
  });
  for (const [index, { name }] of sources.entries()) {
    if (!/^[\w.-]{1,100}$/.test(name)) {
      throw new UsageError(`${name} is not a valid model name`, `choose one: NAME=${runs[index]}`);
    }
    if (sources.findIndex((other) => other.name === name) < index) {
      throw new UsageError(`two models are called ${name}`, `rename one: NAME=${runs[index]}`);
    }
  }
  return sources;
}

/**
 * Reads tokens from a file or the environment, never from the command line, which every user of the
 * machine can read.
 *
 * @throws {UsageError} if the file has no token
 */
async function tokensOf({ tokens: path }: Pick<ServeOptions, "tokens">): Promise<(string | AccessToken)[]> {
  const fromEnvironment = (process.env["WEFT_TOKENS"] ?? "").split(/\s+/).filter((token) => token !== "");
  if (path === undefined) return fromEnvironment;
  const fromFile = await readTokens(path);
  if (fromFile.length > 0) return [...fromFile, ...fromEnvironment];
  throw new UsageError(`there is no token in ${path}`, "write one token per line, or omit --tokens");
}

function limitsOf({ maxConnections, batch, batchWait, queue, deadline, maxBody, drain }: ServeOptions): Partial<Limits> {
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
