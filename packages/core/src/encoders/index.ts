export type { EncoderExample, Example, PackedSentences } from "./example.ts";
export {
  type Columns,
  defineInput,
  type FrozenColumns,
  type InputPart,
  numbersOf,
  type PartNetwork,
  type PartPlace,
  type ReadPart,
} from "./input-part.ts";
export { type Inputs, inputNeeds, inputSettings } from "./input-settings.ts";
export { inputParts } from "./inputs/index.ts";
export { tablePart } from "./inputs/table-part.ts";
export { encodersIn, mapEncoders, type NamedEncoder } from "./pretrained/encoder-settings.ts";
export {
  FrozenNetworks,
  type FrozenUse,
  missingEncoder,
  type SharedEncoder,
  type TrainedUse,
} from "./pretrained/frozen-networks.ts";
export {
  type EncoderFiles,
  openEncoder,
  openSharedEncoders,
  type PretrainedEncoder,
} from "./pretrained/pretrained-encoder.ts";
export { type EncoderOptions, type PartShare, SentenceEncoder } from "./sentence-encoder.ts";
export { SentenceReader } from "./sentence-reader.ts";
export { fillWordTable, requireWidth, type WordVectorTable } from "./word-vectors.ts";
