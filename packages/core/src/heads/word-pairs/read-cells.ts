import type { Omission, Sentence, Span } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";

/** How relations between entities map to cells of words. */
export interface CellSettings {
  /** The word of an entity that carries its relations. */
  readonly anchor: "last" | "first";
  /** Whether a word pairs with itself. */
  readonly diagonal: boolean;
}

export function anchorOf(span: Span, anchor: CellSettings["anchor"]): number {
  return anchor === "last" ? span.end - 1 : span.start;
}

/**
 * The gold cells of a sentence as a flat list i, j, r, sorted and without duplicates. Relations
 * that no cell can hold are added to `omissions`.
 */
export function readCells(
  sentence: Sentence,
  { anchor, diagonal }: CellSettings,
  { relations }: Pick<Lexicon, "relations">,
  omissions: Omission[],
): Int32Array {
  const cells: [number, number, number][] = [];
  for (const [index, { head, tail, type }] of sentence.relations.entries()) {
    const from = sentence.entities[head];
    const to = sentence.entities[tail];
    const r = relations.find(type);
    if (r === undefined) {
      omissions.push({ source: sentence.id, path: `relations[${index}]`, reason: `training has no relation type ${type}` });
    } else if (from !== undefined && to !== undefined) {
      const [i, j] = [anchorOf(from, anchor), anchorOf(to, anchor)];
      if (i !== j || diagonal) cells.push([i, j, r]);
      else omissions.push({ source: sentence.id, path: `relations[${index}]`, reason: "both arguments share their anchor word" });
    }
  }
  cells.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
  const distinct = cells.filter((cell, k) => k === 0 || cell.some((value, axis) => value !== cells[k - 1]?.[axis]));
  return Int32Array.from(distinct.flat());
}
