import { Catalogue } from "../../catalogue.ts";
import type { InputPart } from "../input-part.ts";
import { characters } from "./characters-input.ts";
import { encoder } from "./encoder-input.ts";
import { pos } from "./pos-input.ts";
import { tags } from "./tags-input.ts";
import { wordShape } from "./word-shape-input.ts";
import { words } from "./words-input.ts";

/** Every part that a model can read, in the order in which their columns are concatenated. */
export const inputParts = new Catalogue<InputPart>("input", [words, characters, wordShape, pos, tags, encoder]);
