import { type ChildProcess, fork } from "node:child_process";
import { markOf } from "@weft-nlp/node/files";
import { BatchError } from "../errors.ts";
import { beginAttempt, isSplit, type Settled } from "../manifest/index.ts";
import { DirectoryStore } from "../store/index.ts";
import type { ManifestRecord, Shard, ShardProgress, ShardRunner } from "../types.ts";
import type { OpenRequest, RunnerReply, RunnerRequest } from "./messages.ts";

/** Options of a worker process. */
export interface RunnerOptions extends Omit<OpenRequest, "kind"> {
  /** A worker without a new record for so long has stalled, and is ended. */
  readonly stallSeconds: number;
  /** Whether the plan names plugins. */
  readonly plugins: boolean;
  /** Which part of an array of jobs this is. */
  readonly slot?: string | undefined;
  readonly onProgress?: ((progress: ShardProgress) => void) | undefined;
}

/** How many times in `stallSeconds` it is seen whether a worker advances. */
const looks = 10;

/** A large model on a slow disk takes long to open. */
const openSeconds = 600;

/** A worker that was asked to stop is ended after this time. */
const graceMs = 2000;

/** Does shards in a process of its own, which starts with the first and is replaced if it ends. */
export class ProcessRunner implements ShardRunner {
  readonly #options: RunnerOptions;
  readonly #store: DirectoryStore;
  #child: ChildProcess | undefined;
  #lastWords = "";

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#store = new DirectoryStore(options.folder);
  }

  /** The id of the worker process while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async run(shard: Shard, signal: AbortSignal): Promise<ManifestRecord> {
    signal.throwIfAborted();
    const child = this.#child ?? this.#start();
    if (this.#child === undefined) {
      this.#child = child;
      const { folder, model, threads } = this.#options;
      await this.#ask(child, { kind: "open", folder, model, threads }, shard, signal);
    }
    const mark = markOf(child.pid ?? process.pid);
    const end = await beginAttempt(this.#store, shard.id, mark, this.#options.slot);
    try {
      const reply = await this.#ask(child, { kind: "run", shard }, shard, signal);
      if (reply.kind !== "done") throw new Error(`expected a shard that is done, found ${reply.kind}`);
      return committed(reply.record);
    } finally {
      await end();
    }
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => void child.once("exit", resolve));
    // Nothing that it still holds is committed, so it can be ended at any point.
    child.kill("SIGKILL");
    await gone;
  }

  #start(): ChildProcess {
    // The worker is plain JavaScript: it must not inherit flags that make this process read
    // TypeScript.
    const child = fork(this.#options.plugins ? pluginWorkerUrl() : workerUrl, {
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#lastWords = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-lastUnits);
    });
    // A failure while a shard is under way is seen there, and any other by the next request.
    child.on("error", () => undefined);
    child.on("exit", () => {
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }

  /** Sends a request and waits for its reply, the end of the process, a stall or a stop. */
  async #ask(child: ChildProcess, request: RunnerRequest, shard: Shard, signal: AbortSignal): Promise<RunnerReply> {
    const { stallSeconds } = this.#options;
    const limit = request.kind === "open" ? Math.max(stallSeconds, openSeconds) : stallSeconds;
    let advanced = true;
    let still = 0;
    let stalled = false;
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.send({ kind: "stop" } satisfies RunnerRequest, () => undefined);
      // One that is busy with a long sentence may be ended at any point: nothing is half committed.
      grace = setTimeout(() => child.kill("SIGKILL"), graceMs);
    };
    // Looks are counted, not seconds: if this process was asleep too, the worker gets its time.
    const clock = setInterval(
      () => {
        still = advanced ? 0 : still + 1;
        advanced = false;
        if (still < looks) return;
        stalled = true;
        child.kill("SIGKILL");
      },
      (limit * 1000) / looks,
    );
    const forgotten: (() => void)[] = [];
    try {
      const ended = new Promise<never>((_, reject) => {
        const onExit = (code: number | null, by: NodeJS.Signals | null): void => {
          const how = stalled ? `stalled for ${limit} s` : by === null ? `ended with ${code}` : `ended by ${by}`;
          reject(this.#lost(shard, how));
        };
        const onError = (cause: Error): void => reject(this.#lost(shard, cause.message));
        child.once("exit", onExit).once("error", onError);
        forgotten.push(() => void child.off("exit", onExit).off("error", onError));
        if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
      });
      const replied = new Promise<RunnerReply>((resolve) => {
        const onMessage = (reply: RunnerReply): void => {
          advanced = true;
          if (reply.kind === "progress") this.#options.onProgress?.({ shard: shard.id, records: reply.records });
          else resolve(reply);
        };
        child.on("message", onMessage);
        forgotten.push(() => void child.off("message", onMessage));
      });
      signal.addEventListener("abort", stop, { once: true });
      child.send(request, () => undefined);
      const reply = await Promise.race([replied, ended]).finally(() => signal.throwIfAborted());
      if (reply.kind !== "failed") return reply;
      if (request.kind === "open") await this.close();
      const { receivedError } = await import("@weft-nlp/node/workers");
      const error = receivedError(reply.error);
      throw reply.fatal ? error : this.#lost(shard, error.message, error);
    } finally {
      clearInterval(clock);
      clearTimeout(grace);
      signal.removeEventListener("abort", stop);
      for (const forget of forgotten) forget();
    }
  }

  #lost(shard: Shard, how: string, cause?: unknown): BatchError {
    const words = this.#lastWords.trim().split("\n").at(-1) ?? "";
    return new BatchError("SHARD_LOST", {
      message: `the worker of shard ${shard.id} ${how}${words === "" ? "" : `: ${words}`}`,
      hint: "it is retried; a shard that keeps crashing workers is halved until the record that causes it is found",
      cause,
    });
  }
}

/** Of what a worker said last, this much is kept for the reason of its end. */
const lastUnits = 2000;

function committed(settled: Settled): ManifestRecord {
  if (!isSplit(settled)) return settled;
  throw new BatchError("SHARD_LOST", { message: `shard ${settled.shard} was split in the meantime` });
}

/** The compiled worker, even when a test loads this file as TypeScript. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/runner/shard-process.js" : "./shard-process.js",
  import.meta.url,
);

/**
 * The worker in its package, for plugins: they register with the modules of the packages, of which
 * the bundle of `weft` has a copy.
 */
function pluginWorkerUrl(): URL {
  return import.meta.url.endsWith(".ts")
    ? workerUrl
    : new URL("./runner/shard-process.js", import.meta.resolve("@weft-nlp/batch"));
}
