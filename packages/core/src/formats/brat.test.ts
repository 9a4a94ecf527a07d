import fc from "fast-check";
import { expect, test } from "vitest";
import { charSpan, type Document, notesOf, type Span, sentencesOf, withNotes } from "../schema/index.ts";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { brat } from "./brat.ts";
import { parseBratSchema } from "./brat-schema.ts";
import { conll } from "./conll.ts";
import { jsonl } from "./jsonl.ts";

const ada = adaDocument();
const ann = `T1	PER 2 14	Ada Lovelace
T2	ORG 22 31	Acme Corp
T3	LOC 35 40	Paris
T4	ORG 42 51	Acme Corp
R1	works_for Arg1:T1 Arg2:T2
R2	based_in Arg1:T2 Arg2:T3
`;
const conf = `[entities]
PER
ORG
LOC

[relations]
works_for	Arg1:PER, Arg2:ORG
based_in	Arg1:ORG, Arg2:LOC

[events]

[attributes]
`;

describeFormat(brat, { documents: [ada], files: { "doc-1.ann": ann, "doc-1.txt": ada.text, "annotation.conf": conf } }, [
  {
    what: "an offset beyond the text",
    change: ["42 51	Acme Corp", "42 99	Apex"],
    says: "doc-1.ann:4 T4: the characters 42 to 99 are not in the text, which has 66 (SPAN_OUTSIDE)",
  },
  {
    what: "a start behind the end",
    change: ["2 14", "14 2"],
    says: "doc-1.ann:1 T1: the piece from 14 to 2 is empty (SPAN_EMPTY)",
  },
  {
    what: "words that the text does not have there",
    change: ["2 14	Ada", "2 14	Eva"],
    says: 'doc-1.ann:1 T1: the text has "Ada Lovelace" where the file says "Eva Lovelace"; the offsets were used',
  },
  {
    what: "words that the text has elsewhere",
    change: ["22 31	Acme", "20 29	Acme"],
    says: 'doc-1.ann:2 T2: the offsets point to "d Acme Co"; "Acme Corp" was found 2 characters after that place and used',
  },
  {
    what: "an offset beyond the text, with words that it has",
    change: ["42 51	Acme Corp", "42 99	Acme Corp"],
    says: 'doc-1.ann:4 T4: the offsets end beyond the text; "Acme Corp" was found',
  },
  {
    what: "words that the text does not have",
    change: ["2 14	Ada Lovelace", "2 14	Copper Forge"],
    says: /^doc-1.ann:1 T1: the text has "Ada Lovelace" where the file says "Copper Forge", .* \(WORDS_DISAGREE\)$/,
  },
  {
    what: "a span that ends inside a token",
    change: ["2 14	Ada Lovelace", "2 9	Ada Lov"],
    says: /^doc-1.ann:1 T1: "Ada Lov" ends inside the token "Lovelace", which was split there$/,
  },
  {
    what: "a relation to a mention that is not there",
    change: ["Arg2:T3", "Arg2:T9"],
    says: "doc-1.ann:6 R2: Arg2 names T9, but no line of this file defines it (RELATION_END_MISSING)",
  },
  {
    what: "a relation without a type",
    change: ["works_for Arg1", "Arg1"],
    says: /^doc-1.ann:5 R1: expected a type and two ends/,
  },
  {
    what: "an id given twice",
    change: ["T2	ORG", "T1	ORG"],
    says: "doc-1.ann:2 T1: the id T1 is a duplicate; it is first on line 1 (FIELD_INVALID)",
  },
  {
    what: "a mention of several pieces",
    change: ["2 14	Ada Lovelace", "2 5;22 26	Ada Acme"],
    says: "doc-1.ann:1 T1: the mention has 2 pieces; read as one stretch from the first to the last",
  },
  {
    what: "pieces that overlap",
    change: ["2 14	", "2 9;6 14	"],
    says: "doc-1.ann:1 T1: the pieces of the mention overlap at character 6 (FIELD_INVALID)",
  },
  { what: "an event", change: ["R2	", "E1	Hire:T2\nR2	"], says: "doc-1.ann:6 E1: Weft has no events" },
  { what: "an attribute", change: ["R2	", "A1	Negated T2\nR2	"], says: "doc-1.ann:6 A1: Weft has no attributes of mentions" },
  {
    what: "a note of another kind",
    change: ["R2	", "#1	Normalization T2	sure?\nR2	"],
    says: "doc-1.ann:6 #1: Weft has only the notes of annotators, on mentions and relations",
  },
  {
    what: "a note on a mention that is not there",
    change: ["R2	", "#1	AnnotatorNotes T9	sure?\nR2	"],
    says: "doc-1.ann:6 #1: it is about T9, which is not among what was read",
  },
  {
    what: "a reference",
    change: ["R2	", "N1	Reference T2 Wikidata:Q1	x\nR2	"],
    says: "doc-1.ann:6 N1: Weft has no references",
  },
  {
    what: "an equivalence",
    change: ["R2	", "*	Equiv T2 T4\nR2	"],
    says: "doc-1.ann:6 *: Weft has no equivalence of mentions",
  },
  { what: "a relation to an event", change: ["Arg2:T3", "Arg2:E1\nE1	Hire:T2"], says: "doc-1.ann:6 R2: E1 is not a mention" },
  {
    what: "other roles",
    change: ["Arg1:T1 Arg2:T2", "Agent:T1 Place:T2"],
    says: "doc-1.ann:5 R1: the roles Agent and Place cannot be stored",
  },
]);

test("refuses an annotation without its text", async () => {
  await expect(readFiles(brat, { "x.ann": ann })).rejects.toThrow("x.ann: the text of this annotation is missing");
});

test("a mention across a line break is one entity, in brat's pieces", async () => {
  const text = "the Acme \n  Corp of Oslo";
  const files = { "d.txt": text, "d.ann": "T1\tORG 4 8;12 16\tAcme Corp\n" };
  const { documents, omissions } = await readFiles(brat, files);
  expect(omissions).toEqual([]);
  expect(documents[0]?.entities).toEqual([{ start: 1, end: 3, type: "ORG" }]);
  expect((await writeFiles(brat, documents)).files).toMatchObject(files);
});

test("detects offsets in UTF-16 units, or with the byte order mark, from the words", async () => {
  const utf16 = ann.replace("2 14", "3 15").replace("22 31", "23 32").replace("35 40", "36 41").replace("42 51", "43 52");
  for (const text of [ada.text, `\uFEFF${ada.text}`]) {
    const { documents, omissions } = await readFiles(brat, { "doc-1.ann": utf16, "doc-1.txt": text });
    expect({ entities: documents[0]?.entities, omissions }).toEqual({ entities: ada.entities, omissions: [] });
  }
  const marked = "\uFEFFAda left.";
  const { documents, omissions } = await readFiles(brat, { "d.ann": "T1\tPER 1 4\tAda\n", "d.txt": marked });
  expect({ entities: documents[0]?.entities, omissions }).toEqual({
    entities: [{ start: 0, end: 1, type: "PER" }],
    omissions: [],
  });
});

/** A text of many lines with names in the last one, and annotation that counts its line ends. */
function lined(lineEnd: string, counted: number): { text: string; ann: string } {
  const first = Array.from({ length: 30 }, (_, index) => `Line ${index} has a 🚀 in it.${lineEnd}`).join("");
  const start = Array.from(first).length + 30 * (counted - lineEnd.length);
  const text = `${first}Lena Hart left Red${lineEnd}Stone Works.${lineEnd}`;
  const end = start + 18 + counted;
  const stone = `${start + 15} ${start + 18};${end} ${end + 11}`;
  return { text, ann: `T1\tPER ${start} ${start + 9}\tLena Hart\nT2\tORG ${stone}\tRed Stone Works\nR1\tleft Arg1:T1 Arg2:T2\n` };
}

test.each([
  ["\r\n", 1],
  ["\r\n", 2],
  ["\n", 1],
  ["\n", 2],
])("line ends %j count as %i characters if the words say so", async (lineEnd, counted) => {
  const { text, ann } = lined(lineEnd, counted);
  const { documents, omissions } = await readFiles(brat, { "d.ann": ann, "d.txt": text });
  expect(omissions).toEqual([]);
  const [document] = documents as [Document];
  expect(document.entities.map((entity) => wordsAt(document, entity))).toEqual(["Lena Hart", `Red${lineEnd}Stone Works`]);
  expect(document.relations).toHaveLength(1);
  expect(sentencesOf(document).omissions).toEqual([]);
});

test("in a text that lost line ends in some places, each mention is where its words are", async () => {
  const text = "One.\r\nTwo.\nThree.\r\nLena met Ines.\nLena left.";
  const ann = "T1\tPER 23 27\tLena\nT2\tPER 32 36\tInes\nT3\tPER 39 43\tLena\n";
  const { documents, omissions } = await readFiles(brat, { "d.ann": ann, "d.txt": text });
  const [document] = documents as [Document];
  expect(document.entities.map((entity) => charSpan(document, entity).start)).toEqual([19, 28, 34]);
  expect(omissions.every(({ kind }) => kind === "disagreeing")).toBe(true);
});

test("a mention keeps its characters, without white space, whatever the tokens are", async () => {
  const text = " Take 5mg of COVID-19-related (salt), Dr. Hart.";
  const pieces: [number, number][] = [
    [5, 7],
    [7, 10],
    [13, 21],
    [30, 36],
    [31, 35],
    [37, 46],
  ];
  const ann = pieces.map(([start, end], index) => `T${index + 1}\tX ${start} ${end}\t${text.slice(start, end)}\n`).join("");
  const [document] = (await readFiles(brat, { "d.ann": ann, "d.txt": text })).documents as [Document];
  expect(document.entities.map((entity) => wordsAt(document, entity))).toEqual([
    "5",
    "mg",
    "COVID-19",
    "(salt)",
    "salt",
    "Dr. Hart",
  ]);
});

function wordsAt(document: Document, span: Span): string {
  const { start, end } = charSpan(document, span);
  return document.text.slice(start, end);
}

test("ids that are not file names get unique ones, which is reported", async () => {
  const ids = ["a/b", "A_b", "../x", "con", "plain", "plain"];
  const { files, omissions } = await writeFiles(
    brat,
    ids.map((id) => adaDocument(id)),
  );
  const names = Object.keys(files).filter((name) => name.endsWith(".ann"));
  expect(names).toEqual(["a_b.ann", "A_b-2.ann", "__x.ann", "_con.ann", "plain.ann", "plain-2.ann"]);
  expect(omissions.map(({ source, path }) => `${source} ${path}`)).toEqual(["a/b id", "A_b id", "../x id", "con id", "plain id"]);
});

test("annotation.conf determines which role is the head", async () => {
  const conf = "[relations]\nworks_for Employer:ORG, Employee:<ENTITY>\n<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>\n";
  const turned = ann.replace("Arg1:T1 Arg2:T2", "Employee:T1 Employer:T2");
  const { documents } = await readFiles(brat, { "d.ann": turned, "d.txt": ada.text, "annotation.conf": conf });
  expect(documents[0]?.relations[0]).toEqual({ head: 1, tail: 0, type: "works_for" });
});

test("reads annotation.conf with comments, tree, macros and symmetric relations", () => {
  expect(parseBratSchema(conf).print()).toBe(conf);
  const schema = parseBratSchema(
    "\uFEFF# types\r\n[entities]\r\n!Place\n\tLOC\n\t\tCity\n-----\nPER\n<NAMED>=PER|LOC\n" +
      "[relations]\nin\tArg1:City, Arg2:LOC|City\nin Arg1:PER, Arg2:LOC\n\tborn_in\nmet Arg1:PER, Arg2:<NAMED>, <REL-TYPE>:symmetric-transitive\n" +
      "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:contain\n[events]\nHire x:LOC\n",
  );
  const printed =
    "[entities]\n!Place\n\tLOC\n\t\tCity\nPER\n\n[relations]\nin\tArg1:City, Arg2:LOC|City\nin\tArg1:PER, Arg2:LOC\n" +
    "\tborn_in\tArg1:City, Arg2:LOC|City\n\tborn_in\tArg1:PER, Arg2:LOC\nmet\tArg1:PER, Arg2:PER|LOC, <REL-TYPE>:symmetric\n\n[events]\n\n[attributes]\n";
  expect(schema.print()).toBe(printed);
  expect(parseBratSchema(printed).print()).toBe(printed);
});

test.each<[string, string, string, string | undefined]>([
  ["in", "PER", "LOC", undefined],
  ["in", "PER", "City", undefined],
  ["in", "City", "City", undefined],
  ["in", "LOC", "PER", '"in" goes from LOC to PER, but annotation.conf declares it from PER to Place; it was kept'],
  ["in", "ORG", "LOC", '"in" goes from ORG to LOC, but annotation.conf declares it from PER to Place; it was kept'],
  ["met", "LOC", "PER", undefined],
  ["any", "ORG", "LOC", undefined],
  ["bare", "ORG", "LOC", undefined],
  ["inn", "PER", "LOC", 'annotation.conf declares no relation type "inn"; it was kept'],
])("%s from %s to %s against annotation.conf", (type, head, tail, expected) => {
  const schema = parseBratSchema(
    "[entities]\n!Place\n\tLOC\n\tCity\nPER\n[relations]\nin Arg1:PER|City, Arg2:Place\nmet Arg1:PER, Arg2:Place, <REL-TYPE>:symmetric\nany Arg1:<ENTITY>, Arg2:<ANY>\nbare\n",
  );
  expect(schema.disagreementOfRelation(type, head, tail)).toBe(expected?.replace("PER to", "PER|City to"));
  expect(schema.disagreementOfEntity("Place")).toContain("as a heading");
  expect(schema.disagreementOfEntity("City")).toBeUndefined();
});

test("keeps and reports annotation that annotation.conf does not declare", async () => {
  const wrong = ann.replace("T3\tLOC", "T3\tLOK").replace("R1\tworks_for Arg1:T1 Arg2:T2", "R1\tworks_for Arg1:T2 Arg2:T1");
  const { documents, omissions } = await readFiles(brat, { "d.ann": wrong, "d.txt": ada.text, "annotation.conf": conf });
  expect(documents[0]?.entities).toHaveLength(4);
  expect(documents[0]?.relations[0]).toEqual({ head: 1, tail: 0, type: "works_for" });
  expect(omissions).toEqual([
    {
      source: "d.ann",
      line: 3,
      path: "T3",
      kind: "undeclared",
      reason: 'annotation.conf declares no entity type "LOK"; it was kept',
    },
    {
      source: "d.ann",
      line: 5,
      path: "R1",
      kind: "undeclared",
      reason: '"works_for" goes from ORG to PER, but annotation.conf declares it from PER to ORG; it was kept',
    },
    {
      source: "d.ann",
      line: 6,
      path: "R2",
      kind: "undeclared",
      reason: '"based_in" goes from ORG to LOK, but annotation.conf declares it from ORG to LOC; it was kept',
    },
  ]);
});

test("orders the ends of symmetric relations by the text, and uses a conf in a folder above", async () => {
  const above = "[relations]\nworks_for Arg1:<ENTITY>, Arg2:<ENTITY>, <REL-TYPE>:symmetric\nbased_in Arg1:ORG, Arg2:LOC\n";
  const turned = ann.replace("Arg1:T1 Arg2:T2", "Arg1:T2 Arg2:T1");
  const { documents, omissions } = await readFiles(brat, { "d.ann": turned, "d.txt": ada.text, "../../annotation.conf": above });
  expect(documents[0]?.relations[0]).toEqual({ head: 0, tail: 1, type: "works_for" });
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    'R1: "works_for" is symmetric; the end that comes first in the text became the head',
  ]);
});

test("any annotation.conf can be read, and printing it preserves its meaning", () => {
  const piece = fc.constantFrom(
    "[entities]",
    "[relations]",
    "\t",
    "\n",
    "\n",
    "PER",
    "!X",
    "in ",
    "Arg1:",
    "Arg2:",
    "<A>",
    "=",
    "|",
    ",",
    "<REL-TYPE>:symmetric",
    "#",
    "[",
    "!",
    "-",
    "\0",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.string({ unit: "binary", maxLength: 20 }), (pieces, noise) => {
      const printed = parseBratSchema([...pieces, noise].join("")).print();
      expect(parseBratSchema(printed).print()).toBe(printed);
    }),
    { numRuns: 500 },
  );
});

test("notes of annotators are kept; one on the whole document goes to its first mention", async () => {
  const notes = [{ text: "the firm?", entity: 1 }, { text: "since when", relation: 0 }, { text: "two\nlines" }];
  const { files, omissions } = await writeFiles(brat, [withNotes(ada, notes)]);
  expect(files["doc-1.ann"]).toBe(
    `${ann}#1\tAnnotatorNotes T2\tthe firm?\n#2\tAnnotatorNotes R1\tsince when\n#3\tAnnotatorNotes T1\ttwo lines\n`,
  );
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual(["notes[2]: line breaks of the note became spaces"]);
  const { documents } = await readFiles(brat, files);
  expect(documents.flatMap(notesOf)).toEqual([...notes.slice(0, 2), { text: "two lines", entity: 0 }]);
  const empty = await writeFiles(brat, [{ ...withNotes(ada, [{ text: "nothing here" }]), entities: [], relations: [] }]);
  expect(empty.omissions.map(({ reason }) => reason)).toEqual([
    "brat has notes on mentions and relations only, and there is none",
  ]);
  const words = await writeFiles(conll, [withNotes(ada, notes)]);
  expect(words.omissions.map(({ path }) => path)).toContain("metadata.notes");
  const lines = await writeFiles(jsonl, [withNotes(ada, notes)]);
  expect((await readFiles(jsonl, lines.files)).documents.flatMap(notesOf)).toEqual(notes);
});
