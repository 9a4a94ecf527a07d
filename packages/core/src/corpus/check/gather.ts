import type { Fix, Problem, ProblemCode, ProblemLevel, ProblemPlace } from "./problem.ts";

/** Collects one check's findings in one file by code: their number and first places. */
export class Gathered<Code extends ProblemCode> {
  readonly #entries = new Map<Code, { amount: number; readonly places: ProblemPlace[] }>();
  readonly #source: string;
  readonly #kept: number;

  /** @param kept places kept for each code */
  constructor(source: string, kept: number) {
    this.#source = source;
    this.#kept = kept;
  }

  add(code: Code, place: ProblemPlace, amount = 1): void {
    if (amount === 0) return;
    const entry = this.#entries.get(code) ?? { amount: 0, places: [] };
    this.#entries.set(code, entry);
    entry.amount += amount;
    if (entry.places.length < this.#kept) entry.places.push(place);
  }

  /** @param describe returns the message without the file name, and the problem's other fields */
  problems(describe: (code: Code, amount: number) => Description): Problem[] {
    return [...this.#entries].map(([code, { amount, places }]) => {
      const { message, level = "warning", hint, fix } = describe(code, amount);
      return { code, level, source: this.#source, amount, message: `${this.#source}: ${message}`, hint, fix, places };
    });
  }
}

export interface Description {
  readonly message: string;
  /** Defaults to `warning`. */
  readonly level?: ProblemLevel | undefined;
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
}
