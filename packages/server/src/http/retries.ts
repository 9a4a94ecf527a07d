import type { Limits } from "../options.ts";

/**
 * Tries again what failed, after pauses of which each is twice as long as the one before, up to a
 * longest.
 */
export class Retries {
  readonly #limits: Pick<Limits, "retryFirstMs" | "retryLongestMs">;
  readonly #attempt: (name: string) => void;
  readonly #pauses = new Map<string, Pause>();
  #closed = false;

  constructor(limits: Pick<Limits, "retryFirstMs" | "retryLongestMs">, attempt: (name: string) => void) {
    this.#limits = limits;
    this.#attempt = attempt;
  }

  /** One attempt, once the next pause is over. @returns its milliseconds */
  later(name: string): number {
    const { retryFirstMs, retryLongestMs } = this.#limits;
    const before = this.#pauses.get(name);
    clearTimeout(before?.clock);
    const ms = before === undefined ? retryFirstMs : Math.min(2 * before.ms, retryLongestMs);
    if (this.#closed) return ms;
    const clock = setTimeout(() => this.#attempt(name), ms).unref();
    this.#pauses.set(name, { ms, due: performance.now() + ms, clock });
    return ms;
  }

  /**
   * Milliseconds until the next attempt; 0 where one is under way, nothing where none is to come.
   */
  left(name: string): number | undefined {
    const pause = this.#pauses.get(name);
    return pause === undefined ? undefined : Math.max(0, pause.due - performance.now());
  }

  /** All is well again: no attempt, and the next pause is a first one. */
  forget(name: string): void {
    clearTimeout(this.#pauses.get(name)?.clock);
    this.#pauses.delete(name);
  }

  /** No attempt any more. */
  close(): void {
    this.#closed = true;
    for (const name of [...this.#pauses.keys()]) this.forget(name);
  }
}

interface Pause {
  readonly ms: number;
  /** When it is over, on the clock of `performance.now()`. */
  readonly due: number;
  readonly clock: NodeJS.Timeout;
}
