import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { conllu } from "./conllu.ts";
import { detectFormats } from "./formats.ts";

const documents = adaSentences({ typed: true }).map((document, index) => ({ ...document, id: `doc-1#${index}` }));
const example = `# global.columns = id form ner upos
# sent_id = doc-1#0
# text = 🚀 Ada Lovelace joined Acme Corp in Paris .
# relations = 2;3;5;6;works_for|5;6;8;8;based_in
1	🚀	O	_
2	Ada	B-PER	_
3	Lovelace	I-PER	_
4	joined	O	_
5	Acme	B-ORG	_
6	Corp	I-ORG	_
7	in	O	_
8	Paris	B-LOC	_
9	.	O	_

# sent_id = doc-1#1
# text = Acme Corp makes engines .
1	Acme	B-ORG	_
2	Corp	I-ORG	_
3	makes	O	_
4	engines	O	_
5	.	O	_

`;

describeFormat(conllu, { documents, files: { "": example } }, [
  {
    what: "a relation to a word that is not there",
    change: ["5;6;8;8", "5;6;8;12"],
    says: 'main:4 relations[1]: the relation names word "12", which its sentence does not have (RELATION_END_MISSING)',
  },
  {
    what: "a relation without its type",
    change: ["8;8;based_in", "8;8"],
    says: 'main:4 relations[1]: expected five parts between semicolons, found "5;6;8;8" (FIELD_INVALID)',
  },
  {
    what: "a relation whose end is before its start",
    change: ["5;6;8;8", "6;5;8;8"],
    says: "main:4 relations[1]: the span from word 6 to word 5 is empty (SPAN_EMPTY)",
  },
  {
    what: "a relation to words that are no entity",
    change: ["5;6;8;8", "4;4;8;8"],
    says: "main:4 relations[1]: the words 4 to 4 are not tagged as an entity; one without a type was created",
  },
  {
    what: "a tag that no scheme has",
    change: ["8	Paris	B-LOC", "8	Paris	LOC"],
    says: 'main:12: expected the tag of an entity (O, B-…, I-…), found "LOC" (LABEL_UNKNOWN)',
  },
  {
    what: "a row without a number",
    change: ["4	joined", "joined"],
    says: 'main:8: expected the number of a word (1), a range (1-2) or an empty node (1.1) in the first column, found "joined"',
  },
  {
    what: "a number given twice",
    change: ["4	joined", "3	joined"],
    says: "main:8: the sentence has two words with the number 3 (FIELD_INVALID)",
  },
  {
    what: "a text that disagrees with the rows",
    change: ["# text = Acme Corp makes", "# text = Acme Ltd makes"],
    says: "main:17 text: the words of the rows are not those of the comment # text; the rows were used",
  },
]);

const read = async (file: string) => {
  const { documents, omissions } = await readFiles(conllu, { "": file });
  const view = documents.map(({ id, text, tokens, pos, entities, relations, metadata }) => ({
    id,
    text,
    tokens: tokens.map((token) => `${token.text}:${text.slice(token.start, token.end)}`),
    pos,
    entities: entities.map(({ start, end, type }) => `${start}-${end} ${type}`),
    relations: relations.map(({ head, tail, type }) => `${head} ${type} ${tail}`),
    metadata,
  }));
  return { documents: view, omissions: omissions.map(({ line, path, reason }) => `${line} ${path}: ${reason}`) };
};

const flair = `# global.columns = id form ner
# text = Kira Lund chairs Velo .
# sentence_id = 1
# relations = 1;2;4;4;chairs
1	Kira	B-PER
2	Lund	I-PER
3	chairs	O
4	Velo	B-ORG
5	.	O
`;

test("reads flair's columns and relations, whatever the file is called", async () => {
  for (const name of ["rel.conllu", "rel.txt", "rel.conll", "rel"])
    expect(detectFormats(name, flair).map((each) => each.name)).toEqual(["conllu"]);
  const { documents, omissions } = await read(flair);
  expect(omissions).toEqual([]);
  expect(documents).toMatchObject([{ id: "1", entities: ["0-2 PER", "3-4 ORG"], relations: ["0 chairs 1"] }]);
});

test("reads numbered rows without any comment, and never as columns of words", async () => {
  const rows = flair.replaceAll(/^#.*\n/gm, "");
  for (const name of ["rel.conllu", "rel.conll", "rel"])
    expect(detectFormats(name, rows).map((each) => each.name)).toEqual(["conllu"]);
  expect((await read(rows)).documents).toMatchObject([{ id: "sentence-1", entities: ["0-2 PER", "3-4 ORG"], relations: [] }]);
});

test("reads relations where no column has tags, and says that their ends have no type", async () => {
  const file = "# relations = 1;2;4;4;chairs\n1\tKira\n2\tLund\n3\tchairs\n4\tVelo\n";
  expect(detectFormats("rel.txt", file).map((each) => each.name)).toEqual(["conllu"]);
  const { documents, omissions } = await read(file);
  expect(documents).toMatchObject([{ entities: ["0-2 null", "3-4 null"], relations: ["0 chairs 1"] }]);
  expect(omissions).toHaveLength(2);
});

test("a table of numbered texts is not CoNLL-U", () => {
  expect(detectFormats("a.tsv", "1\tKira Lund left.\tPER\n2\tVelo grew.\tORG\n")).toEqual([]);
});

const treebank = (upos: string, misc: (tag: string) => string) => `# newdoc id = w01
# sent_id = w01-1
# text = Don't ask Kira Lund.
# a comment without a value
# genre = news
1-2	Don't	_	_	_	_	_	_	_	_
1	Do	do	AUX	VB	_	3	aux	_	${misc("O")}
2	n't	not	PART	RB	_	3	advmod	_	${misc("O")}
3	ask	ask	VERB	VB	_	0	root	_	${misc("O")}
3.1	you	you	PRON	PRP	_	_	_	3:nsubj	_
4	Kira	Kira	${upos}	NNP	_	3	obj	_	${misc("B-PER")}
5	Lund	Lund	PROPN	NNP	_	4	flat	_	${misc("I-PER")}|SpaceAfter=No
6	.	.	PUNCT	.	_	3	punct	_	${misc("O")}

`;

test("reads ten columns with the tags in MISC, multiword tokens and empty nodes", async () => {
  const { documents, omissions } = await read(treebank("PROPN", (tag) => (tag === "O" ? "_" : `NER=${tag}`)));
  expect(documents).toEqual([
    {
      id: "w01-1",
      text: "Don't ask Kira Lund.",
      tokens: ["Do:Do", "n't:n't", "ask:ask", "Kira:Kira", "Lund:Lund", ".:."],
      pos: ["AUX", "PART", "VERB", "PROPN", "PROPN", "PUNCT"],
      entities: ["3-5 PER"],
      relations: [],
      metadata: { doc: "w01", genre: "news" },
    },
  ]);
  expect(omissions).toEqual([
    "4 #: Weft cannot store a comment without a name and a value; it was left out",
    "6 columns: the columns lemma, xpos, head, deprel cannot be stored in Weft; they were left out",
    "10 : an empty node is no word of the text; it was left out",
  ]);
});

test("finds the tags in the column of the language's own parts of speech", async () => {
  const file = "1\tKira\tkira\tNOUN\tB-PER\t_\t0\troot\t_\t_\n2\tleft\tleave\tVERB\tO\t_\t1\tdep\t_\t_\n";
  const { documents } = await read(file);
  expect(documents).toMatchObject([{ entities: ["0-1 PER"], pos: ["NOUN", "VERB"] }]);
});

test("a multiword token that its words do not spell is one token", async () => {
  const file = `# text = Il va au Caire.
# relations = 5;5;3;4;in
1	Il	O
2	va	O
3-4	au	_
3	à	B-PREP
4	le	I-PREP
5	Caire	B-LOC
6	.	O
`;
  const { documents, omissions } = await read(`# global.columns = id form ner\n${file}`);
  expect(omissions).toEqual([]);
  expect(documents).toMatchObject([
    { tokens: ["Il:Il", "va:va", "au:au", "Caire:Caire", ".:."], entities: ["2-3 PREP", "3-4 LOC"], relations: ["1 in 0"] },
  ]);
  const part = await read(`# global.columns = id form ner\n${file.replace("5;5;3;4", "5;5;4;4")}`);
  expect(part.omissions[0]).toContain('the words "le" are part of a multiword token; grown to the whole of it');
});

test("metadata and groups come back, whatever their values", async () => {
  const [first, second] = documents as [(typeof documents)[0], (typeof documents)[0]];
  const metadata = { doc: "d", note: "1998", page: 3, list: ["a"], line: "a\nb", flag: true };
  const { files, omissions } = await writeFiles(conllu, [
    { ...first, metadata },
    { ...second, metadata: { "a=b": "c", doc: 7 } },
  ]);
  expect(omissions.map(({ path }) => path)).toEqual(["metadata.a=b"]);
  const back = await readFiles(conllu, files);
  expect(back.documents.map((document) => document.metadata)).toEqual([metadata, { doc: 7 }]);
});
