import { Catalogue } from "../../catalogue.ts";
import type { InputPart } from "../input-part.ts";
import { characters } from "./characters.ts";
import { pos } from "./pos.ts";
import { tags } from "./tags.ts";
import { wordShape } from "./word-shape.ts";
import { words } from "./words.ts";

/** Every part that a model can read, in the order in which their columns stand side by side. */
export const inputParts = new Catalogue<InputPart>("input", [words, characters, wordShape, pos, tags]);
