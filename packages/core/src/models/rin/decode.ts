import type { PairCell } from "@weft-nlp/tensor";
import type { Prediction } from "../../metrics/index.ts";
import type { Entity, Relation } from "../../schema/index.ts";
import { decodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import { bestIndex } from "../sampling.ts";
import { anchorOf } from "./encoder.ts";
import type { RinSettings } from "./settings.ts";

/**
 * Entities and triples of one sentence.
 *
 * A cell (i, j, r) becomes a relation when an entity has its anchor at i and another at j; a cell without them stays in `cells`, where the
 * RIN scorers count it. An entity's confidence is the product of its tags' probabilities, a relation's that of its cell.
 *
 * @param probabilities tag probabilities of the sentence, [N, T] without padding
 */
export function decode(
  lexicon: Lexicon,
  settings: RinSettings,
  probabilities: Float32Array,
  cells: readonly PairCell[],
): Prediction {
  const width = lexicon.tags.size;
  const best = Int32Array.from({ length: probabilities.length / width }, (_, i) => bestIndex(probabilities, i * width, width));
  return decodeOutput(lexicon, settings, best, probabilities, cells);
}

/** The same for tags that are given; a tag of −1 is read as outside. */
export function decodeOutput(
  lexicon: Lexicon,
  settings: RinSettings,
  best: Int32Array,
  probabilities: ArrayLike<number>,
  cells: readonly PairCell[],
): Prediction {
  const width = lexicon.tags.size;
  const tags = Array.from(best, (id) => lexicon.tags.names[id] ?? "O");
  const entities: Entity[] = decodeTags(tags, lexicon.scheme).map((entity) => {
    let confidence = 1;
    for (let i = entity.start; i < entity.end; i++) confidence *= probabilities[i * width + (best[i] ?? 0)] ?? 0;
    return { ...entity, confidence };
  });
  const byAnchor = new Map(entities.map((entity, index) => [anchorOf(entity, settings.anchor), index]));
  const relations: Relation[] = [];
  for (const { i, j, r, probability } of cells) {
    const head = byAnchor.get(i);
    const tail = byAnchor.get(j);
    if (head !== undefined && tail !== undefined) {
      relations.push({ head, tail, type: lexicon.relations.nameOf(r), confidence: probability });
    }
  }
  return {
    entities,
    relations,
    tags,
    cells: cells.map(({ i, j, r, probability }) => ({
      head: i,
      tail: j,
      type: lexicon.relations.nameOf(r),
      confidence: probability,
    })),
  };
}
