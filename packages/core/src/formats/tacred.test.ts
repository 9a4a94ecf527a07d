import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { detectFormat } from "./formats.ts";
import { tacred } from "./tacred.ts";

const [ada, acme] = adaSentences({ typed: true });
const token = ada.tokens.map(({ text }) => text);
const ends = (subj: readonly [number, number, string], obj: readonly [number, number, string]) => ({
  subj_start: subj[0],
  subj_end: subj[1],
  subj_type: subj[2],
  obj_start: obj[0],
  obj_end: obj[1],
  obj_type: obj[2],
});
const none = { subj_start: null, subj_end: null, obj_start: null, obj_end: null };
const records = [
  { id: "doc-1#0", relation: "works_for", token, ...ends([1, 2, "PER"], [4, 5, "ORG"]) },
  { id: "doc-1#0", relation: "based_in", token, ...ends([4, 5, "ORG"], [7, 7, "LOC"]) },
  { id: "doc-1#1", relation: "no_relation", token: acme.tokens.map(({ text }) => text), ...none },
];
const example = `[${records.map((record) => JSON.stringify(record)).join(",\n")}]\n`;

describeFormat(tacred, { documents: [ada, { ...acme, entities: [] }], files: { "": example } }, [
  {
    what: "an end beyond the sentence",
    change: ['"obj_end":7', '"obj_end":9'],
    says: "main:2 [1].obj_start: the span has the tokens 7 to 9, but there are tokens 0 to 8 (SPAN_OUTSIDE)",
  },
  {
    what: "a record without a relation",
    change: ['"relation":"works_for",', ""],
    says: "main:1 [0].relation: the field is missing, expected a string (FIELD_MISSING)",
  },
  {
    what: "a record without an end",
    change: ['"subj_start":1,', ""],
    says: "main:1 [0].subj_start: the field is missing, expected a number (FIELD_MISSING)",
  },
]);

const record = {
  id: "a1",
  docid: "report-7",
  relation: "per:title",
  token: ["Mara", "Voss", "is", "chair", "of", "Kettle", "."],
  subj_start: 0,
  subj_end: 1,
  obj_start: 3,
  obj_end: 3,
  subj_type: "PERSON",
  obj_type: "TITLE",
  stanford_pos: ["NNP", "NNP", "VBZ", "NN", "IN", "NNP", "."],
};

test("a record is a sentence with its pair, its tags and its document", async () => {
  const { documents, omissions } = await readFiles(tacred, { "": JSON.stringify([record]) });
  expect(omissions).toEqual([]);
  expect(documents).toMatchObject([
    {
      id: "a1",
      text: "Mara Voss is chair of Kettle .",
      pos: record.stanford_pos,
      entities: [
        { start: 0, end: 2, type: "PERSON" },
        { start: 3, end: 4, type: "TITLE" },
      ],
      relations: [{ head: 0, tail: 1, type: "per:title" }],
      metadata: { doc: "report-7" },
    },
  ]);
});

test("no_relation makes no relation, and the entities stay; the option replaces it", async () => {
  const files = { "": JSON.stringify([{ ...record, relation: "no_relation" }]) };
  const { documents, omissions } = await readFiles(tacred, files);
  expect(documents[0]?.relations).toEqual([]);
  expect(documents[0]?.entities).toHaveLength(2);
  expect(omissions).toEqual([]);
  const learnt = await readFiles(tacred, files, { negatives: [] });
  expect(learnt.documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "no_relation" }]);
  expect((await writeFiles(tacred, learnt.documents)).omissions.map(({ path }) => path)).toContain("relations[0].type");
});

test("records of one sentence with ids of their own stay apart", async () => {
  const { documents } = await readFiles(tacred, {
    "": JSON.stringify([record, { ...record, id: "a2", relation: "no_relation" }]),
  });
  expect(documents.map(({ id, relations }) => `${id} ${relations.length}`)).toEqual(["a1 1", "a2 0"]);
});

test("the beginning of a file tells it from other JSON", () => {
  expect(detectFormat("train.json", example)?.name).toBe("tacred");
});
