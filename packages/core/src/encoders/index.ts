export type { EncoderExample, Example, PackedSentences } from "./example.ts";
export {
  type Columns,
  defineInput,
  type InputPart,
  numbersOf,
  type PartNetwork,
  type PartPlace,
  type ReadPart,
} from "./input-part.ts";
export { type Inputs, inputNeeds, inputSettings } from "./input-settings.ts";
export { inputParts } from "./inputs/index.ts";
export { tablePart } from "./inputs/table-part.ts";
export { type EncoderOptions, type PartShare, SentenceEncoder } from "./sentence-encoder.ts";
export { SentenceReader } from "./sentence-reader.ts";
export { fillWordTable, requireWidth, type WordVectorTable } from "./word-vectors.ts";
