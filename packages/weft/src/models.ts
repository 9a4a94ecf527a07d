export * from "@weft-nlp/core/inference";
export * from "@weft-nlp/core/models";
export * from "@weft-nlp/core/objectives";
export type { Plugin, Registry } from "@weft-nlp/core/registry";
export * from "@weft-nlp/core/vocabulary";
