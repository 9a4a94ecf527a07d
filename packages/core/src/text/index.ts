export { alignTokens, coveringTokens, spellings } from "./align.ts";
export { type OffsetTranslation, type OffsetUnit, offsetTranslation } from "./code-points.ts";
export { documentFromBlocks, documentFromText, type TextOptions } from "./document-from-text.ts";
export { editDistance } from "./edit-distance.ts";
export { escapeXml } from "./escape-xml.ts";
export { didYouMean, nearestName } from "./nearest-name.ts";
export { type SentenceOptions, splitSentences } from "./split-sentences.ts";
export { decodeTags, type EncodedTags, encodeTags, type TagScheme, tagInventory } from "./tag-scheme.ts";
export { type TokenizerMode, type TokenizerOptions, tokenize } from "./tokenizer.ts";
