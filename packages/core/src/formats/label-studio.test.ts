import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { labelStudio } from "./label-studio.ts";

const ada = adaDocument("1");
const json = `[{"id":1,"data":{"text":"🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines."},"annotations":[{"id":1,"result":[{"id":"r0","from_name":"label","to_name":"text","type":"labels","value":{"start":3,"end":15,"text":"Ada Lovelace","labels":["PER"]}},{"id":"r1","from_name":"label","to_name":"text","type":"labels","value":{"start":23,"end":32,"text":"Acme Corp","labels":["ORG"]}},{"id":"r2","from_name":"label","to_name":"text","type":"labels","value":{"start":36,"end":41,"text":"Paris","labels":["LOC"]}},{"id":"r3","from_name":"label","to_name":"text","type":"labels","value":{"start":43,"end":52,"text":"Acme Corp","labels":["ORG"]}},{"type":"relation","from_id":"r0","to_id":"r1","direction":"right","labels":["works_for"]},{"type":"relation","from_id":"r1","to_id":"r2","direction":"right","labels":["based_in"]}]}]}]
`;

const ending = "]}]}]\n";
const beside = (annotation: string): [string, string] => [ending, `]},${annotation}]}]\n`];

describeFormat(labelStudio, { documents: [ada], files: { "": json } }, [
  {
    what: "an offset beyond the text",
    change: ['"end":52', '"end":99'],
    says: "main:1 [0].annotations[0].result[3].value: the characters 43 to 99 are not in the text, which has 67 (SPAN_OUTSIDE)",
  },
  {
    what: "a start behind the end",
    change: ['"start":3,', '"start":30,'],
    says: /^main:1 \[0\].annotations\[0\].result\[0\].value: .* hold no token \(SPAN_EMPTY\)/,
  },
  {
    what: "words that the text does not have there",
    change: ['"text":"Paris"', '"text":"Rome"'],
    says: 'the text has "Paris" where the file says "Rome"',
  },
  {
    what: "a span that ends inside a token",
    change: ['"end":15,"text":"Ada Lovelace"', '"end":10,"text":"Ada Lov"'],
    says: '"Ada Lov" ends inside the token "Lovelace", which was split there',
  },
  {
    what: "a relation to a region that is not there",
    change: ['"to_id":"r2"', '"to_id":"r9"'],
    says: 'main:1 [0].annotations[0].result[5].to_id: to_id names "r9", but no region has this id (RELATION_END_MISSING)',
  },
  {
    what: "a relation with an empty list of labels",
    change: ['"labels":["works_for"]', '"labels":[]'],
    says: "main:1 [0].annotations[0].result[4]: the relation has no label; it was left out",
  },
  {
    what: "a relation without labels",
    change: [',"labels":["works_for"]', ""],
    says: "result[4]: the relation has no label; it was left out",
  },
  {
    what: "a region with two labels",
    change: ['["LOC"]', '["LOC","GPE"]'],
    says: "result[2].value.labels: the region has 2 labels; the first was used",
  },
  {
    what: "an arrow both ways",
    change: ['"direction":"right"', '"direction":"bi"'],
    says: "result[4].direction: the relation points both ways; it was split into two",
  },
  {
    what: "an arrow with no known direction",
    change: ['"direction":"right"', '"direction":"up"'],
    says: 'result[4].direction: expected "right", "left" or "bi", found "up" (FIELD_INVALID)',
  },
  {
    what: "an id given twice",
    change: ['"id":"r1"', '"id":"r0"'],
    says: 'result[1].id: another region has the id "r0" (FIELD_INVALID)',
  },
  {
    what: "a result of another type",
    change: ['{"type":"relation","from_id":"r0"', '{"id":"c","type":"choices"},{"type":"relation","from_id":"c"'],
    says: 'result[4]: Weft cannot store a result of type "choices"',
  },
  {
    what: "a second annotation",
    change: beside('{"result":[{}]}'),
    says: "main:1 [0].annotations[1]: only one annotation of a task is read; this one was left out",
  },
  {
    what: "a cancelled annotation",
    change: beside('{"was_cancelled":true,"result":[{}]}'),
    says: "annotations[1]: the annotation was cancelled; it was left out",
  },
  {
    what: "a note on a region",
    change: ['"id":"r1"', '"meta":{"text":["sure?"]},"id":"r1"'],
    says: "result[1].meta: Weft has no notes",
  },
]);

const readOne = async (text: string) => {
  const { documents, omissions } = await readFiles(labelStudio, { "": text });
  expect(omissions).toEqual([]);
  return documents[0];
};

test("an arrow to the left points from the second region to the first", async () => {
  expect((await readOne(json.replace('"right"', '"left"')))?.relations[0]).toEqual({ head: 1, tail: 0, type: "works_for" });
});

test("an arrow with two labels is two relations", async () => {
  const document = await readOne(json.replace('["works_for"]', '["works_for","founded"]'));
  expect(document?.relations.map(({ type }) => type)).toEqual(["works_for", "founded", "based_in"]);
});

test("detects offsets in code points from the words of the regions", async () => {
  const shifted = json.replaceAll(/"(start|end)":(\d+)/g, (_, name: string, offset: string) => `"${name}":${Number(offset) - 1}`);
  expect((await readOne(shifted))?.entities).toEqual(ada.entities);
});

test("reads the first annotation that was not cancelled, otherwise a prediction", async () => {
  const cancelled = json.replace('"annotations":[', '"annotations":[{"was_cancelled":true,"result":[]},');
  expect((await readOne(cancelled))?.entities).toEqual(ada.entities);
  const predicted = json
    .replace('"annotations":[{"id":1,', '"annotations":[],"predictions":[{"score":0.5,')
    .replace('"id":"r0"', '"score":0.75,"id":"r0"');
  expect((await readOne(predicted))?.entities[0]).toEqual({ start: 1, end: 3, type: "PER", confidence: 0.75 });
  expect((await readOne('[{"id":4,"data":{"text":"Ada"}}]'))?.entities).toEqual([]);
});

test("writes predictions as predictions", async () => {
  const { files } = await writeFiles(labelStudio, [
    { ...ada, entities: ada.entities.map((entity) => ({ ...entity, confidence: 0.5 })) },
  ]);
  const [task] = JSON.parse(files[""] ?? "") as [Record<string, unknown>];
  expect(Object.keys(task)).toEqual(["id", "data", "predictions"]);
});
