import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { copyre } from "./copyre.ts";

const [plain] = adaSentences({ typed: false });
const ada = { ...plain, entities: plain.entities.map((entity) => ({ ...entity, start: entity.end - 1 })) };
const example = `[[9],[[1,2,3,4,5,6,7,8,9]],[[2,5,1,5,7,0]]]
`;
const words = `{"🚀":1,"Ada":2,"Lovelace":3,"joined":4,"Acme":5,"Corp":6,"in":7,"Paris":8,".":9}
`;
const relations = `{"based_in":0,"works_for":1}
`;

describeFormat(copyre, { documents: [ada], files: { "": example, "words2id.json": words, "relations2id.json": relations } }, [
  {
    what: "a word that is not there",
    change: ["[2,5,1,5,7,0]", "[2,5,1,5,9,0]"],
    says: "main:1 [2][0][4]: the relation names word 9, but there are words 0 to 8 (RELATION_END_MISSING)",
  },
  {
    what: "a number without a word",
    change: ["8,9]]", "8,10]]"],
    says: "main:1 [1][0][8]: words2id.json has no name for the number 10 (LABEL_UNKNOWN)",
  },
  {
    what: "a number without a relation",
    change: ["7,0]]", "7,2]]"],
    says: "main:1 [2][0][5]: relations2id.json has no name for the number 2 (LABEL_UNKNOWN)",
  },
  {
    what: "an unfinished triple",
    change: ["5,7,0]]", "5,7]]"],
    says: "main:1 [2][0]: expected groups of head, tail and relation, found 5 numbers (FIELD_INVALID)",
  },
  {
    what: "a length beyond the words",
    change: ["[[9]", "[[10]"],
    says: /^main:1 \[0\]\[0\]: the sentence has the length 10, but 9 words/,
  },
  {
    what: "lists of different lengths",
    change: ["[[9]", "[[9,9]"],
    says: /^main:1: expected three lists of one length .*found 2, 1, 1/,
  },
]);

test("refuses a file without its words, and names the missing file", async () => {
  await expect(readFiles(copyre, { "": example })).rejects.toThrow(/words2id\.json, which names them, is missing/);
  expect((await readFiles(copyre, { "": "[[],[],[]]" })).documents).toEqual([]);
});

test("ignores padding after the sentence's length", async () => {
  const padded = "[[2],[[2,4,0,0]],[[]]]";
  const { documents } = await readFiles(copyre, { "": padded, "words2id.json": words, "relations2id.json": relations });
  expect(documents[0]?.text).toBe("Ada joined");
});
