import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { detectFormat } from "./formats.ts";
import { pubtator } from "./pubtator.ts";

const ada = adaDocument();
const example = `doc-1|t|🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines.
doc-1|a|
doc-1	2	14	Ada Lovelace	PER	T1
doc-1	22	31	Acme Corp	ORG	T2
doc-1	35	40	Paris	LOC	T3
doc-1	42	51	Acme Corp	ORG	-
doc-1	works_for	T1	T2
doc-1	based_in	T2	T3

`;

describeFormat(pubtator, { documents: [ada], files: { "": example } }, [
  {
    what: "an offset beyond the text",
    change: ["42	51", "42	99"],
    says: "main:6 mention: the characters 42 to 99 are not in the text, which has 66 (SPAN_OUTSIDE)",
  },
  {
    what: "words that the text does not have there",
    change: ["Paris	LOC", "Rome	LOC"],
    says: 'main:5 mention: the text has "Paris" where the file says "Rome"; the offsets were used',
  },
  {
    what: "a relation to a concept without a mention",
    change: ["T2	T3", "T2	T9"],
    says: 'main:8 relation: no mention has the concept "T9"; the relation was left out',
  },
  {
    what: "a line of another document",
    change: ["doc-1	35", "doc-2	35"],
    says: 'main:5: expected the document "doc-1" in the first column, found "doc-2" (FIELD_INVALID)',
  },
  {
    what: "a mention with too few columns",
    change: ["	Paris	LOC	T3", ""],
    says: "main:5: expected ID, start, end, words, type and concept between tabs, found too few columns (FIELD_INVALID)",
  },
  {
    what: "a line that is neither a mention nor a relation",
    change: ["doc-1	works_for	T1	T2", "doc-1	works_for"],
    says: /^main:7: expected a mention .* or a relation/,
  },
  {
    what: "an abstract of another document",
    change: ["doc-1|a|", "doc-2|a|"],
    says: 'main:2: expected the document "doc-1", found "doc-2" (FIELD_INVALID)',
  },
  {
    what: "a mention before the text",
    change: ["doc-1|t|", "doc-1	1	2	x	y	z\n\ndoc-1|t|"],
    says: /^main:1: expected ID\|t\|title, found/,
  },
]);

const said = (omissions: readonly { line?: number | undefined; path?: string | undefined; reason: string }[]) =>
  omissions.map(({ line, path, reason }) => `${line} ${path}: ${reason}`);

const trial = `77|t|Belofen and tremor
77|a|Belofen caused tremor in two men. Neither had tremor before. Rash followed later in one.
77	0	7	Belofen	Chemical	MESH:C01
77	12	18	tremor	Disease	D02
77	19	26	Belofen	Chemical	MESH:C01
77	34	40	tremor	Disease	D02|D07	tremor|shaking
77	65	71	tremor	Disease	D02
77	80	84	Rash	Disease	D05
77	CID	C01	D02
77	Association	C01	D05	Novel
77	Association	D05	-1
`;

test("a relation between concepts becomes one of every pair of mentions in one sentence, or of the nearest", async () => {
  const { documents, omissions } = await readFiles(pubtator, { "": trial });
  const [document] = documents;
  const places = document?.relations.map(
    ({ head, tail, type }) => `${type} ${document.entities[head]?.start} ${document.entities[tail]?.start}`,
  );
  expect(places).toEqual(["CID 0 2", "CID 3 5", "Association 3 15"]);
  expect(said(omissions)).toEqual([
    "6 mention: the parts of a composite mention cannot be stored; it was read whole",
    "10 relation: whether the relation is new cannot be stored",
    "3 concept: Weft has no ids of concepts",
    "4 concept: Weft has no ids of concepts",
    "5 concept: Weft has no ids of concepts",
    "6 concept: Weft has no ids of concepts",
    "7 concept: Weft has no ids of concepts",
    "8 concept: Weft has no ids of concepts",
    "9 relation: the relation is between concepts; it became 2 between their mentions in one sentence",
    "10 relation: the relation is between concepts; the nearest mentions, in different sentences, were related",
    '11 relation: no mention has the concept "-1"; the relation was left out',
  ]);
});

test("the title ends a sentence, and the abstract begins one character later", async () => {
  const { documents } = await readFiles(pubtator, { "": trial });
  expect(documents[0]?.text.startsWith("Belofen and tremor\nBelofen caused")).toBe(true);
  expect(documents[0]?.sentences).toHaveLength(4);
});

test("ids match with and without their source, in parts of composites, and variants keep their bars", async () => {
  const relation = async (first: string, second: string, ids: readonly [string, string]) => {
    const file = `1|t|A with B.\n1|a|\n1\t0\t1\tA\tGene\t${first}\n1\t7\t8\tB\tGene\t${second}\n1\tr\t${ids[0]}\t${ids[1]}\n`;
    return (await readFiles(pubtator, { "": file })).documents[0]?.relations;
  };
  const found = [{ head: 0, tail: 1, type: "r" }];
  expect(await relation("D1|D2", "MESH:D3", ["D2", "D3"])).toEqual(found);
  expect(await relation("12,13", "p|SUB|V|600|E", ["13", "p|SUB|V|600|E"])).toEqual(found);
  expect(await relation("12", "p|SUB|V|600|E", ["12", "600"])).toEqual([]);
  expect(await relation("D1", "D2", ["D1|D9", "D2"])).toEqual(found);
  expect(await relation("D1", "D2", ["Chemical|MESH:D1", "Disease|MESH:D2"])).toEqual(found);
});

test("documents need no empty line between them, and text alone is a document", async () => {
  const { documents, omissions } = await readFiles(pubtator, { "": "1|t|One.\n1|a|Two.\n2|t|Three.\n3|t|Four.\n3|a|\n" });
  expect(documents.map(({ id, text }) => `${id} ${text}`)).toEqual(["1 One.\nTwo.", "2 Three.", "3 Four."]);
  expect(omissions).toEqual([]);
});

test("text of several lines keeps its offsets; the first line is the title", async () => {
  const text = "Acme\n\nAda left\r\nAcme.";
  const tokens = [..."Acme Ada left Acme .".split(" ")].map((word, index) => {
    const start = [0, 6, 10, 16, 20][index] ?? 0;
    return { text: word, start, end: start + word.length };
  });
  const document = {
    ...{ id: "a|b", text, tokens, sentences: [{ start: 0, end: 5 }], metadata: {} },
    entities: [
      { start: 0, end: 1, type: "ORG" },
      { start: 2, end: 4, type: "X" },
    ],
    relations: [],
  };
  const { files, omissions } = await writeFiles(pubtator, [document]);
  expect(files[""]).toBe("a_b|t|Acme\na_b|a| Ada left  Acme.\na_b\t0\t4\tAcme\tORG\t-\na_b\t10\t20\tleft  Acme\tX\t-\n\n");
  expect(said(omissions)).toEqual(['undefined id: the format does not allow this id; it is written as "a_b"']);
  const again = await readFiles(pubtator, files);
  expect(again.omissions).toEqual([]);
  expect(again.documents[0]?.entities).toEqual(document.entities);
});

test("is detected whatever the file is called", () => {
  for (const name of ["CDR_Train.PubTator.txt", "a.pubtator", "a"]) expect(detectFormat(name, trial)?.name).toBe("pubtator");
});
