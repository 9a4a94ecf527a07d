import type { PairObjective } from "./pair-head.ts";

/** One softmax over the relation types and "no relation". */
export const singleTask: PairObjective = {
  loss: "cross-entropy",
  identificationWeight: 0,
  classificationWeight: 1,
  positiveMargin: 0,
  negativeMargin: 0,
  scale: 1,
  theta: 0,
};
