import { basename, resolve } from "node:path";
import { Argument, Option } from "commander";
import { pino } from "pino";
import { UsageError } from "../../errors.ts";
import { createServer } from "../../server/create-server.ts";
import { defaultHost, defaultPort, type ModelSource } from "../../server/options.ts";
import { defineCommand } from "../command.ts";
import { type ComputeFlags, computeOptions, wholeNumber } from "../compute-options.ts";

interface Options extends ComputeFlags {
  readonly host: string;
  readonly port: number;
  readonly json?: boolean;
}

export const serveCommand = defineCommand<[runs: readonly string[]], Options>({
  name: "serve",
  group: "Models",
  summary: "answer requests for extraction over HTTP, and show the page",
  details:
    "Serves one model or several until Ctrl-C or SIGTERM, and then finishes what is under way. docs/server.md has every route.",
  arguments: [new Argument("<runs...>", "models or runs; NAME=FOLDER gives one another name than its folder's")],
  options: [
    new Option("--host <address>", "address to listen on; others than this machine's own let others in").default(defaultHost),
    new Option("--port <n>", "port to listen on; 0 takes a free one").default(defaultPort).argParser(wholeNumber(0)),
    ...computeOptions,
  ],
  json: true,
  examples: [["weft serve runs/weft-1", "one model, on http://127.0.0.1:7433"]],
  run: async ({ terminal, signal }, [runs], options) => {
    const logger = pino({ level: "info" }, pino.destination({ dest: 2, sync: true }));
    const server = await createServer({ ...options, models: modelSources(runs), logger });
    try {
      const url = await server.listen();
      if (terminal.json) await terminal.print(JSON.stringify({ kind: "ready", url, pid: process.pid }));
      else await terminal.print(`listening on ${url}`);
      await new Promise((stop) => signal.addEventListener("abort", stop, { once: true }));
    } finally {
      await server.close();
    }
  },
});

/** `NAME=FOLDER`, or a folder whose own name is the model's. @throws {UsageError} */
export function modelSources(runs: readonly string[]): ModelSource[] {
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
