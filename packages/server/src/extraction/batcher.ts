import type { Example } from "@weft-nlp/core/encoders";
import type { Predict } from "@weft-nlp/core/inference";
import type { Prediction } from "@weft-nlp/core/metrics";
import type { PredictOptions } from "@weft-nlp/core/models";
import { RequestError } from "../errors.ts";
import type { Limits } from "../options.ts";
import { deadlinePassed, Job, type JobOptions, type Share } from "./batch-job.ts";

export type BatchLimits = Pick<Limits, "queueSentences" | "batchSentences" | "batchWaitMs">;

/** What a batcher tells the metrics. */
export interface BatchObserver {
  /**
   * @param seconds from the arrival of the sentence that waited longest, and from there to the end
   *   of the work
   */
  onBatch(batch: { readonly sentences: number; readonly tokens: number; readonly waited: number; readonly worked: number }): void;
}

/**
 * Puts sentences of many requests together into batches for the worker threads. A message to a
 * thread and back costs a good part of what a sentence costs, and one for many sentences costs
 * little more than one for one.
 *
 * A batch starts at once where a worker is idle, so a lone client never waits for company; behind
 * batches that keep all of them busy, sentences gather until there are enough or the first has
 * waited long enough. Requests take turns: a long text does not hold up the short ones behind it.
 * What waits is bounded, and what could not be done within its deadline is refused at once.
 */
export class Batcher {
  readonly #predict: Predict;
  readonly #limits: BatchLimits;
  readonly #threads: number;
  readonly #slots: number;
  readonly #observer: BatchObserver | undefined;
  /** In the order in which they take their turns. */
  #jobs: Job[] = [];
  readonly #forRoom: (() => void)[] = [];
  #waitingSentences = 0;
  #waitingTokens = 0;
  #underWay = 0;
  #underWaySentences = 0;
  #underWayTokens = 0;
  #clock: NodeJS.Timeout | undefined;
  #soon = false;
  /**
   * Tokens and milliseconds of the last batches, older ones counting less; summed apart, since two
   * batches may end in one moment.
   */
  #pace = { tokens: 0, ms: 0 };
  #idleSince = 0;

  constructor(predict: Predict, threads: number, limits: BatchLimits, observer?: BatchObserver) {
    this.#predict = predict;
    this.#limits = limits;
    this.#observer = observer;
    this.#threads = threads;
    // Every worker has a batch to do and one that waits, so that none idles for a message.
    this.#slots = 2 * threads;
  }

  /** Sentences that wait for a batch. */
  get waiting(): number {
    return this.#waitingSentences;
  }

  /**
   * Predictions in the order of the examples.
   *
   * @throws {RequestError} OVERLOADED where the queue is full, or so long that the deadline would
   *   pass; DEADLINE_PASSED
   */
  async predict(examples: readonly Example[], how: PredictOptions, options: JobOptions): Promise<readonly Prediction[]> {
    if (examples.length === 0) return [];
    if (options.patient !== true) this.checkRoom(examples.length, options.deadline);
    // Between the look and the taking of a place nobody else comes: no await may stand between the
    // two.
    else while (!this.#fits(examples.length)) await this.#room(options.signal);
    options.signal?.throwIfAborted();
    return new Promise((resolve, reject) => this.#enqueue(new Job(examples, how, options, { resolve, reject })));
  }

  /**
   * Whether so many more sentences would be taken; asked before a text is read, it saves the work
   * of reading it.
   *
   * @throws {RequestError} OVERLOADED, DEADLINE_PASSED
   */
  checkRoom(sentences: number, deadline: number): void {
    const left = deadline - performance.now();
    if (left <= 0) throw deadlinePassed();
    const wait = this.expectedWaitMs;
    const late = wait > expectedShare * left;
    if (this.#fits(sentences) && !late) return;
    throw new RequestError("OVERLOADED", {
      // By then so much of what waits is done.
      retryMs: late ? wait - expectedShare * left : undefined,
      message: late
        ? `about ${(wait / 1000).toFixed(1)} seconds of work come before this request, too much for its deadline`
        : `${this.#waitingSentences} sentences wait already, and ${this.#limits.queueSentences} may`,
      hint: "send the request again after the seconds that Retry-After names",
    });
  }

  /**
   * How long a sentence that comes now will wait, by the pace of the last batches: for what waits
   * already and what is under way. 0 where those batches were too small to go by: one sentence
   * takes a fresh thread, or an idle one, many times as long as it does in a full batch.
   */
  get expectedWaitMs(): number {
    const { tokens, ms } = this.#pace;
    const before = this.#waitingTokens + this.#underWayTokens;
    return tokens === 0 || before > furthest * tokens ? 0 : (before * ms) / tokens;
  }

  /** Ends every request that waits. @param reason is thrown to each */
  abandon(reason: unknown): void {
    for (const job of this.#jobs.slice()) this.#drop(job, reason);
  }

  /** A request may be larger than the whole queue; it is taken when nothing else waits. */
  #fits(sentences: number): boolean {
    return this.#waitingSentences === 0 || this.#waitingSentences + sentences <= this.#limits.queueSentences;
  }

  /** Until there may be room again. @throws the signal's reason */
  async #room(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((free) => {
      const told = (): void => {
        // Every text of a stream waits here with the same signal.
        signal?.removeEventListener("abort", told);
        free();
      };
      this.#forRoom.push(told);
      signal?.addEventListener("abort", told, { once: true });
    });
    signal?.throwIfAborted();
  }

  #enqueue(job: Job): void {
    this.#jobs.push(job);
    this.#waitingSentences += job.examples.length;
    this.#waitingTokens += job.waitingTokens;
    job.watch((reason) => this.#drop(job, reason));
    // Requests that were read in the same turn of the event loop go together.
    if (this.#soon) return;
    this.#soon = true;
    setImmediate(() => {
      this.#soon = false;
      this.#dispatch();
    });
  }

  #drop(job: Job, reason: unknown): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
    const rest = job.take(job.examples.length);
    this.#waitingSentences -= rest.examples.length;
    this.#waitingTokens -= rest.tokens;
    job.fail(reason);
    this.#tellRoom();
  }

  #tellRoom(): void {
    for (const free of this.#forRoom.splice(0)) free();
  }

  #dispatch(): void {
    clearTimeout(this.#clock);
    this.#clock = undefined;
    while (this.#jobs.length > 0 && this.#underWay < this.#slots) {
      const oldest = this.#jobs.reduce((min, { arrived }) => Math.min(min, arrived), Number.POSITIVE_INFINITY);
      const waited = performance.now() - oldest;
      const full = this.#waitingSentences >= this.#limits.batchSentences;
      if (this.#underWay >= this.#threads && !full && waited < this.#limits.batchWaitMs) {
        this.#clock = setTimeout(() => this.#dispatch(), this.#limits.batchWaitMs - waited);
        return;
      }
      void this.#run(this.#nextBatch(), waited);
    }
  }

  /**
   * A few sentences of each job in turn, of those that ask for the same as the first; then more of
   * each while there is room. A batch takes no more than its part of all that is here, so that
   * every worker has another one to go on with while the answers to its last go out; where that
   * would be little, its part of what waits among the workers that are idle.
   */
  #nextBatch(): Share[] {
    const key = this.#jobs[0]?.key;
    const same = this.#jobs.filter((job) => job.key === key);
    const shares: Share[] = [];
    const idle = Math.max(1, this.#threads - this.#underWay);
    const part = Math.ceil((this.#waitingSentences + this.#underWaySentences) / this.#slots);
    const max = Math.max(part, Math.min(turn, Math.ceil(this.#waitingSentences / idle)));
    let free = Math.min(this.#limits.batchSentences, max);
    for (const atOnce of [turn, free]) {
      for (const job of same) {
        if (free === 0) break;
        const share = job.take(Math.min(free, atOnce));
        if (share.examples.length === 0) continue;
        free -= share.examples.length;
        this.#waitingSentences -= share.examples.length;
        this.#waitingTokens -= share.tokens;
        shares.push(share);
      }
    }
    // Who had a turn and is not done goes to the end.
    const turned = new Set(shares.map(({ job }) => job));
    const left = this.#jobs.filter((job) => job.taken < job.examples.length);
    this.#jobs = [...left.filter((job) => !turned.has(job)), ...left.filter((job) => turned.has(job))];
    return shares;
  }

  async #run(shares: readonly Share[], waited: number): Promise<void> {
    const examples = shares.flatMap((share) => share.examples);
    const tokens = shares.reduce((sum, share) => sum + share.tokens, 0);
    const started = performance.now();
    if (this.#underWay === 0) this.#idleSince = started;
    this.#underWay++;
    this.#underWaySentences += examples.length;
    this.#underWayTokens += tokens;
    const failed = await this.#settle(shares, examples).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // One sentence that cannot be read shall not be the end of the others.
    if (failed !== undefined) {
      for (const share of shares) {
        const fault =
          shares.length === 1
            ? failed
            : await this.#settle([share], share.examples).then(
                () => undefined,
                (error: unknown) => ({ error }),
              );
        if (fault !== undefined) this.#drop(share.job, fault.error);
      }
    }
    this.#underWay--;
    this.#underWaySentences -= examples.length;
    this.#underWayTokens -= tokens;
    const ended = performance.now();
    // Batches overlap: what counts is the time since the one before ended.
    this.#pace = { tokens: 0.9 * this.#pace.tokens + tokens, ms: 0.9 * this.#pace.ms + ended - this.#idleSince };
    this.#idleSince = ended;
    this.#observer?.onBatch({ sentences: examples.length, tokens, waited: waited / 1000, worked: (ended - started) / 1000 });
    this.#tellRoom();
    this.#dispatch();
  }

  async #settle(shares: readonly Share[], examples: readonly Example[]): Promise<void> {
    const predictions = await this.#predict(examples, (shares[0] as Share).job.how);
    let at = 0;
    for (const share of shares) {
      share.job.settle(share.from, predictions.slice(at, at + share.examples.length));
      at += share.examples.length;
    }
  }
}

/** Sentences of one request that go before those of the next come to their turn. */
const turn = 8;

/**
 * The part of the time to its deadline that a request may be expected to wait: the pace changes,
 * and its own work comes behind.
 */
const expectedShare = 0.7;

/** How many times the tokens of the last batches their pace is believed for. */
const furthest = 20;
