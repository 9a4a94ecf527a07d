import { candidateFloor, type DecodingConstraints, decode, tiedTypes } from "../constraints/index.ts";
import { thresholdOf } from "../metrics/index.ts";
import { type Model, proposalsOf } from "../models/index.ts";

/**
 * A model whose predictions meet constraints. Losses and outputs are those of the model itself, and
 * a relation that no constraint rules out is decided as without constraints.
 */
export function constrainedModel(model: Model, constraints: DecodingConstraints): Model {
  const floors = Object.fromEntries([...tiedTypes(constraints)].map((type) => [type, candidateFloor]));
  return {
    wordVectors: model.wordVectors,
    outputs: model.outputs,
    loss: (tape, examples, options) => model.loss(tape, examples, options),
    predict: (tape, examples, options) =>
      proposalsOf(model, tape, examples, { ...options, floors }).map((proposed) => {
        const choice = decode(proposed.proposal(), constraints, {
          ...constraints,
          thresholdOf: (type) => thresholdOf(options.threshold, type),
        });
        return { ...proposed.decide(choice), search: choice.search };
      }),
  };
}
