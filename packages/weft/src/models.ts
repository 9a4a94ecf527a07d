export * from "@weft-nlp/core/inference";
export * from "@weft-nlp/core/models";
export * from "@weft-nlp/core/vocabulary";
