export * from "@weft-nlp/api/client";
