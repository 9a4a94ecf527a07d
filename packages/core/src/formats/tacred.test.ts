import { expect, test } from "vitest";
import { describeInputFormat, readFiles } from "../testing/describe-format.ts";
import { detectFormat } from "./formats.ts";
import { tacred } from "./tacred.ts";

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
const example = `${JSON.stringify([record])}\n`;

describeInputFormat(
  tacred,
  {
    documents: [
      {
        id: "a1",
        text: "Mara Voss is chair of Kettle .",
        tokens: [
          { text: "Mara", start: 0, end: 4 },
          { text: "Voss", start: 5, end: 9 },
          { text: "is", start: 10, end: 12 },
          { text: "chair", start: 13, end: 18 },
          { text: "of", start: 19, end: 21 },
          { text: "Kettle", start: 22, end: 28 },
          { text: ".", start: 29, end: 30 },
        ],
        sentences: [{ start: 0, end: 7 }],
        pos: record.stanford_pos,
        entities: [
          { start: 0, end: 2, type: "PERSON" },
          { start: 3, end: 4, type: "TITLE" },
        ],
        relations: [{ head: 0, tail: 1, type: "per:title" }],
        metadata: { doc: "report-7" },
      },
    ],
    files: { "": example },
  },
  [
    {
      what: "an end beyond the sentence",
      change: ['"obj_end":3', '"obj_end":9'],
      says: "main:1 [0].obj_start: the span has the tokens 3 to 9, but there are tokens 0 to 6 (SPAN_OUTSIDE)",
    },
    {
      what: "a record without a relation",
      change: ['"relation":"per:title",', ""],
      says: "main:1 [0].relation: the field is missing, expected a string (FIELD_MISSING)",
    },
  ],
);

test("no_relation makes no relation, and the entities stay", async () => {
  const { documents, omissions } = await readFiles(tacred, {
    "": JSON.stringify([{ ...record, relation: "no_relation" }]),
  });
  expect(documents[0]?.relations).toEqual([]);
  expect(documents[0]?.entities).toHaveLength(2);
  expect(omissions).toEqual([]);
});

test("the beginning of a file tells it from other JSON", () => {
  expect(detectFormat("train.json", example)?.name).toBe("tacred");
});
