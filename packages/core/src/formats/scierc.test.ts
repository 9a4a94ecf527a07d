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

const both = {
  doc_key: "d",
  sentences: [["Ada", "Lovelace", "runs", "Acme"]],
  ner: [
    [
      [0, 1, "PER"],
      [3, 3, "ORG"],
    ],
  ],
  relations: [[[0, 1, 3, 3, "runs"]]],
};
const predictions = {
  predicted_ner: [
    [
      [0, 0, "PER"],
      [3, 3, "ORG"],
    ],
  ],
  predicted_relations: [[[3, 3, 0, 0, "runs"]]],
};

test("predictions next to gold are read if they are asked for, and gold never stands in for them", async () => {
  const file = { "": JSON.stringify({ ...both, ...predictions }) };
  const [gold] = (await readFiles(scierc, file)).documents;
  expect(gold?.entities.map(({ start, end }) => [start, end])).toEqual([
    [0, 2],
    [3, 4],
  ]);
  expect(Object.keys(gold?.metadata ?? {})).toEqual(["predicted_ner", "predicted_relations"]);
  const [found] = (await readFiles(scierc, file, { annotation: "predicted" })).documents;
  expect(found?.entities.map(({ start, end }) => [start, end])).toEqual([
    [0, 1],
    [3, 4],
  ]);
  expect(found?.relations).toEqual([{ head: 1, tail: 0, type: "runs" }]);
  expect(found?.metadata).toEqual({});
  const entitiesOnly = { "": JSON.stringify({ ...both, predicted_ner: predictions.predicted_ner }) };
  expect((await readFiles(scierc, entitiesOnly, { annotation: "predicted" })).documents[0]?.relations).toEqual([]);
});

test("records without predictions among others count as empty, and are refused before others", async () => {
  const full = JSON.stringify({ ...both, ...predictions });
  const bare = JSON.stringify(both);
  const { documents, omissions } = await readFiles(scierc, { "": `${full}\n${bare}` }, { annotation: "predicted" });
  expect(documents.map(({ entities }) => entities.length)).toEqual([2, 0]);
  expect(omissions.map(({ line, reason }) => [line, reason])).toEqual([
    [2, "the record has no predictions, unlike those before it"],
  ]);
  await expect(readFiles(scierc, { "": `${bare}\n${full}` }, { annotation: "predicted" })).rejects.toThrow(
    "main:2 [1]: this record has predictions, but those before it have none (FIELD_MISSING)",
  );
  expect((await readFiles(scierc, { "": bare }, { annotation: "predicted" })).documents[0]?.entities).toHaveLength(2);
});
