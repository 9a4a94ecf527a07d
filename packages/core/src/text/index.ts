export { alignTokens, coveringTokens, spellings } from "./align.ts";
export {
  type LineEndCount,
  lineEndCounts,
  type OffsetTranslation,
  type OffsetUnit,
  offsetTranslation,
} from "./code-points.ts";
export { documentFromBlocks, documentFromText, type TextOptions, type TextRules } from "./document-from-text.ts";
export { editDistance } from "./edit-distance.ts";
export { escapeXml } from "./escape-xml.ts";
export { textOfHtml } from "./html-text.ts";
export { type NewlineRule, newlineRules, softBreaks } from "./line-breaks.ts";
export { didYouMean, nearestName } from "./nearest-name.ts";
export { type SentenceOptions, splitSentences } from "./split-sentences.ts";
export { cutsOf, cutToken, type TokenSplit, tokenSplits } from "./split-tokens.ts";
export { decodeTags, type EncodedTags, encodeTags, type TagScheme, tagInventory } from "./tag-scheme.ts";
export { type TokenizerMode, type TokenizerOptions, tokenize } from "./tokenizer.ts";
