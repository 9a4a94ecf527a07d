export * from "@weft-nlp/core/formats";
export * from "@weft-nlp/core/text";
