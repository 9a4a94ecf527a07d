import type { EntityFinding, RelationFinding } from "./mistakes.ts";

/**
 * How often gold says one type and the prediction another of the same thing; `null` is a side that
 * says nothing.
 */
export interface ConfusionCell {
  readonly gold: string | null;
  readonly predicted: string | null;
  readonly count: number;
}

/** Sums what was taken for what, from the findings of one sentence after the other. */
export class Confusion {
  readonly #cells = new Map<string | null, Map<string | null, number>>();

  addRelations(findings: readonly RelationFinding[]): void {
    for (const { gold, predicted } of findings) this.#add(gold, predicted);
  }

  /**
   * Entities that share words and have other boundaries count too: the question is what their type
   * was taken for.
   */
  addEntities(findings: readonly EntityFinding[]): void {
    for (const { gold, predicted } of findings) this.#add(typeOf(gold), typeOf(predicted));
  }

  /** All cells above zero, most frequent first, equals by name. */
  cells(): ConfusionCell[] {
    const cells = [...this.#cells].flatMap(([gold, row]) =>
      [...row].map(([predicted, count]): ConfusionCell => ({ gold, predicted, count })),
    );
    const name = ({ gold, predicted }: ConfusionCell): string => `${gold ?? ""}\u001f${predicted ?? ""}`;
    return cells.sort((a, b) => b.count - a.count || (name(a) < name(b) ? -1 : 1));
  }

  #add(gold: string | null, predicted: string | null): void {
    const row = this.#cells.get(gold) ?? new Map<string | null, number>();
    this.#cells.set(gold, row);
    row.set(predicted, (row.get(predicted) ?? 0) + 1);
  }
}

/** The class of an entity; `null` is kept for "there is none". */
function typeOf(entity: { readonly type: string | null } | null): string | null {
  return entity === null ? null : (entity.type ?? "untyped");
}
