export * from "@weft-nlp/server";
