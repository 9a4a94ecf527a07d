export { bracketedText, markedPair } from "./bracketed-text.ts";
export { mistakeNames } from "./mistake-names.ts";
export { type ScorePageInput, scorePage } from "./score-page.ts";
