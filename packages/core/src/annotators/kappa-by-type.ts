import { KappaTable } from "./kappa.ts";

/** The types that each annotator gave to a unit; undefined for one who did not see it. */
export type Labels = readonly (readonly string[] | undefined)[];

/** κ over all types together, and for each type against everything else. */
export class KappaByType {
  readonly #annotators: number;
  readonly #overall: KappaTable;
  readonly #tables = new Map<string, KappaTable>();
  /** Units by who saw them, of all types and of those that got a type. */
  readonly #units = new Map<string, number>();
  readonly #named = new Map<string, Map<string, number>>();

  constructor(annotators: number) {
    this.#annotators = annotators;
    this.#overall = new KappaTable(annotators);
  }

  /** @param times how many units have these labels */
  add(labels: Labels, times = 1): void {
    if (times <= 0) return;
    const sets = labels.map((types) => (types === undefined ? undefined : [...new Set(types)].sort()));
    this.#overall.add(
      sets.map((types) => types?.join("\u001f")),
      times,
    );
    const seenBy = sets.map((types) => (types === undefined ? "0" : "1")).join("");
    this.#units.set(seenBy, (this.#units.get(seenBy) ?? 0) + times);
    for (const type of new Set(sets.flatMap((types) => types ?? []))) {
      const table = this.#tables.get(type) ?? new KappaTable(this.#annotators);
      this.#tables.set(type, table);
      table.add(
        sets.map((types) => (types === undefined ? undefined : yesOrNo(types.includes(type)))),
        times,
      );
      const named = this.#named.get(type) ?? new Map<string, number>();
      this.#named.set(type, named);
      named.set(seenBy, (named.get(seenBy) ?? 0) + times);
    }
  }

  /** Call it once, after the last `add`. */
  values(): { readonly overall: number | null; readonly types: ReadonlyMap<string, number | null> } {
    const types = new Map<string, number | null>();
    for (const [type, table] of this.#tables) {
      for (const [seenBy, units] of this.#units) {
        const other = units - (this.#named.get(type)?.get(seenBy) ?? 0);
        table.add(
          Array.from(seenBy, (mark) => (mark === "1" ? yesOrNo(false) : undefined)),
          other,
        );
      }
      types.set(type, table.value());
    }
    return { overall: this.#overall.value(), types };
  }
}

function yesOrNo(yes: boolean): string {
  return yes ? "yes" : "no";
}
