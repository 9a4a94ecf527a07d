import { expect, test } from "vitest";
import { readFiles } from "../../testing/describe-format.ts";
import { inputFormats } from "../formats.ts";
import { FieldNames, slipsIn } from "./field-names.ts";

const words = ["Ada", "runs", "Acme"];
const text = "Ada runs Acme";
const spots = [
  { start: 0, end: 1, type: "PER" },
  { start: 2, end: 3, type: "ORG" },
];

const tacredPair = { subj_start: 0, subj_end: 0, obj_start: 2, obj_end: 2, relation: "r" };
const ubiaiSpan = { text: "Ada", start: 0, end: 3, token_start: 0, token_end: 0 };

/** Slips in the records of each format: the record, and the path and hint of the error. */
const slips: readonly (readonly [format: string, record: object, path: string, meant: string])[] = [
  ["jsonl", { text, entities: [], relatons: [{ head: 0, tail: 1, type: "r" }] }, "relatons", "relations"],
  ["jsonl", { text, relation: [{ head: 0, tail: 1, type: "r" }] }, "relation", "relations"],
  ["jsonl", { text, entites: [] }, "entites", "entities"],
  ["jsonl", { text, spans: [{ start: 0, end: 3, label: "PER" }] }, "spans", "entities"],
  ["jsonl", { text, triple_lst: [["Ada", "runs", "Acme"]] }, "triple_lst", "triple_list"],
  ["jsonl", { text, annotations: [{ start: 0, end: 3, label: "PER" }] }, "annotations", "entities"],
  ["jsonl", { tokenised_text: words, ner: [[0, 0, "PER"]] }, "tokenised_text", "tokenized_text"],
  ["jsonl", { data: text, entities: [] }, "data", "text"],
  ["jsonl", { txt: text }, "txt", "text"],
  ["jsonl", { tokens: words, entities: [{ start: 0, end: 1, label: "PER" }] }, "entities[0].label", "type"],
  ["jsonl", { text, entities: [{ start_offset: 0, end_offset: 3, type: "PER" }] }, "entities[0].start_offset", "start"],
  ["jsonl", { tokens: words, entities: spots, relations: [{ head: 0, tail: 1, label: "r" }] }, "relations[0].label", "type"],
  ["jsonl", { tokens: words, entities: spots, relations: [{ from: 0, tail: 1, type: "r" }] }, "relations[0].from", "head"],
  ["jsonl", { text, offset_units: "codepoint" }, "offset_units", "offsetUnit"],
  ["doccano", { data: text, entities: [], relations: [] }, "data", "text"],
  ["doccano", { text, entities: [], relatons: [] }, "relatons", "relations"],
  ["doccano", { text, entities: [{ id: 1, type: "PER", start_offset: 0, end_offset: 3 }] }, "entities[0].type", "label"],
  ["doccano", { text, relations: [{ from_id: 1, to_id: 2, label: "r" }] }, "relations[0].label", "type"],
  ["doccano", { text, relations: [{ head: 1, tail: 2, type: "r" }] }, "relations[0].head", "from_id"],
  ["prodigy", { text, spans: [], realtions: [] }, "realtions", "relations"],
  ["prodigy", { text, span: [{ start: 0, end: 3, label: "PER" }] }, "span", "spans"],
  ["prodigy", { text, spans: [{ start: 0, end: 3, lable: "PER" }] }, "spans[0].lable", "label"],
  ["scierc", { sentences: [words], ner: [[]], relaitons: [[]] }, "relaitons", "relations"],
  ["scierc", { sentences: [words], entities: [[[0, 0, "PER"]]] }, "entities", "ner"],
  ["spert", { tokens: words, entities: spots, relatons: [] }, "relatons", "relations"],
  ["spert", { tokens: words, entities: [{ start: 0, end: 1, label: "PER" }], relations: [] }, "entities[0].label", "type"],
  ["label-studio", { data: { text }, annotatons: [] }, "annotatons", "annotations"],
  ["label-studio", { dta: { text }, annotations: [] }, "dta", "data"],
  ["label-studio", { data: { text }, annotations: [{ results: [] }] }, "annotations[0].results", "result"],
  ["spacy", { text, entities: [{ start: 0, end: 3, label: "PER" }] }, "entities", "ents"],
  ["spacy", { text, ents: [{ start: 0, end: 3, type: "PER" }] }, "ents[0].type", "label"],
  ["gliner", { tokenized_text: words, ner: [], relation: [[0, 1, "r"]] }, "relation", "relations"],
  ["casrel", { text, triplet_list: [] }, "triplet_list", "triple_list"],
  ["casrel", { text, spo_list: [["Ada", "runs", "Acme"]] }, "spo_list", "triple_list"],
  ["tplinker", { text, relations_list: [] }, "relations_list", "relation_list"],
  [
    "tplinker",
    { text, relation_list: [{ subject: "Ada", relation: "r", object: "Acme" }] },
    "relation_list[0].relation",
    "predicate",
  ],
  ["cotype", { sentText: text, entityMentions: [], relationMention: [] }, "relationMention", "relationMentions"],
  ["rin", { sentText: words, relationMentons: [] }, "relationMentons", "relationMentions"],
  ["tacred", { ...tacredPair, lable: 1, tokens: words }, "tokens", "token"],
  ["tacred", { ...tacredPair, token: words, sbj_type: "PER" }, "sbj_type", "subj_type"],
  ["tacred", { ...tacredPair, token: words, relation: undefined, label: "per:title" }, "label", "relation"],
  ["opennre", { tokens: words, h: { pos: [0, 1] }, t: { pos: [2, 3] }, relation: "r" }, "tokens", "token"],
  ["opennre", { sentence: text, h: { pos: [0, 3] }, t: { pos: [9, 13] }, relation: "r" }, "sentence", "text"],
  ["opennre", { text, head: { pos: [0, 3] }, t: { pos: [9, 13] }, relation: "r" }, "head", "h"],
  ["opennre", { text, h: { pos: [0, 3] }, t: { pos: [9, 13] }, relaton: "r" }, "relaton", "relation"],
  ["opennre", { text, h: { position: [0, 3] }, t: { pos: [9, 13] }, relation: "r" }, "h.position", "pos"],
  ["ubiai", { document: text, tokens: [], relation: [{ head: 0, child: 1, relationLabel: "r" }] }, "relation", "relations"],
  ["ubiai", { document: text, tokens: [{ ...ubiaiSpan, label: "PER" }] }, "tokens[0].label", "entityLabel"],
  [
    "ubiai",
    { document: text, tokens: [], relations: [{ head: 0, child: 1, label: "r" }] },
    "relations[0].label",
    "relationLabel",
  ],
  ["bioc-json", { id: "a", passages: [{ offset: 0, text, anotations: [] }] }, "passages[0].anotations", "annotations"],
  ["bioc-json", { id: "a", passages: [{ offset: 0, text }], relatons: [] }, "relatons", "relations"],
  ["bioc-json", { passages: [{ offset: 0, sentence: text }] }, "passages[0].sentence", "text"],
  [
    "bioc-json",
    { passages: [{ offset: 0, text, annotations: [{ location: [{ offset: 0, length: 3 }] }] }] },
    "passages[0].annotations[0].location",
    "locations",
  ],
];

test.each(slips)("%s: %j is refused with the field that is meant", async (name, record, path, meant) => {
  const format = inputFormats.get(name);
  const read = readFiles(format, { "": JSON.stringify(record) });
  await expect(read).rejects.toMatchObject({ code: "FIELD_UNKNOWN", hint: `did you mean ${meant}?` });
  await expect(read).rejects.toThrow(new RegExp(`^main:1 (?:\\[0\\]\\.)?${path.replace(/[[\].]/g, "\\$&")}: Weft does not know`));
});

test.each([
  { text, links: [{ url: "https://example.org" }], source: "Wire", labels: ["sport"], category: "news", data: { a: 1 } },
  { text, sentence: 3, mentions: 12, ids: [1, 2], relation: "unknown", token: "abc" },
  { tokens: words, entities: spots, relations: [], content: text, relationships: "none" },
])("fields that hold no annotation are kept as metadata: %j", async (record) => {
  const { documents, omissions } = await readFiles(inputFormats.get("jsonl"), { "": JSON.stringify(record) });
  expect(omissions).toEqual([]);
  expect(Object.keys(documents[0]?.metadata ?? {}).length).toBeGreaterThan(1);
});

test.each([
  ["conllu", "# relatons = 1;1;3;3;leads\n1\tAda\tB-PER\n2\truns\tO\n3\tAcme\tB-ORG\n", "did you mean relations?"],
  ["conllu", "# triples = 1;1;3;3;leads\n1\tAda\tB-PER\n2\truns\tO\n3\tAcme\tB-ORG\n", "did you mean relations?"],
  ["pairs", "sentence,head,tail,relatoin\nAda runs Acme,Ada,Acme,leads\n", /^did you mean relation\? .*relation=relatoin$/],
  ["pairs", "sentence,head,tail,relation,head_tpye\nAda runs Acme,Ada,Acme,leads,PER\n", /^did you mean head_type\?/],
])("%s: %j is refused with the name that is meant", async (name, file, hint) => {
  const read = readFiles(inputFormats.get(name), { "": file });
  const expected = typeof hint === "string" ? hint : (expect.stringMatching(hint) as string);
  await expect(read).rejects.toMatchObject({ code: "FIELD_UNKNOWN", hint: expected });
});

test.each([
  ["conllu", "# genre = news\n# related = 1;2\n1\tAda\tB-PER\n2\truns\tO\n3\tAcme\tB-ORG\n"],
  ["pairs", "sentence,head,tail,index,split,notes\nAda runs Acme,Ada,Acme,1,train,x\n"],
  [
    "opennre",
    JSON.stringify({ token: words, sentence: text, h: { pos: [0, 1], id: "Q1" }, t: { pos: [2, 3], id: "Q2" }, relation: "r" }),
  ],
  ["tacred", JSON.stringify({ ...tacredPair, token: words, stanford_ner: words, note: "x", dataset: "d" })],
])("%s: other names are no slips: %j", async (name, file) => {
  const { documents } = await readFiles(inputFormats.get(name), { "": file });
  expect(documents.map((document) => document.entities.length)).toEqual([2]);
});

test("a field is no slip if the one it resembles is there", () => {
  const names = new FieldNames({ relations: "list" });
  expect(names.meant("relatons", { relatons: [{}], relations: [{}] })).toBeUndefined();
  expect(names.meant("relatons", { relatons: [{}], relations: [] })).toBe("relations");
  expect(names.meant("relatons", { relatons: 3 })).toBeUndefined();
});

test("names the fields that may be meant in a record of no format", () => {
  expect(slipsIn({ tokns: words, entities: spots, relatons: [] })).toBe(
    'did you mean tokens by "tokns"? did you mean relations by "relatons"?',
  );
  expect(slipsIn({ colour: "blue" })).toBeUndefined();
});
