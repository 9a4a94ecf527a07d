export * from "@weft-nlp/core/triples";
export * from "@weft-nlp/node/triples";
