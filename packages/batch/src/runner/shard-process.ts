/**
 * A worker process of a batch: opens the model once, then does one shard after the other. It ends
 * when the process that started it has gone.
 */
import { ArchiveError, ConfigError, DataError } from "@weft-nlp/core";
import { FileError, UsageError } from "@weft-nlp/node/errors";
import { Extractor, modelIdentity } from "@weft-nlp/node/extractor";
import { importPlugins } from "@weft-nlp/node/plugins";
import { sentError } from "@weft-nlp/node/workers";
import { BatchError } from "../errors.ts";
import { readPlan } from "../plan/index.ts";
import { DirectoryStore } from "../store/index.ts";
import type { Plan, Shard } from "../types.ts";
import { doShard, type WorkerState } from "./do-shard.ts";
import type { OpenRequest, RunnerReply, RunnerRequest } from "./messages.ts";

let state: WorkerState | undefined;
let stop = new AbortController();

process.on("message", (request: RunnerRequest) => {
  if (request.kind === "stop") stop.abort();
  else if (request.kind === "open") void answer(async () => open(request));
  else void answer(async () => work(request.shard));
});
process.on("disconnect", () => process.exit(1));
// Ctrl-C reaches the whole group; the process that started this one decides what it means.
process.on("SIGINT", () => undefined);

async function open({ folder, model, threads }: OpenRequest): Promise<RunnerReply> {
  const store = new DirectoryStore(folder);
  const { plan } = await readPlan(store);
  await importPlugins(plan.options.plugins ?? []);
  const place = model ?? plan.model.path;
  await checkModel(place, plan);
  const { kernels } = plan.options;
  const extractor = await Extractor.open(place, { threads, ...(kernels === undefined ? {} : { kernels }) });
  state = { store, plan, extractor, checkedInputs: new Set() };
  return { kind: "ready" };
}

async function checkModel(place: string, { model }: Plan): Promise<void> {
  const { digest } = await modelIdentity(place);
  if (digest === model.identity.digest) return;
  throw new BatchError("PLAN_MISMATCH", {
    at: { source: place },
    message: `the model is not the one that was planned: its digest is ${digest}, expected ${model.identity.digest}`,
    hint: "restore the model as it was, name its place with --model, or plan a new batch",
  });
}

async function work(shard: Shard): Promise<RunnerReply> {
  if (state === undefined) throw new Error("a shard came before the model was open");
  stop = new AbortController();
  let told = performance.now();
  const record = await doShard(state, shard, stop.signal, (records) => {
    const now = performance.now();
    if (now - told < progressMs) return;
    told = now;
    send({ kind: "progress", records });
  });
  return { kind: "done", record };
}

const progressMs = 250;

async function answer(job: () => Promise<RunnerReply>): Promise<void> {
  try {
    send(await job());
  } catch (error) {
    send({ kind: "failed", error: sentError(error), fatal: isFatal(error) });
  }
}

/** Whether the cause is the input, the model or the system, so that another try fails as well. */
function isFatal(error: unknown): boolean {
  return [FileError, BatchError, ConfigError, ArchiveError, DataError, UsageError].some((each) => error instanceof each);
}

function send(reply: RunnerReply): void {
  if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
}
