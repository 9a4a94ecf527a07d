import { expect, test } from "vitest";
import { describeInputFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { displacyEnt } from "./displacy-ent.ts";
import { collectText } from "./format.ts";
import { jsonl } from "./jsonl.ts";
import { spacy } from "./spacy.ts";

const { relations: _, ...ada } = adaDocument();
const words = ada.tokens.map(({ text, start, end }, id) => ({
  id,
  // The rocket takes two UTF-16 units and one code point.
  start: start === 0 ? 0 : start - 1,
  end: end - 1,
  tag: text === "." ? "." : "NN",
  pos: "X",
  lemma: text,
  dep: "dep",
  head: 0,
}));
const doc = {
  text: ada.text,
  ents: [
    { start: 2, end: 14, label: "PER" },
    { start: 22, end: 31, label: "ORG" },
    { start: 35, end: 40, label: "LOC" },
    { start: 42, end: 51, label: "ORG" },
  ],
  sents: [
    { start: 0, end: 41 },
    { start: 42, end: 66 },
  ],
  tokens: words,
};
const example = `${JSON.stringify(doc)}\n`;
const expected = { ...ada, relations: [], pos: words.map(({ tag }) => tag) };

describeInputFormat(spacy, { documents: [expected], files: { "": example } }, [
  {
    what: "an offset beyond the text",
    change: ['"start":42,"end":51', '"start":42,"end":99'],
    says: "main:1 [0].ents[3]: the characters 42 to 99 are not in the text, which has 66 (SPAN_OUTSIDE)",
  },
  {
    what: "a span that cuts a token",
    change: ['"start":2,"end":14', '"start":2,"end":10'],
    says: 'main:1 [0].ents[0]: "Ada Love" does not end on token boundaries; grown to "Ada Lovelace"',
  },
  {
    what: "a link to a knowledge base",
    change: ['"label":"LOC"', '"label":"LOC","kb_id":"Q90"'],
    says: "main:1 [0].ents[2].kb_id: Weft cannot store this field; it was left out",
  },
  {
    what: "a group of spans",
    change: ['"sents"', '"spans":{"sc":[{"start":0,"end":1,"label":"X"}]},"sents"'],
    says: "main:1 [0].spans.sc[0]: Weft has no groups of spans; entities are read from `ents`",
  },
  {
    what: "sentences that leave tokens out",
    change: ['"start":42,"end":66', '"start":52,"end":66'],
    says: "main:1 [0].sents: the sentences do not cover the tokens exactly once, in order; they were detected again",
  },
]);

test("skips white-space tokens with their tags, in lists and in lines", async () => {
  const spaced = {
    text: "Ada\n\nran",
    ents: [{ start: 0, end: 3, label: "PER" }],
    tokens: [
      [0, 3, "NNP"],
      [3, 5, "_SP"],
      [5, 8, "VBD"],
    ].map(([start, end, tag]) => ({ start, end, tag })),
  };
  const { documents, omissions } = await readFiles(spacy, { "": JSON.stringify([spaced, { ...spaced, cats: { A: 1 } }]) });
  expect(omissions).toEqual([]);
  expect(documents).toMatchObject([
    { tokens: [{ text: "Ada" }, { text: "ran", start: 5 }], pos: ["NNP", "VBD"], entities: [{ start: 0, end: 1, type: "PER" }] },
    { metadata: { cats: { A: 1 } } },
  ]);
});

test("reads displaCy's entities, and does not mistake them for Weft's own lines", async () => {
  const { text } = await collectText(displacyEnt.write([adaDocument()]));
  const { documents, omissions } = await readFiles(spacy, { "": text });
  expect(omissions).toEqual([]);
  expect(documents[0]?.entities).toEqual(ada.entities);
  expect(documents[0]?.metadata).toEqual({});
  expect([spacy.recognises(text, ""), jsonl.recognises(text, "")]).toEqual([true, false]);
  const own = (await writeFiles(jsonl, [adaDocument()])).files[""] ?? "";
  expect([spacy.recognises(own, ""), jsonl.recognises(own, "")]).toEqual([false, true]);
});
