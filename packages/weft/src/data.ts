export * from "@weft-nlp/core/annotators";
export * from "@weft-nlp/core/corpus";
