import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { conll04 } from "./conll04.ts";

const names: Readonly<Record<string, string>> = {
  PER: "Peop",
  ORG: "Org",
  LOC: "Loc",
  works_for: "Work_For",
  based_in: "OrgBased_In",
};
const tags = ["SYM NNP NNP VBD NNP NNP IN NNP .", "NNP NNP VBZ NNS ."];
const documents = adaSentences({ typed: true }).map((document, index) => ({
  ...document,
  entities: document.entities.map((entity) => ({ ...entity, type: names[entity.type ?? ""] as string })),
  relations: document.relations.map((relation) => ({ ...relation, type: names[relation.type] as string })),
  pos: tags[index]?.split(" ") ?? [],
}));

const example = `0	O	0	O	SYM	🚀	O	O	O
0	Peop	1	O	NNP/NNP	Ada/Lovelace	O	O	O
0	O	2	O	VBD	joined	O	O	O
0	Org	3	O	NNP/NNP	Acme/Corp	O	O	O
0	O	4	O	IN	in	O	O	O
0	Loc	5	O	NNP	Paris	O	O	O
0	O	6	O	.	.	O	O	O

1	3	Work_For
3	5	OrgBased_In

1	Org	0	O	NNP/NNP	Acme/Corp	O	O	O
1	O	1	O	VBZ	makes	O	O	O
1	O	2	O	NNS	engines	O	O	O
1	O	3	O	.	.	O	O	O


`;

describeFormat(conll04, { documents, files: { "": example } }, [
  {
    what: "a relation to a row that is not there",
    change: ["3	5	Org", "3	15	Org"],
    says: 'main:10: the relation names row "15", which its sentence does not have (RELATION_END_MISSING)',
  },
  {
    what: "a relation to a row that is no entity",
    change: ["3	5	Org", "3	6	Org"],
    says: /^main:10 .*row 6 is not an entity; one without a type was created$/,
  },
  { what: "a relation without a label", change: ["1	3	Work_For", "1	3	"], says: /^main:9 .*the relation has no label/ },
  {
    what: "a row that lacks a column",
    change: ["in	O	O	O", "in	O	O"],
    says: "main:5: expected 9 columns for a word, or 3 for a relation after its sentence, found 8 (FIELD_INVALID)",
  },
  {
    what: "a row number that comes twice",
    change: ["0	O	2	O", "0	O	1	O"],
    says: 'main:3: the sentence has two rows with the number "1" (FIELD_INVALID)',
  },
  {
    what: "another number of words than of tags",
    change: ["NNP/NNP	Ada/Lovelace", "NNP/NNP	Ada/Byron/Lovelace"],
    says: /^main:2 .*3 words between slashes for 2 tags; the row was split at every slash$/,
  },
]);

const row = (columns: string) => columns.split(" ").join("\t");
const surfaces = async (file: string) =>
  (await readFiles(conll04, { "": file })).documents.map((document) => document.tokens.map(({ text }) => text).join(" "));

test("marks have their own spellings, and a slash in a single word stays", async () => {
  const file = [row("7 O 0 O -LRB- -LRB- O O O"), row("7 O 1 O CC and/or O O O"), row("7 O 2 O , COMMA O O O"), "", "", ""];
  expect(await surfaces(file.join("\n"))).toEqual(["( and/or ,"]);
  const { documents } = await readFiles(conll04, { "": file.join("\n") });
  expect(documents[0]?.pos).toEqual(["-LRB-", "CC", ","]);
  const { files } = await writeFiles(conll04, documents);
  expect(files[""]).toBe(file.join("\n").replaceAll("7\t", "0\t"));
});

test("reads a last sentence without trailing empty lines, with and without relations", async () => {
  const words = [row("0 Peop 0 O NNP Ada O O O"), row("0 Org 1 O NNP Acme O O O")].join("\n");
  expect(await surfaces(words)).toEqual(["Ada Acme"]);
  const { documents } = await readFiles(conll04, { "": `${words}\n\n${row("0 1 Work_For")}` });
  expect(documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "Work_For" }]);
});

test("empty lines separate sentences even if their numbers are equal", async () => {
  const word = (text: string) => row(`5 O 0 O NN ${text} O O O`);
  expect(await surfaces(`${word("one")}\n\n\n${word("two")}\n\n\n`)).toEqual(["one", "two"]);
  expect(await surfaces(`${word("one")}\n\n${word("two")}\n`)).toEqual(["one", "two"]);
});

test("writing reports what a reader would misread", async () => {
  const [ada] = adaSentences({ typed: true });
  const tokens = ada.tokens.map((token, index) => ({ ...token, text: ["COMMA", "A/B", "C\tD"][index] ?? token.text }));
  const { omissions } = await writeFiles(conll04, [{ ...ada, tokens }]);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    'tokens[0]: a reader will take the word for ","',
    "tokens[2]: the word contains a tab or a line break; written as spaces",
    "entities[0]: a word contains a slash, which the format uses to join words",
  ]);
});
