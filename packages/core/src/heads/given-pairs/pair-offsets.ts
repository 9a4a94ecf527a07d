import { type Initialiser, type Parameter, uniform } from "@weft-nlp/tensor";
import type { Scope } from "../../nn/index.ts";
import type { PairSettings } from "./pair-settings.ts";

/** "Randomly initialized" (Ye et al. 2019, §3.2.1), at about the scale of word vectors. */
export const pairInitial: Initialiser = uniform(0.5);

/**
 * Embeddings of the offsets −M to M from an entity, [2M + 1, Dp]; both entities share the table (Ye
 * et al. 2019, §2.1).
 */
export function offsetTable(
  { positions, positionSize }: Pick<PairSettings, "positions" | "positionSize">,
  scope: Scope,
): Parameter {
  return scope.child("position").dense("weight", 2 * positions + 1, positionSize, pairInitial);
}
