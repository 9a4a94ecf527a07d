import { expect, test } from "vitest";
import { documentFromText } from "../text/index.ts";
import type { Document } from "./document.ts";
import { inReadingUnits, type Reading } from "./reading-units.ts";
import { sentencesOf } from "./sentences.ts";

const text = "Ada met Bob. They left Oslo.\nCarol stayed.\n\nDan lives here. He works for Acme.";
const document: Document = (() => {
  const read = documentFromText("d", text);
  const place = (word: string): number => read.tokens.findIndex((token) => token.text === word);
  const entities = ["Ada", "Oslo", "Carol", "Dan", "Acme"].map((word) => ({
    start: place(word),
    end: place(word) + 1,
    type: null,
  }));
  const relations = [
    [0, 1],
    [0, 2],
    [2, 3],
    [3, 4],
    [0, 4],
  ].map(([head = 0, tail = 0]) => ({ head, tail, type: "r" }));
  return { ...read, entities, relations };
})();

function cut(reading: Reading | undefined, of: Document = document): { units: string[]; relations: number; lost: number } {
  const { sentences, omissions } = sentencesOf(inReadingUnits(of, reading));
  return {
    units: sentences.map(({ tokens }) => tokens.join(" ")),
    relations: sentences.reduce((sum, { relations }) => sum + relations.length, 0),
    lost: omissions.length,
  };
}

test("by default, and by sentence, the document stays as it is", () => {
  expect(inReadingUnits(document, undefined)).toBe(document);
  expect(inReadingUnits(document, { unit: "sentence", tokens: 99 })).toBe(document);
  expect(cut(undefined)).toMatchObject({ relations: 0, lost: 5 });
});

test("paragraphs end at blank lines, and relations inside them are kept", () => {
  expect(cut({ unit: "paragraph", tokens: 99 })).toEqual({
    units: ["Ada met Bob . They left Oslo . Carol stayed .", "Dan lives here . He works for Acme ."],
    relations: 3,
    lost: 2,
  });
});

test("in a text without blank lines, paragraphs end at line breaks", () => {
  const read = documentFromText("d", text.replace("\n\n", "\n"));
  expect(cut({ unit: "paragraph", tokens: 99 }, read).units).toEqual([
    "Ada met Bob . They left Oslo .",
    "Carol stayed .",
    "Dan lives here . He works for Acme .",
  ]);
});

test("a document is one unit if it fits, else as many sentences as fit", () => {
  expect(cut({ unit: "document", tokens: 99 })).toMatchObject({ relations: 5, lost: 0 });
  expect(cut({ unit: "document", tokens: 8 }).units).toEqual([
    "Ada met Bob . They left Oslo .",
    "Carol stayed . Dan lives here .",
    "He works for Acme .",
  ]);
});

test("a sentence longer than a unit is a unit of its own", () => {
  expect(cut({ unit: "document", tokens: 1 }).units).toEqual(cut(undefined).units);
});

test("units cover every token once, in order, whatever the limit", () => {
  for (let tokens = 1; tokens < 24; tokens++) {
    for (const unit of ["paragraph", "document"] as const) {
      const { sentences } = inReadingUnits(document, { unit, tokens });
      expect(sentences.map(({ start }) => start)).toEqual([0, ...sentences.slice(0, -1).map(({ end }) => end)]);
      expect(sentences.at(-1)?.end).toBe(document.tokens.length);
    }
  }
});
