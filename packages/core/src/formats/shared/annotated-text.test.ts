import { expect, test } from "vitest";
import type { Document } from "../../schema/index.ts";
import { collectDocuments } from "../format.ts";
import { inputFormats } from "../formats.ts";
import { annotatedText } from "./annotated-text.ts";

const sentences = ({ tokens, sentences }: Document): string[] =>
  sentences.map(({ start, end }) =>
    tokens
      .slice(start, end)
      .map((token) => token.text)
      .join(" "),
  );

test("a mention across a line break shows that it is soft, unless all are said to be hard", () => {
  const text = "Lena Hart\nWorks\nInes Roth\n\nJon";
  const mentions = [{ start: 5, end: 15 }];
  expect(sentences(annotatedText("d", text, mentions, {}).document)).toEqual(["Lena Hart Works", "Ines Roth", "Jon"]);
  expect(sentences(annotatedText("d", text, mentions, { newlines: "hard" }).document)).toEqual([
    "Lena Hart",
    "Works",
    "Ines Roth",
    "Jon",
  ]);
  const across = [{ start: 16, end: text.length }];
  expect(sentences(annotatedText("d", text, across, {}).document)).toEqual(["Lena Hart", "Works", "Ines Roth", "Jon"]);
});

test("a token is split at every end inside it, but not inside a character", () => {
  const text = "ab🚀cd";
  const { document, splits } = annotatedText(
    "d",
    text,
    [
      { start: 1, end: 3 },
      { start: 4, end: 5 },
    ],
    { mode: "words" },
  );
  expect(document.tokens.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
  expect([...splits.keys()]).toEqual([1, 5]);
});

const bioc = {
  documents: [
    {
      id: "d",
      passages: [
        {
          offset: 0,
          infons: {},
          text: "Take 5mg daily",
          annotations: [{ id: "T1", infons: { type: "UNIT" }, text: "mg", locations: [{ offset: 6, length: 2 }] }],
        },
      ],
    },
  ],
};

test.each([
  ["pubtator", "d|t|Take 5mg daily\nd|a|\nd\t6\t8\tmg\tUNIT\t-\n"],
  ["bioc-json", JSON.stringify(bioc)],
  [
    "ubiai",
    JSON.stringify([
      {
        document: "Take 5mg daily",
        tokens: [{ text: "mg", start: 6, end: 8, token_start: 2, token_end: 2, entityLabel: "UNIT" }],
        relations: [],
      },
    ]),
  ],
])("%s: a mention inside a token splits it, and keeps its characters", async (name, file) => {
  const { documents, omissions } = await collectDocuments(inputFormats.get(name).read([file], { source: "d" }));
  expect(documents.map(({ tokens }) => tokens.map(({ text }) => text))).toEqual([["Take", "5", "mg", "daily"]]);
  expect(documents[0]?.entities).toEqual([{ start: 2, end: 3, type: "UNIT" }]);
  expect(omissions).toMatchObject([{ kind: "split", reason: '"mg" ends inside the token "5mg", which was split there' }]);
});

/** Words without a space, and other text that a pattern may read again and again. */
const hostile = ["a", "A", "1", "é", "中", "'", "-", "_", ".", "n't", "a\n", "<", "[", "\\", "www."];

test.each(hostile)(
  "every format reads or refuses a megabyte of %j in records that are broken in many ways",
  async (unit) => {
    const word = unit.repeat(Math.ceil(1_000_000 / unit.length));
    const inString = JSON.stringify(word);
    const records = [
      word,
      `{"id":1,"text":${word}}`,
      `{"id":1,"text":${inString}`,
      `[[3],[[1,${word}]],[[0,1,0]]]`,
      `{"text":${inString},"entities":[{"id":0,"label":"P","start_offset":0,"end_offset":3}],"relations":[{"from_id":9,"to_id":0,"type":"r"}]}`,
    ];
    const read = [];
    for (const name of ["doccano", "copyre", "jsonl"]) {
      for (const record of records) {
        const events = inputFormats.get(name).read([record], { source: "hostile" });
        read.push(
          await collectDocuments(events).then(
            ({ documents }) => documents.length,
            (error: unknown) => String(error),
          ),
        );
      }
    }
    // Quadratic work on this much text takes longer than a test may.
    expect(read).toHaveLength(15);
  },
  120_000,
);
