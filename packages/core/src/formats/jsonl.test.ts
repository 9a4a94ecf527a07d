import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Document, Entity } from "../schema/index.ts";
import { describeFormat } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { collectDocuments, collectText } from "./format.ts";
import { jsonl } from "./jsonl.ts";
import { recordOf } from "./shared/document-record.ts";
import type { TextChunks } from "./shared/lines.ts";

const read = (chunks: TextChunks) => collectDocuments(jsonl.read(chunks, { source: "a.jsonl" }));
const readOne = async (value: unknown) => {
  const { documents, omissions } = await read([JSON.stringify(value)]);
  return { document: documents[0] as Document, omissions: omissions.map(({ path, reason }) => `${path}: ${reason}`) };
};

const record = {
  id: "s1",
  tokens: ["Ada", "joined", "Acme"],
  entities: [
    { start: 0, end: 1, type: "PER" },
    { start: 2, end: 3, type: null },
  ],
  relations: [{ head: 0, tail: 1, type: "works_for" }],
};

test("a sentence of tokens", async () => {
  const { document, omissions } = await readOne({ ...record, pos: ["NNP", "VBD", "NNP"], doc: "d1", label: "x" });
  expect(omissions).toEqual([]);
  expect(document).toEqual({
    id: "s1",
    text: "Ada joined Acme",
    tokens: [
      { text: "Ada", start: 0, end: 3 },
      { text: "joined", start: 4, end: 10 },
      { text: "Acme", start: 11, end: 15 },
    ],
    sentences: [{ start: 0, end: 3 }],
    pos: ["NNP", "VBD", "NNP"],
    entities: record.entities,
    relations: record.relations,
    metadata: { doc: "d1", label: "x" },
  });
});

describe("text with character spans", () => {
  const text = "🚀 Ada Lovelace left. Acme stayed.";

  test.each([
    ["utf16", 3, 15],
    ["codepoint", 2, 14],
  ])("in %s", async (offsetUnit, startChar, endChar) => {
    const { document, omissions } = await readOne({ text, offsetUnit, entities: [{ startChar, endChar, type: "PER" }] });
    expect(omissions).toEqual([]);
    expect(document.id).toBe("line-1");
    expect(document.entities).toEqual([{ start: 1, end: 3, type: "PER" }]);
    expect(document.sentences).toEqual([
      { start: 0, end: 5 },
      { start: 5, end: 8 },
    ]);
  });

  test("a span that ends inside a token splits it, which is reported", async () => {
    const { document, omissions } = await readOne({ text, entities: [{ startChar: 3, endChar: 10, type: "PER" }] });
    expect(document.entities).toEqual([{ start: 1, end: 3, type: "PER" }]);
    expect(document.tokens.slice(1, 4).map((token) => token.text)).toEqual(["Ada", "Lov", "elace"]);
    expect(document.sentences).toEqual([
      { start: 0, end: 6 },
      { start: 6, end: 9 },
    ]);
    expect(omissions).toEqual(['entities[0]: "Ada Lov" ends inside the token "Lovelace", which was split there']);
  });

  test.each([
    [{ startChar: 2, endChar: 3, type: null }, 'a.jsonl:1 entities[0]: the characters " " hold no token (SPAN_EMPTY)'],
    [
      { startChar: 0, endChar: 99, type: null },
      "entities[0]: the characters 0 to 99 are not in the text, which has 34 (SPAN_OUTSIDE)",
    ],
    [{ startChar: 9, endChar: 3, type: null }, "(SPAN_EMPTY)"],
    [
      { start: 0, end: 1, type: null },
      "entities[0].startChar: start and end count tokens, but this object has no tokens (FIELD_MISSING)",
    ],
    [{ startChar: 0, type: null }, "entities[0].endChar: the field is missing, expected a number (FIELD_MISSING)"],
    [{ startChar: 0, endChar: 2 }, "entities[0].type: the field is missing, expected a string (FIELD_MISSING)"],
  ])("%j is refused", async (entity, message) => {
    await expect(readOne({ text, entities: [entity] })).rejects.toThrow(message);
  });
});

describe("tokens in a text", () => {
  test("are searched for without offsets", async () => {
    const { document } = await readOne({ ...record, text: "Ada  joined\nAcme" });
    expect(document.tokens.map(({ start }) => start)).toEqual([0, 5, 12]);
    await expect(readOne({ ...record, text: "Ada joined us" })).rejects.toThrow("SPAN_MISALIGNED");
  });

  test("are at their offsets, and a wrong unit is detected", async () => {
    const placed = {
      tokens: ["🚀", "Ada"],
      text: "🚀 Ada",
      offsets: [
        [0, 1],
        [2, 5],
      ],
    };
    expect((await readOne({ ...placed, offsetUnit: "codepoint" })).omissions).toEqual([]);
    expect((await readOne(placed)).omissions).toEqual([
      'offsets: 2 of 2 tokens differ from the text at their offsets, first "🚀" where the text has "\\ud83d"; offsetUnit may be wrong',
    ]);
  });

  test("win over characters that disagree, which is reported", async () => {
    const entities = [{ start: 0, end: 1, startChar: 0, endChar: 9, type: "PER" }];
    const { document, omissions } = await readOne({ tokens: ["Ada", "joined"], entities });
    expect(document.entities).toEqual([{ start: 0, end: 1, type: "PER" }]);
    expect(omissions).toEqual([
      'entities[0]: startChar and endChar give "Ada joine", but start and end give other tokens; the tokens were used',
    ]);
  });
});

test("reports unsupported fields with source and line", async () => {
  const entities = [{ start: 0, end: 1, type: "PER", note: "?" }];
  const { omissions } = await read(["\n", JSON.stringify({ ...record, entities, relations: [], doc: "a", meta: { doc: "b" } })]);
  expect(omissions).toEqual([
    { source: "a.jsonl", line: 2, path: "entities[0].note", reason: "the format has no such field; it was left out" },
    { source: "a.jsonl", line: 2, path: "doc", reason: "meta.doc was used instead of this field" },
  ]);
});

test.each<[unknown, string]>([
  [[1], "a.jsonl:1: expected an object, found a list of 1 (FIELD_INVALID)"],
  [{}, "a.jsonl:1 text: the field is missing, expected a string (FIELD_MISSING)"],
  [{ tokens: "a b" }, 'tokens: expected a list, found "a b" (FIELD_INVALID)'],
  [{ tokens: ["a", 1] }, "tokens[1]: expected a string, found 1 (FIELD_INVALID)"],
  [{ tokens: ["a", ""] }, "tokens[1]: a token is the empty string (FIELD_INVALID)"],
  [
    { ...record, entities: [{ start: 0, end: 9, type: null }] },
    "entities[0].end: end is 9, but this document has 3 tokens (SPAN_OUTSIDE)",
  ],
  [{ ...record, entities: [[0, 1, "A"]] }, "entities[0]: expected an object, found a list of 3 (FIELD_INVALID)"],
  [
    { ...record, relations: [{ head: 0, tail: 7, type: "r" }] },
    "relations[0].tail: tail names entity 7, but this document has entities 0 to 1 (RELATION_END_MISSING)",
  ],
  [{ ...record, pos: ["A"] }, "pos: expected one tag per token"],
  [{ ...record, offsets: [] }, "text: the field is missing"],
  [
    { ...record, text: "Ada joined Acme", offsets: [[0, 3]] },
    "offsets: expected one pair per token, found 1 for 3 tokens (FIELD_INVALID)",
  ],
  [{ ...record, sentences: [[0, 2]] }, "sentences: the sentences end at token 2 of 3 (FIELD_INVALID)"],
  [{ ...record, offsetUnit: "bytes" }, 'offsetUnit: expected "utf16" or "codepoint", found "bytes" (FIELD_INVALID)'],
  [{ ...record, id: null }, "id: expected a string, found null (FIELD_INVALID)"],
])("%j is refused", async (value, message) => {
  await expect(readOne(value)).rejects.toThrow(message);
});

test("refuses a line that is not JSON, with its line and column", async () => {
  await expect(read(['{"tokens":[]}\n\n{"tokens":["a",}'])).rejects.toThrow(
    'a.jsonl:3:16: expected a value, found "}" (JSON_INVALID)',
  );
});

const json = fc.jsonValue({ depthSize: "small" }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/**
 * Valid documents of any shape: gaps, tokens spelled differently from the text, no sentences, lone
 * surrogates.
 */
const anyDocument: fc.Arbitrary<Document> = fc
  .record({
    id: fc.string(),
    pieces: fc.array(
      fc.tuple(fc.string({ unit: "binary", minLength: 1 }), fc.string({ unit: "binary", maxLength: 2 }), fc.boolean()),
    ),
    spans: fc.array(
      fc.tuple(fc.nat(), fc.nat(), fc.option(fc.string({ minLength: 1 })), fc.option(fc.double({ min: 0, max: 1, noNaN: true }))),
    ),
    links: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.string({ minLength: 1 }))),
    withPos: fc.boolean(),
    metadata: fc.dictionary(fc.string(), json),
  })
  .map(({ id, pieces, spans, links, withPos, metadata }) => {
    let text = "";
    const tokens = pieces.map(([piece, gap]) => {
      text += gap;
      const start = text.length;
      text += piece;
      return { text: piece, start, end: text.length };
    });
    const ends = pieces.flatMap(([, , last], index) => (last || index === pieces.length - 1 ? [index + 1] : []));
    const entities: Entity[] = [];
    for (const [a, b, type, confidence] of tokens.length === 0 ? [] : spans) {
      const start = a % tokens.length;
      const end = start + 1 + (b % (tokens.length - start));
      entities.push({
        start,
        end,
        type,
        ...(confidence === null ? {} : { confidence: Math.round(confidence * 1e6) / 1e6 + 0 }),
      });
    }
    const relations =
      entities.length === 0
        ? []
        : links.map(([head, tail, type]) => ({ head: head % entities.length, tail: tail % entities.length, type }));
    return {
      id,
      text,
      tokens,
      sentences: ends.map((end, index) => ({ start: ends[index - 1] ?? 0, end })),
      ...(withPos ? { pos: tokens.map((token) => token.text.slice(0, 1)) } : {}),
      entities,
      relations,
      metadata,
    };
  });

test("documents survive a round trip exactly, however the file is cut into chunks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyDocument, { maxLength: 4 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      async (documents, size, crlf) => {
        const { text, omissions } = await collectText(jsonl.write(documents));
        expect(omissions).toEqual([]);
        const file = `\uFEFF${crlf ? text.replaceAll("\n", "\r\n") : text.slice(0, -1)}`;
        const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, index) =>
          file.slice(index * size, (index + 1) * size),
        );
        expect(await read(chunks)).toEqual({ documents, omissions: [] });
      },
    ),
    { numRuns: 300 },
  );
});

test("every entity is written with the characters it covers", async () => {
  const { document } = await readOne(record);
  const { text } = await collectText(jsonl.write([document]));
  expect(JSON.parse(text).entities).toEqual([
    { start: 0, end: 1, startChar: 0, endChar: 3, text: "Ada", type: "PER" },
    { start: 2, end: 3, startChar: 11, endChar: 15, text: "Acme", type: null },
  ]);
});

test("writes confidences with six digits", async () => {
  const { document } = await readOne({ ...record, relations: [{ ...record.relations[0], confidence: 0.123_456_789 }] });
  expect(document.relations[0]?.confidence).toBe(0.123_456_789);
  expect(recordOf(document).relations).toEqual([{ ...record.relations[0], confidence: 0.123_457 }]);
});

test("the span wins over an entity's words if they differ, which is reported", async () => {
  const entities = [{ start: 0, end: 1, text: "Adam", type: "PER" }];
  const { document, omissions } = await readOne({ tokens: ["Ada", "left"], entities });
  expect(document.entities).toEqual([{ start: 0, end: 1, type: "PER" }]);
  expect(omissions).toEqual(['entities[0]: the entity says "Adam", but the text there is "Ada"; the span was used']);
});

describe("records of former versions", () => {
  const document = {
    id: "a",
    text: "Ada  left.",
    tokens: [
      { text: "Ada", start: 0, end: 3 },
      { text: "left", start: 5, end: 9 },
      { text: ".", start: 9, end: 10 },
    ],
    sentences: [{ start: 0, end: 3 }],
    entities: [{ start: 0, end: 1, type: "PER", confidence: 0.5 }],
    relations: [],
    metadata: { doc: "d" },
  };

  test("a server answer, with tokens as offsets", async () => {
    const { metadata: _, ...rest } = document;
    const answer = {
      ...rest,
      tokens: document.tokens.map(({ start, end }) => ({ start, end })),
      entities: [{ id: 0, ...document.entities[0], startChar: 0, endChar: 3, text: "Ada" }],
      omissions: [],
    };
    expect(await readOne(answer)).toEqual({ document: { ...document, metadata: {} }, omissions: [] });
    expect(jsonl.recognises(`${JSON.stringify(answer)}\n`, "a.jsonl")).toBe(true);
  });

  test("a document as it is in memory", async () => {
    expect(await readOne(document)).toEqual({ document, omissions: [] });
  });

  test("entities with characters only, next to tokens", async () => {
    const { document: read, omissions } = await readOne({
      tokens: ["Ada"],
      entities: [{ start: 0, end: 1, startChar: 0, endChar: 3, type: null }],
    });
    expect([read.entities, omissions]).toEqual([[{ start: 0, end: 1, type: null }], []]);
  });

  test("an invalid offset is refused", async () => {
    await expect(readOne({ ...document, tokens: [{ start: 0, end: 99 }] })).rejects.toThrow("SPAN_OUTSIDE");
    await expect(readOne({ ...document, tokens: [{ start: 0 }] })).rejects.toThrow("FIELD_MISSING");
    await expect(readOne({ ...document, tokens: [{ start: 0, end: 3 }, "left"] })).rejects.toThrow("FIELD_INVALID");
  });
});

test("reads no more of the file than the requested documents need", async () => {
  let given = 0;
  function* endless(): Generator<string> {
    for (;;) {
      given++;
      yield `${JSON.stringify({ ...record, id: String(given) })}\n`;
    }
  }
  let seen = 0;
  for await (const event of jsonl.read(endless())) if (event.kind === "document" && ++seen === 1000) break;
  expect(given).toBe(1000);
});

const ada = adaDocument();
const lines = (await collectText(jsonl.write([ada]))).text;

describeFormat(jsonl, { documents: [ada], files: { "": lines } }, [
  {
    what: "an offset beyond the text",
    change: ["[59,66]", "[59,99]"],
    says: "main:1 offsets[12]: the characters 59 to 99 are not in the text, which has 67 (SPAN_OUTSIDE)",
  },
  {
    what: "a span beyond the tokens",
    change: ['"start":1,"end":3', '"start":1,"end":30'],
    says: "main:1 entities[0].end: end is 30, but this document has 14 tokens (SPAN_OUTSIDE)",
  },
  {
    what: "an empty span",
    change: ['"start":1,"end":3', '"start":3,"end":3'],
    says: /main:1 entities\[0\]: .* is empty \(SPAN_EMPTY\)/,
  },
  {
    what: "a relation to an entity that is not there",
    change: ['"head":1', '"head":9'],
    says: "main:1 relations[1].head: head names entity 9, but this document has entities 0 to 3 (RELATION_END_MISSING)",
  },
  {
    what: "a relation without a type",
    change: [',"type":"works_for"', ""],
    says: "main:1 relations[0].type: the field is missing",
  },
  {
    what: "characters that are not those of the tokens",
    change: ['"startChar":3', '"startChar":4'],
    says: /main:1 entities\[0\]: .*the tokens were used/,
  },
]);
