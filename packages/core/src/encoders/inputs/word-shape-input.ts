import { z } from "zod";
import { wordShape as shapeOf, wordShapes } from "../../vocabulary/index.ts";
import { defineInput } from "../input-part.ts";
import { tablePart } from "./table-part.ts";

export interface WordShapeSettings {
  readonly size: number;
}

/**
 * The form of the word as `wordShape` tells forms apart: a name keeps its capital where words are
 * read in lower case or are unknown.
 */
export const wordShape = defineInput<WordShapeSettings>({
  name: "wordShape",
  summary: "the form of the word: capitals, digits, endings",
  settings: ({ size = 10 }) =>
    z.strictObject({ size: z.int().min(1).max(1024).default(size).describe("width of the embeddings of word shapes") }),
  reader:
    () =>
    ({ tokens }) => ({ ids: Int32Array.from(tokens, (token) => wordShapes.indexOf(shapeOf(token))) }),
  build: ({ size }, { scope, initial }) =>
    tablePart("shape", scope.child("shape").table("weight", wordShapes.length, size, initial)),
});
