/**
 * The work that a model has accepted and not yet done, and how long it will take.
 *
 * A request counts from the moment it is accepted, with an estimate of its tokens, not from the
 * moment its sentences are queued: a long text is read and queued in parts.
 */
export class Workload {
  readonly #accepted = new Set<Accepted>();
  /**
   * Decaying sums of the tokens and milliseconds of the last batches; kept apart, as two batches
   * may end in the same moment.
   */
  #pace = { tokens: 0, ms: 0 };
  /** Decaying sums over the texts of the last requests. */
  #texts = { units: 5 * tokensToTrust, tokens: tokensToTrust };
  /** Batches that are still to be ignored. */
  #cold = coldBatches;
  /** Since when the pace has not been measured, while there is work. */
  #since = 0;

  /** Tokens of a text of so many UTF-16 units, as in the last texts. */
  estimate(units: number): number {
    return (units * this.#texts.tokens) / this.#texts.units;
  }

  /**
   * Milliseconds that so many tokens take, at the pace of the last batches. 0 if those were too
   * small to extrapolate from: on a fresh or idle thread, a single sentence takes many times as
   * long as in a full batch.
   */
  msOf(tokens: number): number {
    const { tokens: measured, ms } = this.#pace;
    if (measured === 0 || (measured < tokensToTrust && tokens > furthest * measured)) return 0;
    return (tokens * ms) / measured;
  }

  /** Milliseconds until everything that is accepted is done. */
  get expectedMs(): number {
    return this.msOf(this.#before(Number.POSITIVE_INFINITY));
  }

  /** Whether a request alone takes more than its share of time. */
  isLarge(tokens: number, leftMs: number): boolean {
    return this.msOf(tokens) > budgetShare * leftMs;
  }

  /**
   * By how many milliseconds a request would wait too long; at most 0 if it can be accepted.
   *
   * A request is accepted if all the work before it and its own fit into a quarter of its time, so
   * that it is answered in less than half of it although the pace varies. A request that alone
   * takes longer than that is accepted while nothing else waits.
   *
   * @param leftMs until its deadline
   */
  excessMs(tokens: number, leftMs: number): number {
    if (this.isLarge(tokens, leftMs)) return this.expectedMs;
    const budgetMs = budgetShare * leftMs;
    // A large request works in turns with others, so they do not wait for all of it.
    const before = Math.min(this.#before(Number.POSITIVE_INFINITY), this.#before(this.#tokensIn(budgetMs / 2)));
    return this.msOf(before) + this.msOf(tokens) - budgetMs;
  }

  /**
   * Accepts a request, whatever waits before it.
   *
   * @param tokens an estimate
   */
  accept(tokens: number, leftMs: number): Accepted {
    const now = performance.now();
    if (this.#accepted.size === 0) this.#since = now;
    const large = this.isLarge(tokens, leftMs);
    const accepted = { left: tokens, large, urgentAt: large ? Number.POSITIVE_INFINITY : now + urgentShare * leftMs };
    this.#accepted.add(accepted);
    return accepted;
  }

  /** A request is answered, refused or gone. */
  release(accepted: Accepted): void {
    this.#accepted.delete(accepted);
  }

  /**
   * Counts a batch that has ended.
   *
   * The pace is what the threads do while they have work. Under a backlog it is what is done in
   * all, which reading requests and writing answers may hold up. Without one, the latter would only
   * say how little was asked.
   *
   * @param threads milliseconds since they last ended a batch or began one when idle, and the
   * tokens
   *   that they have, this batch included
   */
  measure(
    done: readonly { readonly accepted: Accepted; readonly tokens: number }[],
    threads: { readonly ms: number; readonly tokens: number },
  ): void {
    let sum = 0;
    for (const { accepted, tokens } of done) {
      accepted.left = Math.max(0, accepted.left - tokens);
      sum += tokens;
    }
    const now = performance.now();
    const isBacklog = this.#before(Number.POSITIVE_INFINITY) > Math.max(tokensToTrust, 2 * threads.tokens);
    const ms = isBacklog ? now - this.#since : threads.ms;
    // Batches overlap, so measure from the end of the previous one.
    this.#since = now;
    if (this.#cold > 0) {
      this.#cold--;
      return;
    }
    const { tokens, ms: before } = this.#pace;
    const longest = tokens === 0 ? Number.POSITIVE_INFINITY : (slowest * sum * before) / tokens;
    this.#pace = { tokens: decay * tokens + sum, ms: decay * before + Math.min(ms, longest) };
  }

  /** Learns how many tokens a text has. */
  noteText(units: number, tokens: number): void {
    this.#texts = { units: textDecay * this.#texts.units + units, tokens: textDecay * this.#texts.tokens + tokens };
  }

  /** @param mostOfLarge the most tokens that a large request counts for */
  #before(mostOfLarge: number): number {
    let sum = 0;
    for (const { left, large } of this.#accepted) sum += large ? Math.min(left, mostOfLarge) : left;
    return sum;
  }

  #tokensIn(ms: number): number {
    return this.#pace.ms === 0 ? 0 : (ms * this.#pace.tokens) / this.#pace.ms;
  }
}

/** A request that is being worked on. */
export interface Accepted {
  /** Tokens that are still to be done. */
  left: number;
  /** Whether it alone takes more than its share of time. */
  readonly large: boolean;
  /** When it goes before all others, on the clock of `performance.now()`. */
  readonly urgentAt: number;
}

/**
 * The share of its time that a request may take with all that is before it, by estimate. The pace
 * varies, and a large request may have a turn in each batch.
 */
const budgetShare = 0.25;

/** The share of its time after which a request no longer takes turns with later ones. */
const urgentShare = 0.15;

const decay = 0.9;
const textDecay = 0.99;

/** The first batches say how long threads take to start. */
const coldBatches = 4;

/**
 * A batch counts as at most so many times as slow as those before it: a thread may have ended and
 * another started meanwhile.
 */
const slowest = 4;

/** So many tokens are enough to extrapolate from. */
const tokensToTrust = 2000;

/** The pace of fewer tokens is extrapolated to at most so many times as many. */
const furthest = 20;
