import { expect, test } from "vitest";
import { saidNotes } from "../testing/said-notes.ts";
import { type Document, joinTokens, type Note, notesOf, sentenceDocuments, withAnnotation, withNotes } from "./index.ts";

const notes: readonly Note[] = [
  { text: "the whole" },
  { text: "which Bo?", entity: 2 },
  { text: "really?", relation: 1 },
  { text: "across", relation: 0 },
  { text: "half", entity: 3 },
];

/** Entities out of the order of the text, one of them across the sentences as a relation is. */
const document: Document = withNotes(
  {
    id: "d",
    ...joinTokens(["Ada", "left", ".", "Bo", "met", "Cy", "."]),
    sentences: [
      { start: 0, end: 3 },
      { start: 3, end: 7 },
    ],
    entities: [
      { start: 0, end: 1, type: "PER" },
      { start: 5, end: 6, type: "PER" },
      { start: 3, end: 4, type: "PER" },
      { start: 2, end: 4, type: "ODD" },
    ],
    relations: [
      { head: 1, tail: 0, type: "knows" },
      { head: 2, tail: 1, type: "met" },
    ],
    metadata: { page: 7 },
  },
  notes,
);

test("notes go to the sentence of what they are about, and count in it", () => {
  const [first, second] = sentenceDocuments(document);
  expect(notesOf(first as Document)).toEqual([{ text: "the whole" }, { text: "half" }]);
  expect(notesOf(second as Document)).toEqual([
    { text: "which Bo?", entity: 1 },
    { text: "really?", relation: 0 },
    { text: "across", entity: 0 },
  ]);
  expect(saidNotes(second as Document)).toEqual(["which Bo?: Bo", "really?: Bo met Cy", "across: Cy"]);
  expect([first, second].map((each) => each?.metadata["page"])).toEqual([7, 7]);
  expect(Object.keys(sentenceDocuments(withNotes(document, []))[0]?.metadata ?? {})).toEqual(["page", "doc"]);
});

test("notes on an entity of one sentence and a relation of another keep the numbers that fit", () => {
  const [first, second] = sentenceDocuments(withNotes(document, [{ text: "both", entity: 0, relation: 1 }]));
  expect(notesOf(first as Document)).toEqual([{ text: "both", entity: 0 }]);
  expect(second?.metadata).not.toHaveProperty("notes");
});

test("a field that holds something else is left as it is", () => {
  const [, second] = sentenceDocuments({ ...document, metadata: { notes: [{ text: "x", entity: 99 }] } });
  expect(second?.metadata["notes"]).toEqual([{ text: "x", entity: 99 }]);
});

test("notes follow what they are about into another annotation, and keep their words if it is gone", () => {
  const changed = withAnnotation(document, {
    entities: [
      { start: 3, end: 4, type: "ORG" },
      { start: 5, end: 6, type: "ORG" },
      { start: 5, end: 6, type: "PER" },
    ],
    relations: [{ head: 0, tail: 2, type: "met" }],
  });
  expect(notesOf(changed)).toEqual([
    { text: "the whole" },
    { text: "which Bo?", entity: 0 },
    { text: "really?", relation: 0 },
    { text: "across", entity: 2 },
    { text: "half" },
  ]);
});
