export * from "@weft-nlp/api";
