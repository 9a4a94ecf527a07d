import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaTokens } from "../testing/format-documents.ts";
import { scierc } from "./scierc.ts";

const example = `{"doc_key":"doc-1","dataset":"demo","sentences":[["🚀","Ada","Lovelace","joined","Acme","Corp","in","Paris","."],["Acme","Corp","makes","engines","."]],"ner":[[[1,2,"PER"],[4,5,"ORG"],[7,7,"LOC"]],[[9,10,"ORG"]]],"relations":[[[1,2,4,5,"works_for"],[4,5,7,7,"based_in"]],[]]}
`;

describeFormat(scierc, { documents: [{ ...adaTokens(), metadata: { dataset: "demo" } }], files: { "": example } }, [
  {
    what: "an end beyond the document",
    change: ["[9,10,", "[9,14,"],
    says: "main:1 [0].ner[1][0]: the span has the tokens 9 to 14, but there are tokens 0 to 13 (SPAN_OUTSIDE)",
  },
  { what: "an exclusive end", change: ["[7,7,", "[7,6,"], says: /^main:1 \[0\]\.ner\[0\]\[2\]: .*\(SPAN_EMPTY\)$/ },
  {
    what: "a relation to a span that is no entity",
    change: ["[1,2,4,5,", "[1,2,3,3,"],
    says: "main:1 [0].relations[0][0]: tail is not in ner; an entity without a type was created",
  },
  {
    what: "a relation without a label",
    change: ['5,"works_for"]', '5,""]'],
    says: "main:1 [0].relations[0][0][4]: the relation has no label; it was left out",
  },
  {
    what: "an empty token",
    change: ['"joined"', '""'],
    says: "main:1 [0].sentences[0][3]: a token is the empty string (FIELD_INVALID)",
  },
  {
    what: "a list for another number of sentences",
    change: [',[[9,10,"ORG"]]]', "]"],
    says: "main:1 [0].ner: expected one list per sentence, found 1 for 2 sentences (FIELD_INVALID)",
  },
]);

const read = async (record: unknown) => readFiles(scierc, { "": JSON.stringify(record) });

test("reads predictions if there is nothing else, with their softmax as confidence", async () => {
  const record = {
    doc_key: "d",
    sentences: [["Ada", "joined", "Acme"]],
    predicted_ner: [
      [
        [0, 0, "PER", 7.5, 0.9],
        [2, 2, "ORG", 3.1, 0.8],
      ],
    ],
    predicted_relations: [[[0, 0, 2, 2, "works_for", 2.5, 0.7]]],
  };
  const { documents, omissions } = await read(record);
  expect(omissions).toEqual([]);
  expect(documents[0]?.entities.map(({ confidence }) => confidence)).toEqual([0.9, 0.8]);
  expect(documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "works_for", confidence: 0.7 }]);
  const both = await read({ ...record, ner: [[[0, 0, "PER"]]], relations: [[]] });
  expect(both.documents[0]?.entities).toEqual([{ start: 0, end: 1, type: "PER" }]);
  expect(both.documents[0]?.metadata).toEqual({
    predicted_ner: record.predicted_ner,
    predicted_relations: record.predicted_relations,
  });
});

test("indices count over the whole document, so relations may cross sentences", async () => {
  const record = {
    doc_key: "d",
    sentences: [["Ada", "left"], [], ["Acme", "stayed"]],
    ner: [[[0, 0, "PER"]], [], [[2, 2, "ORG"]]],
    relations: [[[0, 0, 2, 2, "left"]], [], []],
    clusters: [[[0, 0]]],
    _split: 3,
  };
  const { documents, omissions } = await read(record);
  expect(omissions).toEqual([]);
  expect(documents[0]?.sentences).toEqual([
    { start: 0, end: 2 },
    { start: 2, end: 4 },
  ]);
  expect(documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "left" }]);
  expect(documents[0]?.metadata).toEqual({ clusters: [[[0, 0]]], split: 3 });
});
