export * from "@weft-nlp/core/metrics";
