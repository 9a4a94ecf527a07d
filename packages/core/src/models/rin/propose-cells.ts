import type { PairCell } from "@weft-nlp/tensor";
import type { Choice, RelationCandidate } from "../../constraints/index.ts";
import type { FoundEntities } from "../../heads/entities/entity-head.ts";
import { tagNames } from "../../heads/tags/decode-entities.ts";
import { relationsOfCells } from "../../heads/word-pairs/decode-cells.ts";
import { anchorOf, type CellSettings } from "../../heads/word-pairs/read-cells.ts";
import type { Cell } from "../../metrics/index.ts";
import type { Entity } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Proposed } from "../model.ts";

/**
 * The cells of a sentence as candidates. They are independent, so the total of a choice is exactly
 * what it changes of ln P.
 *
 * @param counted cells that reach their threshold
 * @param more these, and cells that reach only their floor
 * @param raw whether predictions hold all cells
 */
export function proposeCells(
  lexicon: Lexicon,
  { anchor }: Pick<CellSettings, "anchor">,
  tagged: FoundEntities,
  counted: readonly PairCell[],
  more: readonly PairCell[],
  raw: boolean,
): Proposed {
  const { entities } = tagged;
  const keyOf = ({ head, tail, type }: Omit<Cell, "confidence">): string => `${head} ${tail} ${type}`;
  const cellOf = ({ head, tail, type, confidence }: Choice["relations"][number]): Cell => ({
    head: anchorOf(entities[head] as Entity, anchor),
    tail: anchorOf(entities[tail] as Entity, anchor),
    ...{ type, confidence },
  });
  const namedCells = (): Cell[] =>
    counted.map(({ i, j, r, probability }) => ({
      ...{ head: i, tail: j, type: lexicon.relations.nameOf(r), confidence: probability },
    }));
  const candidatesOf = (): RelationCandidate[] => {
    const reached = new Set(namedCells().map(keyOf));
    return relationsOfCells(lexicon, { anchor }, entities, more).map(({ confidence = 0, ...relation }): RelationCandidate => {
      const candidate = { ...relation, confidence };
      return { ...candidate, counts: reached.has(keyOf(cellOf(candidate))) };
    });
  };
  /** All cells, without those of relations that were not chosen, and with those that follow. */
  const cellsOf = (choice: Choice | undefined): Cell[] => {
    if (choice === undefined) return namedCells();
    const chosen = new Map(choice.relations.map((relation) => [keyOf(cellOf(relation)), cellOf(relation)]));
    const offered = new Set(candidatesOf().map((candidate) => keyOf(cellOf(candidate))));
    const kept = namedCells().filter((cell) => !offered.has(keyOf(cell)) || chosen.has(keyOf(cell)));
    for (const cell of kept) chosen.delete(keyOf(cell));
    return [...kept, ...chosen.values()];
  };
  return {
    proposal: () => ({ mentions: tagged.mentions(), candidates: candidatesOf() }),
    decide(choice) {
      const { tags, entities: retyped } = tagged.retyped(choice);
      return {
        entities: retyped,
        relations: choice?.relations ?? relationsOfCells(lexicon, { anchor }, entities, counted),
        tags: tagNames(lexicon, tags),
        ...(raw ? { cells: cellsOf(choice) } : {}),
      };
    },
  };
}
