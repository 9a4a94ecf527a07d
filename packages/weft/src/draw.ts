export * from "@weft-nlp/draw";
