import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { biocJson } from "./bioc-json.ts";
import { detectFormat } from "./formats.ts";

const ada = adaDocument();
const mention = (number: number, type: string, offset: number, text: string) => ({
  id: `T${number}`,
  infons: { type },
  text,
  locations: [{ offset, length: text.length }],
});
const link = (number: number, type: string, first: string, second: string) => ({
  id: `R${number}`,
  infons: { type },
  nodes: [
    { refid: first, role: "Arg1" },
    { refid: second, role: "Arg2" },
  ],
});
const document = {
  id: "doc-1",
  infons: {},
  passages: [
    {
      offset: 0,
      infons: {},
      text: ada.text,
      sentences: [],
      annotations: [
        mention(1, "PER", 2, "Ada Lovelace"),
        mention(2, "ORG", 22, "Acme Corp"),
        mention(3, "LOC", 35, "Paris"),
        mention(4, "ORG", 42, "Acme Corp"),
      ],
      relations: [],
    },
  ],
  annotations: [],
  relations: [link(1, "works_for", "T1", "T2"), link(2, "based_in", "T2", "T3")],
};
const example = `{"source":"Weft","date":"","key":"","infons":{},"documents":[\n${JSON.stringify(document)}\n]}\n`;

describeFormat(biocJson, { documents: [ada], files: { "": example } }, [
  {
    what: "a location beyond the text",
    change: ['"offset":42', '"offset":422'],
    says: "main:1 [0].documents[0].passages[0].annotations[3]: the characters 422 to 431 are in no passage (SPAN_OUTSIDE)",
  },
  {
    what: "a passage without an offset",
    change: ['"passages":[{"offset":0,', '"passages":[{'],
    says: "main:1 [0].documents[0].passages[0].offset: the field is missing, expected a number (FIELD_MISSING)",
  },
  {
    what: "words that the text does not have there",
    change: ['"text":"Paris"', '"text":"Rome"'],
    says: /^main:1 \[0\]\.documents\[0\]\.passages\[0\]\.annotations\[2\]: the text has "Paris" where the file says "Rome"/,
  },
  {
    what: "a node without an annotation",
    change: ['"refid":"T3"', '"refid":"T9"'],
    says: /relations\[1\]: a node names "T9", but no annotation of the document has this id \(RELATION_END_MISSING\)$/,
  },
  {
    what: "a list that is not one",
    change: ['"relations":[]}', '"relations":7}'],
    says: /passages\[0\]\.relations: expected a list, found 7 \(FIELD_INVALID\)$/,
  },
]);

test("a document per line, a list of collections and PubTator's answer are read", async () => {
  const line = JSON.stringify(document);
  for (const text of [
    line,
    `[{"source":"PubMed","documents":[${line}]}]`,
    `{"PubTator3":[${line}]}`,
    JSON.stringify({ documents: [document] }, null, 2),
  ]) {
    expect(detectFormat("a.json", text)?.name).toBe("bioc-json");
    const { documents, omissions } = await readFiles(biocJson, { "": text });
    expect(omissions).toEqual([]);
    expect(documents).toEqual([ada]);
  }
});

test("the beginning of a collection on one line, or over many, is enough to recognise it", () => {
  for (const spaces of [undefined, 2]) {
    const text = JSON.stringify({ source: "PubMed", infons: {}, documents: [document, document] }, null, spaces);
    expect(detectFormat("a.json", text.slice(0, 600))?.name).toBe("bioc-json");
  }
});

test("PubTator's relations name concepts by objects or by words with a bar", async () => {
  const about = (type: string, identifier: string) => ({ type, identifier });
  const mentions = [
    { ...mention(1, "Chemical", 0, "Belofen"), infons: about("Chemical", "MESH:C01") },
    { ...mention(2, "Disease", 15, "tremor"), infons: about("Disease", "MESH:D02") },
  ];
  const nodes = [{ refid: "R0", role: "0,1" }];
  for (const [role1, role2] of [
    [about("Chemical", "MESH:C01"), about("Disease", "MESH:D02")],
    ["Chemical|MESH:C01", "Disease|MESH:D02"],
  ]) {
    const text = JSON.stringify({
      id: "5",
      passages: [{ offset: 0, infons: { section: "Title" }, text: "Belofen caused tremor.", annotations: mentions }],
      relations: [{ id: "R0", infons: { type: "Cause", score: "0.9", role1, role2 }, nodes }],
    });
    const { documents, omissions } = await readFiles(biocJson, { "": text });
    expect(documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "Cause" }]);
    expect(omissions.map(({ path }) => path)).toEqual([
      "[0].passages[0].annotations[0].infons",
      "[0].passages[0].annotations[1].infons",
      "[0].infons",
      "[0].relations[0].infons",
    ]);
  }
});

test("passages without annotation are documents without annotation", async () => {
  const text = '{"id":"1","passages":[{"offset":0,"text":"It rains."}]}\n{"id":"2","passages":[]}\n';
  const { documents, omissions } = await readFiles(biocJson, { "": text });
  expect(documents.map(({ id, text }) => `${id} ${text}`)).toEqual(["1 It rains.", "2 "]);
  expect(omissions).toEqual([]);
});
