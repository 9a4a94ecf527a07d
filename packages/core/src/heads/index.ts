export { type PairExample, pairFields } from "./given-pairs/pair-example.ts";
export { PairReader } from "./given-pairs/pair-reader.ts";
export { SpanPairsHead } from "./span-pairs/span-pairs-head.ts";
export { decodeEntities, tagNames } from "./tags/decode-entities.ts";
export { type GoldTags, packTags, readTags } from "./tags/read-tags.ts";
export { type TagDistribution, TagsHead, type TagsHeadSettings } from "./tags/tags-head.ts";
export { decodeCells } from "./word-pairs/decode-cells.ts";
export { type CellSettings, readCells } from "./word-pairs/read-cells.ts";
export { WordPairsHead, type WordPairsSettings } from "./word-pairs/word-pairs-head.ts";
