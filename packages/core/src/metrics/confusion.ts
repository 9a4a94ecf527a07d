import type { EntityFinding, RelationFinding } from "./mistakes.ts";

/**
 * How often gold has one type and the prediction another for the same item; `null` for a side
 * without one.
 */
export interface ConfusionCell {
  readonly gold: string | null;
  readonly predicted: string | null;
  readonly count: number;
}

/** Accumulates a confusion table from the findings of one sentence after another. */
export class Confusion {
  readonly #cells = new Map<string | null, Map<string | null, number>>();

  addRelations(findings: readonly RelationFinding[]): void {
    for (const { gold, predicted } of findings) this.#add(gold, predicted);
  }

  /**
   * Includes entities that overlap with different boundaries, since the table compares types only.
   */
  addEntities(findings: readonly EntityFinding[]): void {
    for (const { gold, predicted } of findings) this.#add(typeOf(gold), typeOf(predicted));
  }

  /** All non-zero cells, most frequent first, ties by name. */
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

/** The class of an entity; `null` means that there is none. */
function typeOf(entity: { readonly type: string | null } | null): string | null {
  return entity === null ? null : (entity.type ?? "untyped");
}
