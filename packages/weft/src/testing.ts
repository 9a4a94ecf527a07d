export * from "@weft-nlp/core/testing";
export * from "@weft-nlp/tensor/testing";
