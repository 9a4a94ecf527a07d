import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { gliner } from "./gliner.ts";

const [ada] = adaSentences({ typed: true });
const example = `[{"tokenized_text":["🚀","Ada","Lovelace","joined","Acme","Corp","in","Paris","."],"ner":[[1,2,"PER"],[4,5,"ORG"],[7,7,"LOC"]],"relations":[[0,1,"works_for"],[1,2,"based_in"]]}]
`;

describeFormat(gliner, { documents: [ada], files: { "": example } }, [
  {
    what: "an end beyond the sentence",
    change: ["[7,7,", "[7,9,"],
    says: "main:1 [0].ner[2]: the span has the tokens 7 to 9, but there are tokens 0 to 8 (SPAN_OUTSIDE)",
  },
  {
    what: "a relation to an entity that is not there",
    change: ['[1,2,"based_in"]', '[1,7,"based_in"]'],
    says: "main:1 [0].relations[1][1]: the relation names entity 7, but there are entities 0 to 2 (RELATION_END_MISSING)",
  },
  {
    what: "a relation without a label",
    change: ['[0,1,"works_for"]', "[0,1]"],
    says: "main:1 [0].relations[0][2]: the relation has no label; it was left out",
  },
]);

test("reads GLiREL's lines, which name relation ends by tokens", async () => {
  const line = {
    ner: [
      [0, 1, "PER", "Ada Lovelace"],
      [3, 3, "ORG", "Acme"],
    ],
    relations: [
      {
        head: { mention: "Ada Lovelace", position: [0, 1], type: "PER" },
        tail: { mention: "Acme", position: [3, 3], type: "ORG" },
        relation_text: "works for",
      },
      {
        head: { mention: "Acme", position: [3, 3] },
        tail: { mention: "joined", position: [2, 2], type: "ACT" },
        relation_text: "by",
      },
    ],
    tokenized_text: ["Ada", "Lovelace", "joined", "Acme"],
  };
  const { documents, omissions } = await readFiles(gliner, { "": `${JSON.stringify(line)}\n${JSON.stringify(line)}\n` });
  expect(documents).toHaveLength(2);
  expect(documents[1]?.relations).toEqual([
    { head: 0, tail: 1, type: "works for" },
    { head: 1, tail: 2, type: "by" },
  ]);
  expect(documents[1]?.entities[2]).toEqual({ start: 2, end: 3, type: "ACT" });
  expect(omissions.map(({ line, path, reason }) => `${line} ${path}: ${reason}`)).toEqual([
    "1 [0].relations[1].tail: the end is not in ner; an entity was created",
    "2 [1].relations[1].tail: the end is not in ner; an entity was created",
  ]);
});
