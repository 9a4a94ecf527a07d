import { expect, test } from "vitest";
import { eightSentences, sentence } from "../../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings, wordShapes } from "../../vocabulary/index.ts";
import { SentenceReader } from "../sentence-reader.ts";

test("the shape of a word is read whether or not the word is known or lowercased", () => {
  const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({ foldCase: true }));
  const { inputs } = new SentenceReader({ wordShape: { size: 2 } }, lexicon).read(sentence("s", "Oslo oslo NATO 42 , zyxing"));
  const shapes = Array.from(inputs["wordShape"]?.["ids"] ?? [], Number).map((id) => wordShapes[id]);
  expect(shapes).toEqual(["capitalised", "other", "capitals", "digits", "punctuation", "ends in ing"]);
});
