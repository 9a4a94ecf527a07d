import { expect, test } from "vitest";
import { eightSentences, sentence } from "../../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings, wordShapes } from "../../vocabulary/index.ts";
import { SentenceReader } from "../sentence-reader.ts";

test("a word is read by its form, known or not, whatever its case is folded to", () => {
  const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({ foldCase: true }));
  const { inputs } = new SentenceReader({ wordShape: { size: 2 } }, lexicon).read(sentence("s", "Oslo oslo NATO 42 , zyxing"));
  const shapes = Array.from(inputs["wordShape"]?.["ids"] ?? [], Number).map((id) => wordShapes[id]);
  expect(shapes).toEqual(["capitalised", "other", "capitals", "digits", "punctuation", "ends in ing"]);
});
