import { z } from "zod";
import { wordShapeIndex, wordShapes } from "../../vocabulary/word-shape.ts";
import { defineInput } from "../input-part.ts";
import { tablePart } from "./table-part.ts";

export interface WordShapeSettings {
  readonly size: number;
}

/**
 * The form of the word, as `wordShape` classifies it. A name thus stays recognisable by its capital
 * even if words are lowercased or unknown.
 */
export const wordShape = defineInput<WordShapeSettings>({
  name: "wordShape",
  summary: "the form of the word: capitals, digits, endings",
  settings: ({ size = 10 }) =>
    z.strictObject({ size: z.int().min(1).max(1024).default(size).describe("width of the embeddings of word shapes") }),
  reader:
    () =>
    ({ tokens }) => ({ ids: Int32Array.from(tokens, (token) => wordShapeIndex(token)) }),
  build: ({ size }, { scope, initial }) =>
    tablePart("shape", scope.child("shape").table("weight", wordShapes.length, size, initial)),
});
