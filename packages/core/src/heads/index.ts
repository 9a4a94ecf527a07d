export { type PairExample, pairFields } from "./given-pairs/pair-example.ts";
export { PairReader } from "./given-pairs/pair-reader.ts";
export { SpanPairsHead } from "./span-pairs/span-pairs-head.ts";
export { decodeEntities } from "./tags/decode-entities.ts";
export { packTags, readTags } from "./tags/read-tags.ts";
export { TagsHead, type TagsHeadSettings } from "./tags/tags-head.ts";
export { decodeCells } from "./word-pairs/decode-cells.ts";
export { WordPairsHead } from "./word-pairs/word-pairs-head.ts";
