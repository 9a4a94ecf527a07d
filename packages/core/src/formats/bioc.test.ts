import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { bioc } from "./bioc.ts";
import { detectFormat } from "./formats.ts";

const ada = adaDocument();
const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>Weft</source><date></date><key></key>
`;
const mention = (number: number, type: string, offset: number, length: number, text: string): string =>
  `<annotation id="T${number}"><infon key="type">${type}</infon><location offset="${offset}" length="${length}"/><text>${text}</text></annotation>`;
const link = (number: number, type: string, first: string, second: string): string =>
  `<relation id="R${number}"><infon key="type">${type}</infon><node refid="${first}" role="Arg1"/><node refid="${second}" role="Arg2"/></relation>`;
const mentions = [
  mention(1, "PER", 2, 12, "Ada Lovelace"),
  mention(2, "ORG", 22, 9, "Acme Corp"),
  mention(3, "LOC", 35, 5, "Paris"),
  mention(4, "ORG", 42, 9, "Acme Corp"),
].join("");
const links = link(1, "works_for", "T1", "T2") + link(2, "based_in", "T2", "T3");
const example = `${head}<document><id>doc-1</id><passage><offset>0</offset><text>${ada.text}</text>${mentions}</passage>${links}</document>
</collection>
`;

describeFormat(bioc, { documents: [ada], files: { "": example } }, [
  {
    what: "a location beyond the text",
    change: ['offset="42"', 'offset="422"'],
    says: "main:4 annotation: the characters 422 to 431 are in no passage (SPAN_OUTSIDE)",
  },
  {
    what: "a location without a length",
    change: ['offset="42" length="9"', 'offset="42" length="0"'],
    says: "main:4 annotation: the location at 42 has the length 0 (SPAN_EMPTY)",
  },
  {
    what: "an offset that is not a number",
    change: ['offset="42"', 'offset="x"'],
    says: 'main:4 location: expected a number, found "x" (FIELD_INVALID)',
  },
  {
    what: "a passage without an offset",
    change: ["<offset>0</offset>", ""],
    says: "main:4 passage: the offset or the length is missing (FIELD_MISSING)",
  },
  {
    what: "words that the text does not have there",
    change: ["<text>Paris</text>", "<text>Rome</text>"],
    says: 'main:4 annotation: the text has "Paris" where the file says "Rome"; the offsets were used',
  },
  {
    what: "an annotation without a location",
    change: ['<location offset="42" length="9"/>', ""],
    says: "main:4 annotation: the annotation has no location; it was left out",
  },
  {
    what: "a node without an annotation",
    change: ['refid="T3"', 'refid="T9"'],
    says: 'main:4 relation: a node names "T9", but no annotation of the document has this id (RELATION_END_MISSING)',
  },
  {
    what: "a relation between relations",
    change: ['refid="T3"', 'refid="R1"'],
    says: /^main:4 relation: the relation ends at another relation/,
  },
  {
    what: "a relation of three",
    change: ['<node refid="T3"', '<node refid="T1" role="Arg3"/><node refid="T3"'],
    says: "main:4 relation: the relation has 3 nodes, and Weft holds only relations of two; it was left out",
  },
  {
    what: "a relation without a type",
    change: ['<infon key="type">based_in</infon>', ""],
    says: "main:4 relation: the relation has no label; it was left out",
  },
  {
    what: "other roles",
    change: ['refid="T3" role="Arg2"', 'refid="T3" role="Place"'],
    says: "main:4 relation: the roles Arg1 and Place cannot be stored; the first is the head, the second the tail",
  },
  {
    what: "an id that several annotations have",
    change: ['id="T4"', 'id="T3"'],
    says: "main:4 relation: several annotations have the id of an end; the relation was left out",
  },
  {
    what: "other infons of an annotation",
    change: ["</infon><location", '</infon><infon key="identifier">D1</infon><location'],
    says: "main:4 annotation.infons: only the type of an annotation can be stored",
  },
  { what: "a tag that is not closed", change: ["</passage>", ""], says: /^main:4:\d+: unexpected close tag \(XML_INVALID\)$/ },
  {
    what: "an entity of its own",
    change: ["joined", "&joined;"],
    says: /^main:4:\d+: undefined entity \(XML_INVALID\)$/,
  },
]);

const passages = (parts: readonly string[]): string => `${head}<document><id>7</id>${parts.join("")}</document></collection>`;
const annotation = (id: string, offset: number, text: string, more = ""): string =>
  `<annotation id="${id}"><infon key="type">X</infon>${more}<location offset="${offset}" length="${text.length}"/><text>${text}</text></annotation>`;

test("passages and sentences are blocks of one text; offsets count in the document", async () => {
  const { documents, omissions } = await readFiles(bioc, {
    "": passages([
      `<passage><infon key="type">title</infon><offset>0</offset><text>Tarn grows</text>${annotation("a", 0, "Tarn")}</passage>`,
      `<passage><offset>20</offset><sentence><offset>20</offset><text>It left Ulm.</text>${annotation("b", 28, "Ulm")}</sentence>`,
      `<sentence><offset>33</offset><text>Ulm wept</text>${annotation("c", 33, "Ulm")}</sentence></passage>`,
      `<relation id="r"><infon key="type">left</infon><node refid="b" role="Arg2"/><node refid="a" role="Arg1"/></relation>`,
    ]),
  });
  const [document] = documents;
  expect(document?.text).toBe("Tarn grows\nIt left Ulm. Ulm wept");
  expect(document?.sentences).toEqual([
    { start: 0, end: 2 },
    { start: 2, end: 6 },
    { start: 6, end: 8 },
  ]);
  expect(document?.entities.map(({ start }) => start)).toEqual([0, 4, 6]);
  expect(document?.relations).toEqual([{ head: 0, tail: 1, type: "left" }]);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "infons: the infons of documents and passages cannot be stored",
  ]);
});

test("offsets may count code points, UTF-16 units or bytes", async () => {
  for (const offset of [15, 16, 19]) {
    const text = "🚀 é joined the Acme.";
    const { documents, omissions } = await readFiles(bioc, {
      "": passages([`<passage><offset>0</offset><text>${text}</text>${annotation("a", offset, "Acme")}</passage>`]),
    });
    expect({ offset, entities: documents[0]?.entities, omissions }).toEqual({
      offset,
      entities: [{ start: 4, end: 5, type: "X" }],
      omissions: [],
    });
  }
});

test("a mention in pieces is the stretch from the first to the last, which is reported", async () => {
  const pieces = '<location offset="15" length="4"/><location offset="0" length="4"/>';
  const { documents, omissions } = await readFiles(bioc, {
    "": passages([
      `<passage><offset>0</offset><text>left and right hand</text><annotation id="a"><infon key="type">X</infon>${pieces}<text>left hand</text></annotation></passage>`,
    ]),
  });
  expect(documents[0]?.entities).toEqual([{ start: 0, end: 4, type: "X" }]);
  expect(omissions.map(({ reason }) => reason)).toEqual([
    "the mention has 2 pieces; read as one stretch from the first to the last",
  ]);
});

test("relations between concepts are read as CDR, BioRED and PubTator's own converter write them", async () => {
  const text = "Belofen caused tremor.";
  const concept = (name: string, id: string): string => `<infon key="${name}">${id}</infon>`;
  const mentions =
    annotation("0", 0, "Belofen", concept("MESH", "C01")) + annotation("1", 15, "tremor", concept("MESH", "D02|D07"));
  for (const relation of [
    '<infon key="relation">CID</infon><infon key="Chemical">C01</infon><infon key="Disease">D02</infon>',
    '<infon key="entity1">C01</infon><infon key="entity2">D02</infon><infon key="type">CID</infon>',
    '<infon key="type">CID</infon><node refid="C01" role="Chemical"/><node refid="D07" role="Disease"/>',
  ]) {
    const { documents } = await readFiles(bioc, {
      "": passages([
        `<passage><offset>0</offset><text>${text}</text>${mentions}</passage><relation id="R0">${relation}</relation>`,
      ]),
    });
    expect(documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "CID" }]);
  }
});

test("a document before a broken one is read", async () => {
  const events = bioc.read([example.replace("</collection>", "<document><id>2</id></passage>")], { source: "a.xml" });
  expect((await events.next()).value).toMatchObject({ kind: "document", document: { id: "doc-1" } });
  await expect(events.next()).rejects.toThrow(/^a\.xml:5:\d+: unexpected close tag/);
});

test("characters that XML cannot hold are replaced, which is reported", async () => {
  const text = "a\u0001b\rc";
  const document = {
    ...ada,
    text,
    tokens: [{ text, start: 0, end: 5 }],
    sentences: [{ start: 0, end: 1 }],
    entities: [],
    relations: [],
  };
  const { files, omissions } = await writeFiles(bioc, [document]);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "text: it has characters that XML cannot hold; each was replaced by another",
  ]);
  expect((await readFiles(bioc, files)).documents[0]?.text).toBe("a\u2401b\rc");
});

test("is detected whatever the file is called", () => {
  for (const name of ["CDR_Training.BioC.xml", "a.txt"]) expect(detectFormat(name, example)?.name).toBe("bioc");
});
