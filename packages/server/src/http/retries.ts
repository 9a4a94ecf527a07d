import type { Limits } from "../options.ts";

/** Schedules retries, with pauses that double up to a maximum. */
export class Retries {
  readonly #limits: Pick<Limits, "retryFirstMs" | "retryLongestMs">;
  readonly #attempt: (name: string) => void;
  readonly #pauses = new Map<string, Pause>();
  #closed = false;

  constructor(limits: Pick<Limits, "retryFirstMs" | "retryLongestMs">, attempt: (name: string) => void) {
    this.#limits = limits;
    this.#attempt = attempt;
  }

  /** Schedules a retry after the next pause. @returns the pause in milliseconds */
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

  /** Milliseconds until the next retry; 0 while one is running, undefined if none is scheduled. */
  left(name: string): number | undefined {
    const pause = this.#pauses.get(name);
    return pause === undefined ? undefined : Math.max(0, pause.due - performance.now());
  }

  /** Cancels retries after a success; the next pause is the first again. */
  forget(name: string): void {
    clearTimeout(this.#pauses.get(name)?.clock);
    this.#pauses.delete(name);
  }

  /** Cancels all retries. */
  close(): void {
    this.#closed = true;
    for (const name of [...this.#pauses.keys()]) this.forget(name);
  }
}

interface Pause {
  readonly ms: number;
  /** When the pause ends, on the clock of `performance.now()`. */
  readonly due: number;
  readonly clock: NodeJS.Timeout;
}
