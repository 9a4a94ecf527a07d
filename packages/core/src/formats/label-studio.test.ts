import { expect, test } from "vitest";
import type { Document } from "../schema/index.ts";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import type { ReadOptions } from "./format.ts";
import { detectFormats } from "./formats.ts";
import { labelStudio } from "./label-studio.ts";

const ada = adaDocument("1");
const json = `[{"id":1,"data":{"text":"🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines."},"annotations":[{"id":1,"result":[{"id":"r0","from_name":"label","to_name":"text","type":"labels","value":{"start":3,"end":15,"text":"Ada Lovelace","labels":["PER"]}},{"id":"r1","from_name":"label","to_name":"text","type":"labels","value":{"start":23,"end":32,"text":"Acme Corp","labels":["ORG"]}},{"id":"r2","from_name":"label","to_name":"text","type":"labels","value":{"start":36,"end":41,"text":"Paris","labels":["LOC"]}},{"id":"r3","from_name":"label","to_name":"text","type":"labels","value":{"start":43,"end":52,"text":"Acme Corp","labels":["ORG"]}},{"type":"relation","from_id":"r0","to_id":"r1","direction":"right","labels":["works_for"]},{"type":"relation","from_id":"r1","to_id":"r2","direction":"right","labels":["based_in"]}]}]}]
`;

const ending = "]}]}]\n";
const beside = (annotation: string): [string, string] => [ending, `]},${annotation}]}]\n`];

describeFormat(labelStudio, { documents: [ada], files: { "": json }, reading: { annotation: "predicted" } }, [
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

const readOne = async (text: string, options: ReadOptions = {}) => {
  const { documents, omissions } = await readFiles(labelStudio, { "": text }, options);
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

test("reads the first annotation that was not cancelled, and predictions only if asked", async () => {
  const cancelled = json.replace('"annotations":[', '"annotations":[{"was_cancelled":true,"result":[]},');
  expect((await readOne(cancelled))?.entities).toEqual(ada.entities);
  const predicted = json
    .replace('"annotations":[{"id":1,', '"annotations":[],"predictions":[{"score":0.5,')
    .replace('"id":"r0"', '"score":0.75,"id":"r0"');
  const found = { start: 1, end: 3, type: "PER", confidence: 0.75 };
  expect((await readOne(predicted, { annotation: "predicted" }))?.entities[0]).toEqual(found);
  const { documents, omissions } = await readFiles(labelStudio, { "": predicted });
  expect(documents[0]?.entities).toEqual([]);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "[0].predictions[0]: predictions are read only if asked for; this one was left out",
  ]);
  expect((await readOne('[{"id":4,"data":{"text":"Ada"}}]'))?.entities).toEqual([]);
});

test("writes predictions as predictions", async () => {
  const { files } = await writeFiles(labelStudio, [
    { ...ada, entities: ada.entities.map((entity) => ({ ...entity, confidence: 0.5 })) },
  ]);
  const [task] = JSON.parse(files[""] ?? "") as [Record<string, unknown>];
  expect(Object.keys(task)).toEqual(["id", "data", "predictions"]);
});

const task = (data: Record<string, unknown>, annotations: readonly unknown[]): string =>
  JSON.stringify([{ id: 1, data, annotations, predictions: [] }]);
const region = (id: string, start: number, end: number, label: string, text?: string) => ({
  id,
  type: "labels",
  value: { start, end, labels: [label], ...(text === undefined ? {} : { text }) },
});
const arrow = (from_id: string, to_id: string, label: string) => ({ type: "relation", from_id, to_id, labels: [label] });
const found = (documents: readonly Document[]) =>
  documents.map(({ text, tokens, entities, relations }) => {
    const words = entities.map(({ start, end }) => text.slice(tokens[start]?.start, tokens[end - 1]?.end));
    return [text, words, relations.map(({ head, tail, type }) => `${words[head]} ${type} ${words[tail]}`)];
  });

test.each([
  ["the only string", { Full_Text: "Ada Lovelace met Bo." }],
  ["the only one named like a text", { title: "A meeting", body_text: "Ada Lovelace met Bo.", source: "Wire 1" }],
  ["the one that the words of the regions fit", { a: "Bo met Ada Lovelace!", b: "Ada Lovelace met Bo." }],
])("finds the text under another name: %s", async (_, data) => {
  const result = [region("x", 0, 12, "PER", "da Love"), region("y", 17, 19, "PER", "Bo"), arrow("x", "y", "met")];
  const { documents, omissions } = await readFiles(labelStudio, { "": task(data, [{ result }]) });
  expect(found(documents)).toEqual([["Ada Lovelace met Bo.", ["Ada Lovelace", "Bo"], ["Ada Lovelace met Bo"]]]);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    '[0].annotations[0].result[0].value: the text has "Ada Lovelace" where the file says "da Love"; the offsets were used',
  ]);
});

test("a text that cannot be found is an error that lists the fields, unless one is named", async () => {
  const file = { "": task({ a: "Ada met Bo.", b: "Bo left." }, [{ result: [] }]) };
  await expect(readFiles(labelStudio, file)).rejects.toThrow("main:1 [0].data: data has several texts (FIELD_MISSING)");
  await expect(readFiles(labelStudio, file, { textField: "c" })).rejects.toMatchObject({
    message: 'main:1 [0].data: data has no text called "c" (FIELD_MISSING)',
    hint: "name the field that holds the text (textField, --text-field); its fields with a string: a, b",
  });
  expect((await readFiles(labelStudio, file, { textField: "b" })).documents[0]).toMatchObject({
    text: "Bo left.",
    metadata: { a: "Ada met Bo." },
  });
});

const twoPeople = task({ text: "Ada met Bo." }, [
  { completed_by: 3, result: [region("x", 0, 3, "PER")] },
  { completed_by: { id: 4, email: "mia@example.org" }, ground_truth: true, result: [region("x", 8, 10, "PER")] },
  { completed_by: 5, was_cancelled: true, result: [region("x", 4, 7, "PER")] },
]);

test.each([
  [undefined, ["Bo"]],
  ["3", ["Ada"]],
  ["MIA@example.org", ["Bo"]],
])("of several annotations, the ground truth or that of the annotator: %s", async (annotator, words) => {
  const { documents, omissions } = await readFiles(labelStudio, { "": twoPeople }, { annotator });
  expect(found(documents)).toEqual([["Ada met Bo.", words, []]]);
  expect(omissions.map(({ reason }) => reason).toSorted()).toEqual([
    "only one annotation of a task is read; this one was left out",
    "the annotation was cancelled; it was left out",
  ]);
});

test("a task that the annotator skipped is left out, and an unknown annotator is an error", async () => {
  const both = `[${twoPeople.slice(1, -1)},${task({ text: "Cy left." }, [{ completed_by: 3, result: [] }]).slice(1, -1)}]`;
  const { documents, omissions } = await readFiles(labelStudio, { "": both }, { annotator: "mia@example.org" });
  expect(documents.map(({ text }) => text)).toEqual(["Ada met Bo."]);
  expect(omissions.at(-1)?.reason).toBe("the annotator that was asked for did not annotate this task; it was left out");
  await expect(readFiles(labelStudio, { "": both }, { annotator: "mya" })).rejects.toMatchObject({
    message: 'main: no task has an annotation by "mya" (FIELD_INVALID)',
    hint: "annotators in this file: 3, mia@example.org, 5",
  });
});

test("JSON-MIN is recognised, and refused with what to export instead", async () => {
  const label = [{ start: 0, end: 3, text: "Ada", labels: ["PER"] }];
  const min = JSON.stringify([{ id: 1, text: "Ada left.", label, annotator: 1, annotation_id: 2, lead_time: 3 }]);
  expect(detectFormats("a.json", min).map(({ name }) => name)).toEqual(["label-studio"]);
  expect(detectFormats("a.jsonl", min.slice(1, -1)).map(({ name }) => name)).toEqual(["label-studio"]);
  await expect(readFiles(labelStudio, { "": min })).rejects.toMatchObject({
    message: "main:1 [0]: this is Label Studio's JSON-MIN export, which leaves out relations (FIELD_MISSING)",
    hint: "in Label Studio choose Export, then JSON instead of JSON-MIN, and read that file",
  });
});
