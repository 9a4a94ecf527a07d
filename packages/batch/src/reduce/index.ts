export { type ReduceInput, type Reduction, reduceTriples } from "./reduce-triples.ts";
