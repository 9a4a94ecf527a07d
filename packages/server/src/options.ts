import type { ComputeOptions } from "@weft-nlp/node/extractor";
import type { Logger } from "pino";

/** A model to serve, and the name by which requests ask for it. */
export interface ModelSource {
  readonly name: string;
  /** A model's folder, or a run's. */
  readonly folder: string;
}

/** What one client can cost the server at most; every limit has a default. */
export interface Limits {
  /** Connections that are open at a time, over all clients; 0 is no limit. */
  readonly connections: number;
  /** Bytes of a JSON body. */
  readonly bodyBytes: number;
  /** Bytes of a line of NDJSON. */
  readonly lineBytes: number;
  /** UTF-16 units of one text. */
  readonly textUnits: number;
  /** Texts of one JSON body; a stream has no such limit. */
  readonly documents: number;
  /**
   * Pairs of given entities in one JSON body or line of a stream: n entities of a sentence are n ·
   * (n − 1) pairs.
   */
  readonly pairs: number;
  /**
   * Pairs of given entities in one sentence, times its words: for so long a thread cannot be called
   * back from it.
   */
  readonly sentencePairWords: number;
  /** Texts of one stream that are under way at a time. */
  readonly streamWindow: number;
  /** Sentences that wait for a worker, over all clients of a model. */
  readonly queueSentences: number;
  /** Sentences predicted together. */
  readonly batchSentences: number;
  /** How long a batch that is not full waits for more sentences while workers are busy. */
  readonly batchWaitMs: number;
  /** From the arrival of a request's headers to its answer. */
  readonly deadlineMs: number;
  /** For the arrival of a JSON body, and between two pieces of a stream. */
  readonly bodyMs: number;
  /** Without a byte of an answer taken by its client. */
  readonly stalledMs: number;
  /** For requests under way when the server stops. */
  readonly drainMs: number;
  /**
   * Before a model whose worker threads ended time and again is tried again; doubled with every
   * attempt in vain.
   */
  readonly retryFirstMs: number;
  readonly retryLongestMs: number;
  /**
   * By how much the memory of a model, which never shrinks, may grow before the model is read into
   * fresh memory.
   */
  readonly grownBytes: number;
  /** Between two times that a model is read again for that. */
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
  /** At least one; the first answers requests that name none. */
  readonly models: readonly ModelSource[];
  /** Defaults to 127.0.0.1. */
  readonly host?: string | undefined;
  /** Defaults to 7433; 0 takes a free one. */
  readonly port?: number | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** The bearer tokens of which requests need one; none lets everybody in who reaches the port. */
  readonly tokens?: readonly string[] | undefined;
  /** Origins whose pages may call this server, `https://example.org`; defaults to none. */
  readonly cors?: readonly string[] | undefined;
  /**
   * Host names by which clients may call a server that listens on this machine alone, beside
   * localhost.
   */
  readonly hosts?: readonly string[] | undefined;
  /** Requests a minute from one address; defaults to any number. */
  readonly requestsPerMinute?: number | undefined;
  /** Seconds between looks at the models' folders; 0 never looks. */
  readonly watchSeconds?: number | undefined;
  /** The folder of the built page; without it the server answers programs only. */
  readonly page?: string | undefined;
  /** Runs, data and corrections beside extraction; without it there are no routes for them. */
  readonly workspace?: WorkspaceOptions | undefined;
  /** Where log lines go; defaults to nowhere. Texts never do. */
  readonly logger?: Logger | undefined;
}

/**
 * The work that the page shows beside extraction; each part of it is off unless its option is
 * given.
 */
export interface WorkspaceOptions {
  /** The folder whose runs are shown. */
  readonly runs?: string | undefined;
  /** Annotated files, and folders of them, that are shown. */
  readonly data?: readonly string[] | undefined;
  /** The folder of correction projects, made when the first one is. */
  readonly corrections?: string | undefined;
  /**
   * The file of the `weft` command. With it, requests may start trainings on corrected sentences,
   * each a process of its own, into the folder of runs.
   */
  readonly trainingCommand?: string | undefined;
}

/** The address that a server listens on by default: this machine only. */
export const defaultHost = "127.0.0.1";

/** The port that a server listens on by default. */
export const defaultPort = 7433;
