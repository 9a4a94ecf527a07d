import type { Fix, Problem, ProblemCode, ProblemLevel, ProblemPlace } from "./problem.ts";

/** Gathers what one check finds in one file, by code: how many, and the first places. */
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

  /** @param describe the sentence without the file's name, and what else the problem has */
  problems(describe: (code: Code, amount: number) => Description): Problem[] {
    return [...this.#entries].map(([code, { amount, places }]) => {
      const { message, level = "warning", hint, fix } = describe(code, amount);
      return { code, level, source: this.#source, amount, message: `${this.#source}: ${message}`, hint, fix, places };
    });
  }
}

export interface Description {
  readonly message: string;
  /** `warning` where left out. */
  readonly level?: ProblemLevel | undefined;
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
}
