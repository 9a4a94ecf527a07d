import { setImmediate as nextTurn } from "node:timers/promises";
import { type Document, joinTokens } from "@weft-nlp/core";
import { expect, test } from "vitest";
import { turns } from "../http/turns.ts";
import { newSentences } from "./correction-sentences.ts";

const documents = Array.from(
  { length: 30_000 },
  (_, index): Document => ({
    id: `d${index}`,
    ...joinTokens(["Ada", "met", "Bo", "and", "left"]),
    sentences: [
      { start: 0, end: 3 },
      { start: 3, end: 5 },
    ],
    entities: [
      { start: 0, end: 1, type: "PER" },
      { start: 2, end: 3, type: "PER", confidence: 0.75 },
    ],
    relations: [{ head: 0, tail: 1, type: "met" }],
    metadata: {},
  }),
);

test("sentences of many documents are made in order, and other work gets its turn in between", async () => {
  let done = false;
  let turnsOfOthers = 0;
  const others = async (): Promise<void> => {
    for (; !done; turnsOfOthers++) await nextTurn();
  };
  const waiting = others();
  const sentences = await newSentences(documents, turns());
  done = true;
  await waiting;
  expect(turnsOfOthers).toBeGreaterThan(3);
  expect(sentences.map(({ document }) => document.id)).toEqual(documents.flatMap(({ id }) => [`${id}#0`, `${id}#1`]));
  expect(sentences.slice(0, 2).map(({ uncertainty }) => uncertainty)).toEqual([0.5, 0]);
});

test("work that no caller waits for is cancelled", async () => {
  const controller = new AbortController();
  const making = newSentences(documents, turns(controller.signal));
  controller.abort(new Error("gone"));
  await expect(making).rejects.toThrow("gone");
});

test("notes become comments of the sentences that they are about", async () => {
  const [document] = documents as [Document];
  const notes = [{ text: "who is Bo?", entity: 1 }, { text: "odd", relation: 0 }, { text: "the whole" }];
  const [first, second] = await newSentences([{ ...document, metadata: { notes, origin: "x" } }], async () => undefined);
  expect(first?.note).toEqual({ comment: "who is Bo?\nodd\nthe whole" });
  expect(first?.document.metadata).toEqual({ origin: "x", doc: "d0" });
  expect(second?.note).toBeUndefined();
});
