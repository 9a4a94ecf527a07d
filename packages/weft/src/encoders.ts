/**
 * What models are made of: encoders and their inputs, heads, layers, and of the tape below them
 * what the author of a model, an input or an objective needs.
 */
export * from "@weft-nlp/core/encoders";
export * from "@weft-nlp/core/heads";
export * from "@weft-nlp/core/nn";
export {
  type GruParameters,
  glorot,
  type Initialiser,
  type InteractionParameters,
  type Lookup,
  type LstmParameters,
  type Matrix,
  normal,
  type Operation,
  ones,
  operations,
  type PairCell,
  type PairScorer,
  type Parameter,
  type PlacedRows,
  pairProbabilities,
  pairScores,
  parameterMatrix,
  predictPairs,
  Random,
  type TableRows,
  Tape,
  uniform,
  zeros,
} from "@weft-nlp/tensor";
