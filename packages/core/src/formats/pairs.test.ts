import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import type { ReadOptions } from "./format.ts";
import { detectFormat } from "./formats.ts";
import { pairs } from "./pairs.ts";

const [ada, acme] = adaSentences({ typed: true });
const header = "sentence_id,sentence,relation,head,head_type,head_offset,tail,tail_type,tail_offset";
const sentence = '"🚀 Ada Lovelace joined Acme Corp in Paris ."';
const plainSentence = sentence.slice(1, -1);
const example = `${header}\r
doc-1#0,${plainSentence},works_for,Ada Lovelace,PER,2,Acme Corp,ORG,22\r
doc-1#0,${plainSentence},based_in,Acme Corp,ORG,22,Paris,LOC,35\r
doc-1#1,Acme Corp makes engines .,,,,,,,\r
`;

describeFormat(pairs, { documents: [ada, { ...acme, entities: [] }], files: { "": example } }, [
  {
    what: "a row with too few cells",
    change: [",LOC,35", ""],
    says: "main:3: the row has 7 cells, and the first row has 9 (FIELD_INVALID)",
  },
  {
    what: "a comma that is not quoted",
    change: ["joined Acme Corp in Paris .,works_for", "joined, they say, Acme Corp in Paris .,works_for"],
    says: "main:2: the row has 11 cells, and the first row has 9 (FIELD_INVALID)",
  },
  {
    what: "an offset that is not a number",
    change: ["LOC,35", "LOC,at"],
    says: 'main:3 tail_offset: expected a number of characters, found "at" (FIELD_INVALID)',
  },
  {
    what: "an offset where the words are not",
    change: ["LOC,35", "LOC,3"],
    says: 'main:3 tail_offset: the sentence does not have "Paris" at character 3; its nearest place was used',
  },
  {
    what: "words that the sentence does not have",
    change: ["Paris,LOC,35", "Rome,LOC,35"],
    says: 'main:3 tail: the sentence does not have "Rome"; the relation was left out',
  },
  {
    what: "one end alone",
    change: ["Paris,LOC,35", ",,"],
    says: "main:3 tail: the cell is empty, and there is no offset with an end (FIELD_MISSING)",
  },
  {
    what: "a table without a sentence",
    change: [",sentence,", ",line,"],
    says: /^main:1: no column is known to hold the sentence; the columns are "sentence_id", "line"/,
  },
  {
    what: "a table with one end",
    change: [",tail,", ",other,"],
    says: /^main:1: no column is known to hold the head and the tail; the columns are/,
  },
  {
    what: "a quote that is not closed",
    change: ["doc-1#1,", 'doc-1#1,"'],
    says: "main:4: a quote is not closed (FIELD_INVALID)",
  },
]);

async function read(text: string, options: ReadOptions = {}) {
  const { documents, omissions } = await readFiles(pairs, { "": text }, options);
  return {
    found: documents.map(({ text: words, tokens, entities, relations }) => {
      const name = ({ start, end, type }: { start: number; end: number; type: string | null }) =>
        `${words.slice(tokens[start]?.start, tokens[end - 1]?.end)}@${start}${type === null ? "" : `:${type}`}`;
      const named = entities.map(name);
      return { entities: named, relations: relations.map(({ head, tail, type }) => `${named[head]} ${type} ${named[tail]}`) };
    }),
    omissions: omissions.map(({ line, path, reason }) => `${line} ${path}: ${reason}`),
  };
}

test("white space around a type is reported when it is written", async () => {
  const { omissions } = await writeFiles(pairs, [
    {
      ...ada,
      relations: [{ head: 0, tail: 1, type: "a|b\t" }],
      entities: ada.entities.map((each) => ({ ...each, type: " PER" })),
    },
  ]);
  expect(omissions.map(({ path }) => path)).toEqual(["entities[2]", "entities[0].type", "entities[1].type", "relations[0].type"]);
});

test("DeepKE's columns are read, with characters as offsets and None for no relation", async () => {
  const text = `\uFEFFsentence,relation,head,head_offset,tail,tail_offset
"Tarn, near Ulm, left Tarn.",near,Tarn,0,Ulm,11
"Ulm is not Tarn.",None,Ulm,0,Tarn,11
`;
  expect(await read(text)).toEqual({
    found: [
      { entities: ["Tarn@0", "Ulm@3"], relations: ["Tarn@0 near Ulm@3"] },
      { entities: ["Ulm@0", "Tarn@3"], relations: [] },
    ],
    omissions: [],
  });
});

test("without offsets the nearest places are used, and counted; the option takes the first", async () => {
  const text = "text\tsubject\tobject\tpredicate\nAnn left. Then Bo met Ann and Cy\tAnn\tCy\tmet\n";
  expect(await read(text)).toEqual({
    found: [{ entities: ["Ann@6", "Cy@8"], relations: ["Ann@6 met Cy@8"] }],
    omissions: ['2 head: "Ann" occurs 2 times; ambiguous, the nearest pair was used'],
  });
  expect((await read(text, { mentions: "first" })).found[0]?.relations).toEqual(["Ann@0 met Cy@8"]);
});

test("columns are named by the caller, or numbered in a table without names", async () => {
  const rows = "9;Ann met Bo;Bo;Ann;PER;knows\n";
  const found = [{ entities: ["Ann@0:PER", "Bo@2"], relations: ["Ann@0:PER knows Bo@2"] }];
  const named = { sentence: "was", head: "wer", tail: "wen", relation: "wie", head_type: "art" };
  expect(await read(`nr;was;wen;wer;art;wie\n${rows}`, { columns: named })).toEqual({
    found,
    omissions: ["1 nr: Weft does not read this column"],
  });
  const numbered = { text: "2", tail: "3", head: "4", head_type: "5", relation: "6" };
  expect(await read(rows, { columns: numbered })).toEqual({ found, omissions: [] });
});

test("a map of columns with a fault is refused with the nearest name", async () => {
  await expect(read("text,head,tail\n", { columns: { hed: "head" } })).rejects.toMatchObject({
    code: "SETTING_UNKNOWN",
    hint: "did you mean head?",
  });
  await expect(read("text,head,tail\n", { columns: { relation: "heads" } })).rejects.toThrow(
    'main:1: there is no column "heads"; the columns are "text", "head", "tail" (FIELD_MISSING)',
  );
});

test("the rows of a sentence are one sentence, unless they have other ids", async () => {
  const rows = "Ann met Bo,Ann,Bo,met\nAnn met Bo,Bo,Ann,met\n";
  expect((await read(`sentence,e1,e2,relation\n${rows}`)).found).toEqual([
    { entities: ["Ann@0", "Bo@2"], relations: ["Ann@0 met Bo@2", "Bo@2 met Ann@0"] },
  ]);
  const numbered = rows
    .split("\n")
    .map((row, index) => (row === "" ? "" : `${row},${index}`))
    .join("\n");
  expect((await read(`sentence,e1,e2,relation,sentence_id\n${numbered}`)).found).toHaveLength(2);
});

test("words inside a token split it, and offsets without words are enough", async () => {
  expect(await read("sentence,head,tail,relation\nIts COVID-19-related fever,COVID-19,fever,causes\n")).toEqual({
    found: [{ entities: ["COVID-19@1", "fever@3"], relations: ["COVID-19@1 causes fever@3"] }],
    omissions: ['2 head: "COVID-19" ends inside the token "COVID-19-related", which was split there'],
  });
  const rows = "Take 5mg of X-rayed,5,X,of\nTake 5mg of X-rayed,5,mg,unit\n";
  expect(await read(`sentence,head,tail,relation\n${rows}`)).toEqual({
    found: [{ entities: ["5@1", "X@4", "mg@2"], relations: ["5@1 of X@4", "5@1 unit mg@2"] }],
    omissions: [
      '2 head: "5" ends inside the token "5mg", which was split there',
      '2 tail: "X" ends inside the token "X-rayed", which was split there',
      '3 tail: "mg" ends inside the token "5mg", which was split there',
    ],
  });
  expect((await read("sentence,h,t,h_start,h_end,t_start,t_end\nAnn met Bo,,,0,3,8,10\n")).found).toEqual([
    { entities: ["Ann@0", "Bo@2"], relations: [] },
  ]);
});

test("offsets of UTF-16 units are read where the words are there", async () => {
  const text = "sentence,head,head_start,tail,tail_start,relation\n🚀 Bo met Bo,Bo,3,Bo,10,met\n";
  expect((await read(text)).found[0]?.relations).toEqual(["Bo@1 met Bo@3"]);
});

test("negative types of the caller make no relation, and None is reported when written", async () => {
  const text = "sentence,head,tail,relation\nAnn met Bo,Ann,Bo,Other\n";
  expect((await read(text, { negatives: ["Other"] })).found[0]?.relations).toEqual([]);
  const { documents } = await readFiles(pairs, { "": text.replace("Other", "None") }, { negatives: [] });
  expect((await writeFiles(pairs, documents)).omissions.map(({ reason }) => reason)).toEqual([
    'in this format the type "None" means no relation',
  ]);
});

test("a table of sentences alone is a table without annotation", async () => {
  expect(await read('text,source\n"Ann left, then.",web\n')).toEqual({
    found: [{ entities: [], relations: [] }],
    omissions: ["1 source: Weft does not read this column"],
  });
});

test("the names of columns, or the ending .csv, tell the format", () => {
  expect(detectFormat("train.csv", "sentence,relation,head,tail\nx,y,z,w\n")?.name).toBe("pairs");
  expect(detectFormat("train.txt", "Sentence\tEntity 1\tEntity 2\tLabel\n")?.name).toBe("pairs");
  expect(detectFormat("train.csv", "satz;a;b\n")?.name).toBe("pairs");
  expect(detectFormat("train.csv", '{"text":"a","entities":[]}\n')?.name).toBe("jsonl");
});
