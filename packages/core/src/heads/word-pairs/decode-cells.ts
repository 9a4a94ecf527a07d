import type { ChosenWords, PairCell } from "@weft-nlp/tensor";
import type { Prediction } from "../../metrics/index.ts";
import type { Entity, Relation } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { ProbabilityTable } from "../probability-table.ts";
import { decodeEntities, tagNames } from "../tags/decode-entities.ts";
import { anchorOf, type CellSettings } from "./read-cells.ts";

/**
 * Decodes the tags and cells of one sentence into entities and relations.
 *
 * A cell (i, j, r) becomes a relation if one entity has its anchor at word i and another at word j.
 * All cells, also those without entities, are returned in `cells`, which the RIN scorers count. An
 * entity's confidence is the product of its tags' probabilities, a relation's that of its cell.
 *
 * @param tags the tag of each word, [N]; −1 is read as outside
 * @param probabilities tag probabilities of the sentence, [N, T] without padding
 * @param cells cells that reached their threshold
 */
export function decodeCells(
  lexicon: Lexicon,
  { anchor }: Pick<CellSettings, "anchor">,
  tags: Int32Array,
  probabilities: ArrayLike<number>,
  cells: readonly PairCell[],
): Prediction {
  const entities = decodeEntities(lexicon, tags, probabilities);
  return {
    entities,
    relations: relationsOfCells(lexicon, { anchor }, entities, cells),
    tags: tagNames(lexicon, tags),
    cells: cells.map(({ i, j, r, probability }) => ({
      head: i,
      tail: j,
      type: lexicon.relations.nameOf(r),
      confidence: probability,
    })),
  };
}

/** The relations that cells between the anchors of entities stand for. */
export function relationsOfCells(
  lexicon: Pick<Lexicon, "relations">,
  { anchor }: Pick<CellSettings, "anchor">,
  entities: readonly Entity[],
  cells: readonly PairCell[],
): Relation[] {
  const byAnchor = new Map(entities.map((entity, index) => [anchorOf(entity, anchor), index]));
  const relations: Relation[] = [];
  for (const { i, j, r, probability } of cells) {
    const head = byAnchor.get(i);
    const tail = byAnchor.get(j);
    if (head !== undefined && tail !== undefined) {
      relations.push({ head, tail, type: lexicon.relations.nameOf(r), confidence: probability });
    }
  }
  return relations;
}

/**
 * The anchors of entities: a relation needs no other words. A sentence has none if its entities
 * cannot form a pair.
 *
 * @param entities of each sentence, in order
 * @param offsets the start of each sentence, then the end of the last
 */
export function anchorWords(
  { anchor, diagonal }: CellSettings,
  entities: readonly (readonly Entity[])[],
  offsets: Int32Array,
): ChosenWords {
  const needed = diagonal ? 1 : 2;
  const places = entities.map((own) => (own.length < needed ? [] : own.map((entity) => anchorOf(entity, anchor))));
  let count = 0;
  return {
    rows: Int32Array.from(places.flatMap((own, s) => own.map((place) => (offsets[s] ?? 0) + place))),
    places: Int32Array.from(places.flat()),
    offsets: Int32Array.from([0, ...places.map((own) => (count += own.length))]),
  };
}

/** Every word of every sentence, for tables of all cells. */
export function allWords(offsets: Int32Array): ChosenWords {
  const rows = Int32Array.from({ length: offsets.at(-1) ?? 0 }, (_, row) => row);
  const places = new Int32Array(rows.length);
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let row = offsets[s] ?? 0; row < (offsets[s + 1] ?? 0); row++) places[row] = row - (offsets[s] ?? 0);
  }
  return { rows, places, offsets };
}

/**
 * The cells of a sentence that reach their threshold, in the order of the table.
 *
 * @param table the probability of each cell, [M, M, R]; 0 for a cell that is not scored
 * @param thresholds one per relation, [R]
 */
export function cellsOfTable(table: ProbabilityTable, thresholds: readonly number[]): PairCell[] {
  const R = thresholds.length;
  const words = Math.round(Math.sqrt(table.length / R));
  const cells: PairCell[] = [];
  for (const [k, probability] of table.entries()) {
    const [pair, r] = [Math.floor(k / R), k % R];
    if (probability === 0 || probability < (thresholds[r] ?? 0.5)) continue;
    cells.push({ i: Math.floor(pair / words), j: pair % words, r, probability });
  }
  return cells;
}

/** Cells among the chosen words of a sentence as cells of all its words. */
export function cellsOfChosen(cells: readonly PairCell[], { places, offsets }: ChosenWords, sentence: number): PairCell[] {
  const first = offsets[sentence] ?? 0;
  return cells.map(({ i, j, ...cell }) => ({ ...cell, i: places[first + i] ?? 0, j: places[first + j] ?? 0 }));
}

/** Cells from a flat list i, j, r, each with probability 1. */
export function certainCells(cells: Int32Array): PairCell[] {
  return Array.from({ length: cells.length / 3 }, (_, k) => ({
    ...{ i: cells[3 * k] ?? 0, j: cells[3 * k + 1] ?? 0, r: cells[3 * k + 2] ?? 0 },
    probability: 1,
  }));
}
