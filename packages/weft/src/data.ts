export * from "@weft-nlp/core/corpus";
