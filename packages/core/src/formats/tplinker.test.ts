import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { tplinker } from "./tplinker.ts";

const [ada] = adaSentences({ typed: true });
const example = `[{"id":"train_0","text":"🚀 Ada Lovelace joined Acme Corp in Paris .","relation_list":[{"subject":"Ada Lovelace","subj_char_span":[2,14],"predicate":"works_for","object":"Acme Corp","obj_char_span":[22,31]},{"subject":"Acme Corp","subj_char_span":[22,31],"predicate":"based_in","object":"Paris","obj_char_span":[35,40]}],"entity_list":[{"text":"Ada Lovelace","type":"PER","char_span":[2,14]},{"text":"Acme Corp","type":"ORG","char_span":[22,31]},{"text":"Paris","type":"LOC","char_span":[35,40]}]}]
`;

describeFormat(tplinker, { documents: [{ ...ada, id: "train_0" }], files: { "": example } }, [
  {
    what: "an offset beyond the text",
    change: ['"type":"LOC","char_span":[35,40]', '"type":"LOC","char_span":[35,50]'],
    says: "main:1 [0].entity_list[2].char_span: the characters 35 to 50 are not in the text, which has 42 (SPAN_OUTSIDE)",
  },
  {
    what: "words that the text does not have there",
    change: ['"text":"Paris"', '"text":"Rome"'],
    says: 'main:1 [0].entity_list[2].char_span: the text has "Paris" where the file says "Rome"; the offsets were used',
  },
  {
    what: "a relation without a label",
    change: ['"predicate":"based_in"', '"predicate":""'],
    says: "main:1 [0].relation_list[1].predicate: the relation has no label; it was left out",
  },
  {
    what: "a field that Weft does not know",
    change: ['"type":"LOC",', '"type":"LOC","sure":1,'],
    says: "main:1 [0].entity_list[2].sure: Weft cannot store this field; it was left out",
  },
]);

const entities = [
  { start: 1, end: 3, type: "PER" },
  { start: 4, end: 6, type: "ORG" },
  { start: 7, end: 8, type: "LOC" },
];

test("detects offsets in UTF-16 units from their words", async () => {
  const moved = example.replace(/\[([0-9]+),([0-9]+)\]/g, (_, start, end) => `[${Number(start) + 1},${Number(end) + 1}]`);
  const { documents, omissions } = await readFiles(tplinker, { "": moved });
  expect(omissions).toEqual([]);
  expect(documents[0]?.entities).toEqual(entities);
});

test("reads files without offsets and entity lists by their words", async () => {
  const bare = example.replace(/,"(?:subj_|obj_)?char_span":\[[0-9]+,[0-9]+\]/g, "");
  const { documents, omissions } = await readFiles(tplinker, { "": bare });
  expect(omissions).toEqual([]);
  expect(documents[0]?.entities).toEqual(entities);
  const alone = bare.replace(/,"entity_list":.*\}\]\}\]/, "}]");
  const again = await readFiles(tplinker, { "": alone });
  expect(again.documents[0]?.relations).toEqual(documents[0]?.relations);
  expect(again.documents[0]?.entities.map(({ type }) => type)).toEqual([null, null, null]);
});

test("tokenises text whose mentions do not end at spaces", async () => {
  const text = "Ada joined Acme.";
  const relation = { subject: "Ada", subj_char_span: [0, 3], predicate: "works_for", object: "Acme", obj_char_span: [11, 15] };
  const { documents, omissions } = await readFiles(tplinker, { "": JSON.stringify([{ text, relation_list: [relation] }]) });
  expect(documents[0]?.tokens.map((token) => token.text)).toEqual(["Ada", "joined", "Acme", "."]);
  expect(omissions.map(({ reason }) => reason)).toEqual([
    "a mention does not begin and end at spaces; the text was tokenised again",
  ]);
});
