// Declarations of options load this alone, not all of inference.
export { defaultOverlap, defaultWindow } from "@weft-nlp/core/inference";
