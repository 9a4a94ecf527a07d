import type { Example } from "@weft-nlp/core/encoders";
import type { Predict } from "@weft-nlp/core/inference";
import type { Prediction } from "@weft-nlp/core/metrics";
import type { PredictOptions } from "@weft-nlp/core/models";
import { RequestError } from "../errors.ts";
import type { Limits } from "../options.ts";
import { deadlinePassed, Job, type JobOptions, type Share, tokensOf } from "./batch-job.ts";
import { type Accepted, Workload } from "./workload.ts";

export type BatchLimits = Pick<Limits, "queueSentences" | "batchSentences" | "batchWaitMs">;

/** Receives a batcher's events for the metrics. */
export interface BatchObserver {
  /**
   * @param seconds from the arrival of the sentence that waited longest, and from there to the end
   *   of the work
   */
  onBatch(batch: { readonly sentences: number; readonly tokens: number; readonly waited: number; readonly worked: number }): void;
}

/**
 * Collects sentences of many requests into batches for the worker threads. A round trip to a thread
 * costs almost as much as a sentence, and hardly more for many sentences than for one.
 *
 * A batch starts at once if a worker is idle, so a lone client never waits. While all workers are
 * busy, sentences gather until the batch is full or the first has waited long enough. Requests take
 * turns, so a long text does not delay the short ones behind it; one that has waited long goes
 * first. The queue is bounded, and a request that would not be answered well before its deadline is
 * refused at once.
 */
export class Batcher {
  readonly #predict: Predict;
  readonly #limits: BatchLimits;
  readonly #threads: number;
  readonly #slots: number;
  readonly #observer: BatchObserver | undefined;
  /** In the order of their turns. */
  #jobs: Job[] = [];
  readonly #forRoom: (() => void)[] = [];
  readonly #workload = new Workload();
  #waitingSentences = 0;
  #underWay = 0;
  #underWaySentences = 0;
  #clock: NodeJS.Timeout | undefined;
  #soon = false;
  #underWayTokens = 0;
  /** When a batch last ended, or began while none was under way. */
  #idleSince = 0;

  constructor(predict: Predict, threads: number, limits: BatchLimits, observer?: BatchObserver) {
    this.#predict = predict;
    this.#limits = limits;
    this.#observer = observer;
    this.#threads = threads;
    // Every worker has one batch in work and one waiting, so it never idles between messages.
    this.#slots = 2 * threads;
  }

  /** Sentences waiting for a batch. */
  get waiting(): number {
    return this.#waitingSentences;
  }

  /**
   * Accepts a request before the work of reading its texts; its sentences may follow in several
   * calls of `predict`.
   *
   * @param units UTF-16 units of all its texts, in all
   * @returns what `predict` takes, and `release` when the request has ended
   * @throws {RequestError} OVERLOADED, DEADLINE_PASSED
   */
  accept(units: number, deadline: number): Accepted {
    const tokens = this.#workload.estimate(units);
    this.checkRoom(1, deadline, tokens);
    return this.#workload.accept(tokens, deadline - performance.now());
  }

  /** Ends a request. */
  release(accepted: Accepted): void {
    this.#workload.release(accepted);
    this.#tellRoom();
  }

  /** Tells how many tokens a text of an accepted request has, to estimate those to come. */
  noteText(units: number, tokens: number): void {
    this.#workload.noteText(units, tokens);
  }

  /**
   * Predictions in the order of the examples.
   *
   * @throws {RequestError} OVERLOADED if the queue is full or too long for the deadline;
   *   DEADLINE_PASSED
   */
  async predict(examples: readonly Example[], how: PredictOptions, options: JobOptions): Promise<readonly Prediction[]> {
    if (examples.length === 0) return [];
    const tokens = tokensOf(examples);
    const { deadline, signal, patient, accepted } = options;
    const leftMs = deadline - performance.now();
    if (patient !== true) this.checkRoom(examples.length, deadline, accepted === undefined ? tokens : undefined);
    // No `await` between this check and taking a place, or another request could come in between.
    else while (!this.#fits(examples.length) || this.#mustWait(tokens, leftMs, accepted)) await this.#room(signal);
    signal?.throwIfAborted();
    const own = accepted ?? this.#workload.accept(tokens, leftMs);
    try {
      return await new Promise((resolve, reject) =>
        this.#enqueue(new Job(examples, how, { ...options, accepted: own }, { resolve, reject })),
      );
    } finally {
      if (accepted === undefined) this.release(own);
    }
  }

  /**
   * Checks that the queue has room for so many more sentences.
   *
   * @param tokens of a request that is not accepted yet
   * @throws {RequestError} OVERLOADED, DEADLINE_PASSED
   */
  checkRoom(sentences: number, deadline: number, tokens?: number): void {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw deadlinePassed();
    const late = tokens !== undefined && this.#late(tokens, leftMs);
    if (this.#fits(sentences) && !late) return;
    throw new RequestError("OVERLOADED", {
      // By then enough of the work is done.
      retryMs: late ? this.#workload.excessMs(tokens, leftMs) : undefined,
      message: late
        ? `about ${(this.expectedWaitMs / 1000).toFixed(1)} seconds of work come before this request, more than its deadline allows`
        : `the queue is full: ${this.#waitingSentences} of at most ${this.#limits.queueSentences} sentences`,
      hint: "retry after the seconds in Retry-After",
    });
  }

  /** How long everything takes that is accepted and not done, at the pace of the last batches. */
  get expectedWaitMs(): number {
    return this.#workload.expectedMs;
  }

  #late(tokens: number, leftMs: number): boolean {
    return this.#workload.excessMs(tokens, leftMs) > 0;
  }

  /** A large text of a stream does not wait for a moment without other work: none may come. */
  #mustWait(tokens: number, leftMs: number, accepted: Accepted | undefined): boolean {
    return accepted === undefined && !this.#workload.isLarge(tokens, leftMs) && this.#late(tokens, leftMs);
  }

  /** Fails every waiting request. @param reason thrown to each */
  abandon(reason: unknown): void {
    for (const job of this.#jobs.slice()) this.#drop(job, reason);
  }

  /** A request larger than the whole queue is accepted when nothing else waits. */
  #fits(sentences: number): boolean {
    return this.#waitingSentences === 0 || this.#waitingSentences + sentences <= this.#limits.queueSentences;
  }

  /** Waits until there may be room again. @throws the signal's reason */
  async #room(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((free) => {
      const settled = (): void => {
        // All texts of a stream share this signal, so remove the listener.
        signal?.removeEventListener("abort", settled);
        free();
      };
      this.#forRoom.push(settled);
      signal?.addEventListener("abort", settled, { once: true });
    });
    signal?.throwIfAborted();
  }

  #enqueue(job: Job): void {
    this.#jobs.push(job);
    this.#waitingSentences += job.examples.length;
    job.watch((reason) => this.#drop(job, reason));
    // Requests read in the same turn of the event loop share a batch.
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
   * Takes all sentences of jobs that have waited long, then a few of each other job in turn, among
   * jobs with the first one's options, then more of each while there is room. A batch takes no more
   * than its share of all sentences, so every worker has another batch while the answers to its
   * last go out. If that share is small, it takes its share among the idle workers.
   */
  #nextBatch(): Share[] {
    const now = performance.now();
    const urgent = this.#jobs
      .filter(({ accepted }) => accepted.urgentAt <= now)
      .toSorted((a, b) => a.accepted.urgentAt - b.accepted.urgentAt);
    const key = (urgent[0] ?? this.#jobs[0])?.key;
    const same = this.#jobs.filter((job) => job.key === key);
    const first = urgent.filter((job) => job.key === key);
    // A large job has a turn in every batch, since it never becomes urgent.
    const others = same.filter((job) => !first.includes(job));
    const shares: Share[] = [];
    const idle = Math.max(1, this.#threads - this.#underWay);
    const part = Math.ceil((this.#waitingSentences + this.#underWaySentences) / this.#slots);
    const max = Math.max(part, Math.min(turn, Math.ceil(this.#waitingSentences / idle)));
    let free = Math.min(this.#limits.batchSentences, max);
    const rounds = [
      [others.filter(({ accepted }) => accepted.large), turn],
      [first, free],
      [others.filter(({ accepted }) => !accepted.large), turn],
      [others, free],
    ] as const;
    for (const [jobs, atOnce] of rounds) {
      for (const job of jobs) {
        if (free === 0) break;
        const share = job.take(Math.min(free, atOnce));
        if (share.examples.length === 0) continue;
        free -= share.examples.length;
        this.#waitingSentences -= share.examples.length;
        shares.push(share);
      }
    }
    // Jobs that had a turn and are not done go to the end.
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
    this.#underWayTokens += tokens;
    this.#underWaySentences += examples.length;
    const failed = await this.#settle(shares, examples).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // One unreadable sentence must not fail the others.
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
    this.#underWayTokens -= tokens;
    this.#underWaySentences -= examples.length;
    const ended = performance.now();
    this.#observer?.onBatch({ sentences: examples.length, tokens, waited: waited / 1000, worked: (ended - started) / 1000 });
    this.#tellRoom();
    this.#dispatch();
  }

  async #settle(shares: readonly Share[], examples: readonly Example[]): Promise<void> {
    const predictions = await this.#predict(examples, (shares[0] as Share).job.how);
    // Before anyone gets an answer, and may send more.
    const now = performance.now();
    this.#workload.measure(
      shares.map(({ job, tokens }) => ({ accepted: job.accepted, tokens })),
      { ms: now - this.#idleSince, tokens: this.#underWayTokens },
    );
    this.#idleSince = now;
    let at = 0;
    for (const share of shares) {
      share.job.settle(share.from, predictions.slice(at, at + share.examples.length));
      at += share.examples.length;
    }
  }
}

/** Sentences that a request places in one turn. */
const turn = 8;
