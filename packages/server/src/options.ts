import type { Scope } from "@weft-nlp/api";
import type { ComputeOptions } from "@weft-nlp/node/extractor";
import type { Logger } from "pino";

/** A bearer token, and what it permits. */
export interface AccessToken {
  readonly token: string;
  readonly scope: Scope;
}

/** A model to serve, and its name in requests. */
export interface ModelSource {
  readonly name: string;
  /** The folder of a model or of a run. */
  readonly folder: string;
}

/** Limits on what a client can cost the server; each has a default in `defaultLimits`. */
export interface Limits {
  /** Max open connections over all clients; 0 for no limit. */
  readonly connections: number;
  /** Max bytes of a JSON body. */
  readonly bodyBytes: number;
  /** Max bytes of a line of NDJSON. */
  readonly lineBytes: number;
  /** Max UTF-16 units of one text. */
  readonly textUnits: number;
  /** Max texts in one JSON body; a stream has no such limit. */
  readonly documents: number;
  /**
   * Max pairs of given entities in one JSON body or line of a stream; n entities in a sentence make
   * n · (n − 1) pairs.
   */
  readonly pairs: number;
  /**
   * Max pairs of given entities in one sentence times its words: a thread cannot be interrupted
   * within a sentence.
   */
  readonly sentencePairWords: number;
  /** Max texts of one stream in progress. */
  readonly streamWindow: number;
  /** Max sentences waiting for a worker, over all clients of a model. */
  readonly queueSentences: number;
  /** Max sentences in a batch. */
  readonly batchSentences: number;
  /** Max milliseconds that a batch waits to be filled while workers are busy. */
  readonly batchWaitMs: number;
  /** Max milliseconds from the arrival of a request's headers to its answer. */
  readonly deadlineMs: number;
  /** Max milliseconds for a JSON body to arrive, and to wait for a line of a stream. */
  readonly bodyMs: number;
  /** Max milliseconds in which a client reads nothing of its answer. */
  readonly stalledMs: number;
  /** Max milliseconds for running requests to finish when the server stops. */
  readonly drainMs: number;
  /**
   * Milliseconds before the first retry of a model whose worker threads keep ending; each failed
   * retry doubles it.
   */
  readonly retryFirstMs: number;
  readonly retryLongestMs: number;
  /**
   * Bytes by which a model's memory, which never shrinks, may grow before the model is reloaded.
   */
  readonly grownBytes: number;
  /** Min milliseconds between two reloads of a model for that reason. */
  readonly renewMs: number;
}

/** The limits that apply unless `ServerOptions.limits` overrides them. */
export const defaultLimits: Limits = {
  connections: 10_000,
  bodyBytes: 4 << 20,
  lineBytes: 1 << 20,
  textUnits: 200_000,
  documents: 1000,
  pairs: 100_000,
  sentencePairWords: 2_000_000,
  streamWindow: 64,
  queueSentences: 2048,
  batchSentences: 32,
  batchWaitMs: 2,
  deadlineMs: 30_000,
  bodyMs: 30_000,
  stalledMs: 60_000,
  drainMs: 30_000,
  retryFirstMs: 10_000,
  retryLongestMs: 300_000,
  grownBytes: 2 ** 30,
  renewMs: 600_000,
};

/** What `createServer` serves, where it listens and who may call it. */
export interface ServerOptions extends ComputeOptions {
  /** At least one; the first is the default. */
  readonly models: readonly ModelSource[];
  /** Defaults to 127.0.0.1. */
  readonly host?: string | undefined;
  /** Defaults to 7433; 0 picks a free port. */
  readonly port?: number | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /**
   * Requests must carry one of these bearer tokens; a plain string permits everything. Without
   * tokens, every client that reaches the port may read, and only clients of this machine may
   * correct and train.
   */
  readonly tokens?: readonly (string | AccessToken)[] | undefined;
  /** Origins whose pages may call this server, such as `https://example.org`; defaults to none. */
  readonly cors?: readonly string[] | undefined;
  /**
   * Names of this server that clients may use besides localhost, addresses and `host`. Any other
   * name in a request is refused, since a foreign name can be made to resolve to this server.
   */
  readonly hosts?: readonly string[] | undefined;
  /** Max requests a minute from one address; defaults to no limit. */
  readonly requestsPerMinute?: number | undefined;
  /** Seconds between checks of the models' folders for changes; 0 never checks. */
  readonly watchSeconds?: number | undefined;
  /** The folder of the built page; without it the server has only its API. */
  readonly page?: string | undefined;
  /**
   * Answers as a machine learning backend of Label Studio at the root too: `/predict`, `/setup`,
   * `/health`, `/train` and `/webhook`. They are always there below `/label-studio`.
   */
  readonly labelStudio?: boolean | undefined;
  /** Enables the routes for runs, data and corrections. */
  readonly workspace?: WorkspaceOptions | undefined;
  /** Defaults to no log. Texts are never logged. */
  readonly logger?: Logger | undefined;
}

/** What the page offers besides extraction; each part is off unless its option is set. */
export interface WorkspaceOptions {
  /** The folder whose runs are shown. */
  readonly runs?: string | undefined;
  /** The annotated files, and folders of such files, that are shown. */
  readonly data?: readonly string[] | undefined;
  /** The folder of correction projects; created with the first project. */
  readonly corrections?: string | undefined;
  /**
   * The file of the `weft` command. If set, requests may train on corrected sentences; each
   * training is a separate process that writes into `runs`. It is
   * called as `train CONFIG --run FOLDER`, with `--plugin FILE` for each loaded plugin.
   */
  readonly trainingCommand?: string | undefined;
}

/** The address that a server listens on by default: this machine only. */
export const defaultHost = "127.0.0.1";

/** The port that a server listens on by default. */
export const defaultPort = 7433;

/** Whether a server that listens on this address can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
