import { parentPort, workerData } from "node:worker_threads";
import type { ProblemList } from "@weft-nlp/api";
import { type CorpusStatistics, corpusStatistics } from "@weft-nlp/core/metrics";
import { importPlugins } from "@weft-nlp/node/plugins";
import { type SentError, sentError } from "@weft-nlp/node/workers";
import { CorpusIndex } from "./corpus-index.ts";
import { dataProblems } from "./data-problems.ts";
import { type PackedCorpus, packCorpus } from "./pack-corpus.ts";
import { type PackedDocuments, packDocuments } from "./pack-documents.ts";
import type { ShelvedFile } from "./shelved-file.ts";

/** Each kind of work on annotated files, with its input and its result. */
export interface CorpusWork {
  readonly index: { readonly input: { readonly path: string; readonly maxBytes: number }; readonly result: PackedCorpus };
  readonly documents: {
    readonly input: { readonly file: ShelvedFile; readonly maxSentences: number };
    readonly result: PackedDocuments;
  };
  readonly problems: { readonly input: readonly ShelvedFile[]; readonly result: ProblemList };
  readonly statistics: { readonly input: PackedCorpus; readonly result: CorpusStatistics };
}

export type CorpusJob = { [Kind in keyof CorpusWork]: { kind: Kind; input: CorpusWork[Kind]["input"] } }[keyof CorpusWork];

export type CorpusReply =
  | { readonly kind: "done"; readonly result: CorpusWork[keyof CorpusWork]["result"] }
  | { readonly kind: "failed"; readonly error: SentError };

/** What the thread is started with: the plugins of the thread that starts it, by URL. */
export interface CorpusWorkerStart {
  readonly plugins: readonly string[];
}

const { plugins } = workerData as CorpusWorkerStart;
await importPlugins(plugins);

const answer = (reply: CorpusReply): void => parentPort?.postMessage(reply);

parentPort?.on("message", (job: CorpusJob) => {
  work(job).then(
    (result) => answer({ kind: "done", result }),
    (error: unknown) => answer({ kind: "failed", error: sentError(error) }),
  );
});

async function work(job: CorpusJob): Promise<CorpusWork[keyof CorpusWork]["result"]> {
  if (job.kind === "index") return packCorpus(job.input.path, job.input);
  if (job.kind === "documents") return packDocuments(job.input.file, job.input.maxSentences);
  if (job.kind === "problems") return dataProblems(job.input);
  return corpusStatistics([...new CorpusIndex(job.input).sentences()]);
}
