import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { detectFormat } from "./formats.ts";
import { opennre } from "./opennre.ts";

const [ada, acme] = adaSentences({ typed: true });
const token = ada.tokens.map(({ text }) => text);
const end = (name: string, start: number, end: number, type: string) => ({ name, pos: [start, end], type });
const lines = [
  {
    id: "doc-1#0",
    token,
    h: end("Ada Lovelace", 1, 3, "PER"),
    t: end("Acme Corp", 4, 6, "ORG"),
    relation: "works_for",
  },
  { id: "doc-1#0", token, h: end("Acme Corp", 4, 6, "ORG"), t: end("Paris", 7, 8, "LOC"), relation: "based_in" },
  { id: "doc-1#1", token: acme.tokens.map(({ text }) => text), h: null, t: null, relation: "NA" },
];
const print = (records: readonly unknown[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join("");

describeFormat(
  opennre,
  {
    documents: [ada, { ...acme, entities: [] }],
    files: { "": print(lines) },
  },
  [
    {
      what: "a position beyond the tokens",
      change: ['"pos":[7,8]', '"pos":[7,10]'],
      says: "main:2 [1].t.pos: the span has the tokens 7 to 9, but there are tokens 0 to 8 (SPAN_OUTSIDE)",
    },
    {
      what: "an end without a position",
      change: ['"pos":[1,3],', ""],
      says: "main:1 [0].h.pos: the field is missing, expected a list (FIELD_MISSING)",
    },
    {
      what: "one end alone",
      change: ['"t":{"name":"Paris","pos":[7,8],"type":"LOC"},', ""],
      says: "main:2 [1].t: the field is missing, expected an object (FIELD_MISSING)",
    },
    {
      what: "a name that the sentence does not have there",
      change: ['"name":"Paris"', '"name":"Rome"'],
      says: 'main:2 [1].t.name: the text has "Paris" where the name is "Rome"; the offsets were used',
    },
    {
      what: "a line that is not an object",
      change: ['{"id":"doc-1#1"', '["id","doc-1#1"]{"id":"x"'],
      says: /^main:3/,
    },
  ],
);

test("lines of the first releases are read, and ends without a position are found by their names", async () => {
  const text = JSON.stringify([
    {
      sentence: "Ada leads Acme Corp .",
      head: { word: "Ada", id: "m.1" },
      tail: { word: "Acme Corp", id: "m.2" },
      relation: "leads",
    },
    { text: "Bo met Ada.", h: { name: "Bo" }, t: { name: "Cy" }, relation: "met" },
  ]);
  expect(detectFormat("train.json", text)?.name).toBe("opennre");
  const { documents, omissions } = await readFiles(opennre, { "": text });
  expect(documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "leads" }]);
  expect(documents[0]?.entities.map(({ start, end }) => [start, end])).toEqual([
    [0, 1],
    [2, 4],
  ]);
  expect(documents[1]?.relations).toEqual([]);
  expect(omissions.map(({ reason }) => reason)).toEqual(['the sentence does not have "Cy"; the relation was left out']);
});

test("tokens with names in lower case, and text with characters, are read without a note", async () => {
  const read = await readFiles(opennre, {
    "": print([
      {
        token: ["Vera", "Lind", "leads", "Tarn", "."],
        h: { name: "vera lind", pos: [0, 2] },
        t: { name: "tarn", pos: [3, 4] },
        relation: "leads",
      },
      {
        text: "🚀 Tarn is based in Ulm.",
        h: { name: "Tarn", pos: [2, 6] },
        t: { name: "Ulm", pos: [19, 22] },
        relation: "based_in",
      },
    ]),
  });
  expect(read.omissions).toEqual([]);
  expect(read.documents.map(({ entities }) => entities)).toEqual([
    [
      { start: 0, end: 2, type: null },
      { start: 3, end: 4, type: null },
    ],
    [
      { start: 1, end: 2, type: null },
      { start: 5, end: 6, type: null },
    ],
  ]);
  expect(read.documents.map(({ relations }) => relations)).toEqual([
    [{ head: 0, tail: 1, type: "leads" }],
    [{ head: 0, tail: 1, type: "based_in" }],
  ]);
});

test("offsets in UTF-16 units are detected from the names", async () => {
  const { documents } = await readFiles(opennre, {
    "": print([
      { text: "🚀 Tarn is in Ulm.", h: { name: "Tarn", pos: [3, 7] }, t: { name: "Ulm", pos: [14, 17] }, relation: "in" },
    ]),
  });
  expect(documents[0]?.entities.map(({ start }) => start)).toEqual([1, 4]);
});

test("the lines of one sentence are one sentence; OpenNRE's negative labels make no relation", async () => {
  const sentence = { token: ["Ana", "met", "Bo", "and", "Cy"] };
  const [h, t, other] = [0, 2, 4].map((at) => ({ pos: [at, at + 1] }));
  const { documents } = await readFiles(opennre, {
    "": print([
      { ...sentence, h, t, relation: "met" },
      { token: ["Bo", "left"], h, t: h, relation: "NA" },
      { ...sentence, h, t: other, relation: "met" },
      { ...sentence, h: t, t: other, relation: "NA" },
    ]),
  });
  expect(documents).toHaveLength(2);
  expect(documents[0]?.entities.map(({ start }) => start)).toEqual([0, 2, 4]);
  expect(documents[0]?.relations).toEqual([
    { head: 0, tail: 1, type: "met" },
    { head: 0, tail: 2, type: "met" },
  ]);
});

test("the option replaces the negative labels, and a type with such a name is reported when written", async () => {
  const files = { "": print([{ token: ["Ana", "met", "Bo"], h: { pos: [0, 1] }, t: { pos: [2, 3] }, relation: "Other" }]) };
  const read = await readFiles(opennre, files, { negatives: ["none"] });
  expect(read.documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "Other" }]);
  const { omissions } = await writeFiles(opennre, read.documents);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    'relations[0].type: in this format the type "Other" means no relation',
  ]);
});

test("lines without a pair are sentences, each for itself", async () => {
  const { documents, omissions } = await readFiles(opennre, { "": print([{ text: "It rains." }, { text: "It rains." }]) });
  expect(documents.map(({ text, entities }) => ({ text, entities }))).toEqual([
    { text: "It rains.", entities: [] },
    { text: "It rains.", entities: [] },
  ]);
  expect(omissions).toEqual([]);
});

test("is detected whatever the file is called", () => {
  for (const name of ["wiki80_train.txt", "train.jsonl", "train"]) expect(detectFormat(name, print(lines))?.name).toBe("opennre");
});
