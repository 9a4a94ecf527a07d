import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../errors.ts";
import { annotateDocument, type Document, type Span, validateDocument } from "../schema/index.ts";
import { documentFromText } from "../text/index.ts";
import { collectDocuments, collectText, detectFormat, type Format, formats } from "./index.ts";

/** A text with an astral character, two sentences and two relations: what a wrong offset unit or a lost sentence shows on. */
const plain = documentFromText("doc-1", "🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines.");
const ada: Document = annotateDocument(plain, [
  {
    entities: [
      { start: 1, end: 3, type: "PER" },
      { start: 4, end: 6, type: "ORG" },
      { start: 7, end: 8, type: "LOC" },
    ],
    relations: [
      { head: 0, tail: 1, type: "works_for" },
      { head: 1, tail: 2, type: "based_in" },
    ],
  },
  { entities: [{ start: 0, end: 2, type: "ORG" }], relations: [] },
]);

const all: [string, Format][] = Object.entries(formats);

describe.each(all)("%s", (name, format) => {
  const read = (text: string | string[]) =>
    collectDocuments(format.read(typeof text === "string" ? [text] : text, { source: "a" }));

  test("is called what the table calls it, and its endings are lower case with a dot", () => {
    expect(format.name).toBe(name);
    for (const extension of format.extensions) expect(extension).toMatch(/^\.[a-z0-9.]+$/);
  });

  test("writes a document, recognises what it wrote and reads the same entities and relations", async () => {
    const { text } = await collectText(format.write([ada]));
    expect(format.recognises(text)).toBe(true);
    expect(detectFormat(`file${format.extensions[0]}`, text)).toBe(format);
    const { documents } = await read(text);
    const triples = (document: Document) => {
      const words = ({ start, end }: Span) =>
        document.tokens
          .slice(start, end)
          .map((token) => token.text)
          .join(" ");
      const named = document.entities.map((entity) => `${words(entity)}/${entity.type}`);
      return document.relations.map(({ head, tail, type }) => [named[head], type, named[tail]]);
    };
    expect(documents.flatMap(triples)).toEqual(triples(ada));
    for (const document of documents) expect(() => validateDocument(document)).not.toThrow();
  });

  test("an empty file holds no documents", async () => {
    expect((await read("")).documents).toEqual([]);
    expect((await read(["", "\uFEFF"])).documents).toEqual([]);
    expect((await collectText(format.write([]))).losses).toEqual([]);
  });

  test("a file cut off anywhere is read in part or refused with its place, and never crashes otherwise", async () => {
    const { text } = await collectText(format.write([ada]));
    for (let end = 1; end < text.length; end += 7) {
      try {
        await read(text.slice(0, end));
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        expect((error as DataError).at?.source).toBe("a");
      }
    }
  });

  test("any text is refused with a DataError or read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), fc.json()), async (text) => {
        try {
          for (const document of (await read(text)).documents) validateDocument(document);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test("the ending decides where there is nothing to look at, the content where there is", () => {
  expect(detectFormat("corpus/Train.JSONL")).toBe(formats.jsonl);
  expect(detectFormat("corpus/train.unknown")).toBeUndefined();
  expect(detectFormat("corpus/train.unknown", '\n{"tokens":["a"],"entities":[],"relations":[]}\n')).toBe(formats.jsonl);
  expect(detectFormat("a.jsonl", '{"sentences":[["a"]],"ner":[[]]}')).not.toBe(formats.jsonl);
  expect(detectFormat("a.jsonl", '{"text":"a","entities":[{"id":0,"label":"A","start_offset":0,"end_offset":1}]}')).not.toBe(
    formats.jsonl,
  );
  expect(detectFormat("a.jsonl", '{"text":"a","tokens":[{"text":"a","id":0}],"spans":[]}')).not.toBe(formats.jsonl);
});
