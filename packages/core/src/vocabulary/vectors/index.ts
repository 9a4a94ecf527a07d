export { readVectors, type VectorOptions } from "./read-vectors.ts";
export { type VectorCoverage, vectorCoverage } from "./vector-coverage.ts";
export type { VectorFormat } from "./vector-source.ts";
export { VectorsBuilder } from "./vectors-builder.ts";
export type { VectorsOrigin, VectorsShape } from "./vectors-file.ts";
export { type VectorMatch, WordVectors } from "./word-vectors.ts";
