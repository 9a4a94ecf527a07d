import fc from "fast-check";
import { expect, test } from "vitest";
import { tinyEncoder } from "../../testing/tiny-encoder.ts";
import { packPieces } from "./packed-pieces.ts";
import { pieceWindows } from "./piece-windows.ts";
import { openWordPieces, type WordPieces } from "./word-pieces.ts";

type Json = Record<string, unknown> & { model: Record<string, unknown> & { vocab: Record<string, unknown> } };

const tokenizer = (): Json => JSON.parse(new TextDecoder().decode(tinyEncoder()["tokenizer.json"])) as Json;
const vocabulary = Object.entries(tokenizer().model.vocab)
  .sort(([, x], [, y]) => Number(x) - Number(y))
  .map(([piece]) => piece);
const wordPieces = await openWordPieces(tokenizer(), "tokenizer.json");
const named = (pieces: WordPieces, word: string): string[] => [...pieces.of(word)].map((id) => vocabulary[id] ?? "?");

/** Byte-level BPE with single bytes, one merge, and a mark for the space before a word. */
const byteLevel = (addsSpace = false): Json => ({
  added_tokens: ["<s>", "</s>", "<unk>"].map((content, id) => ({ id, content, special: true, normalized: false })),
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: addsSpace, trim_offsets: true, use_regex: true },
  post_processor: {
    type: "RobertaProcessing",
    sep: ["</s>", 1],
    cls: ["<s>", 0],
    trim_offsets: true,
    add_prefix_space: addsSpace,
  },
  decoder: { type: "ByteLevel" },
  model: {
    type: "BPE",
    unk_token: "<unk>",
    vocab: { "<s>": 0, "</s>": 1, "<unk>": 2, a: 3, d: 4, Ġ: 5, Ġa: 6, Ã: 7, "¼": 8, "1": 9 },
    merges: ["Ġ a"],
  },
});

test("a word on its own is a bare word for WordPiece, and has a space before it for byte-level BPE", async () => {
  expect(named(wordPieces, "Ada")).toEqual(["ada"]);
  expect(named(wordPieces, "Adas")).toEqual(["ada", "##s"]);
  expect(named(wordPieces, "non-stop")).toEqual(["n", "##o", "##n", "-", "s", "##t", "##o", "##p"]);
  for (const addsSpace of [true, false]) {
    const bytes = await openWordPieces(byteLevel(addsSpace), "tokenizer.json");
    expect([...bytes.of("ad")]).toEqual([6, 4]);
    expect([...bytes.of("dü1")]).toEqual([5, 4, 7, 8, 9]);
    expect([[...bytes.before], [...bytes.after]]).toEqual([[0], [1]]);
  }
  const nested = { ...byteLevel(), pre_tokenizer: { type: "Sequence", pretokenizers: [byteLevel()["pre_tokenizer"]] } };
  expect([...(await openWordPieces(nested, "t")).of("a")]).toEqual([6]);
});

test("a word that gives no piece, or none that is known, is the unknown piece", () => {
  for (const word of ["", " ", "\u0000", "\u200e", "漢", "😀", "x".repeat(101)])
    expect(named(wordPieces, word)).toEqual(["[UNK]"]);
  expect(wordPieces.of("x".repeat(1 << 20))).toHaveLength(1);
});

test("special pieces are those that the file puts around a sentence", async () => {
  expect([...wordPieces.before, ...wordPieces.after].map((id) => vocabulary[id])).toEqual(["[CLS]", "[SEP]"]);
  expect(wordPieces.size).toBe(vocabulary.length);
  const bare = await openWordPieces({ ...tokenizer(), post_processor: null }, "t");
  expect([bare.before.length, bare.after.length]).toEqual([0, 0]);
});

test.each<[string, unknown, string]>([
  ["no object", [], "the file has no model with a vocabulary"],
  ["no vocabulary", { model: { type: "WordPiece" } }, "the file has no model with a vocabulary"],
  ["an empty one", { ...tokenizer(), added_tokens: [], model: { ...tokenizer().model, vocab: {} } }, "the vocabulary is empty"],
  ["text for numbers", { ...tokenizer(), model: { ...tokenizer().model, vocab: { "[UNK]": "x" } } }, "a piece without a number"],
  ["an unknown model", { ...tokenizer(), model: { type: "Own", vocab: { a: 1 } } }, 'the type "Own"'],
  ["an unknown part", { ...tokenizer(), pre_tokenizer: { type: "Own" } }, "its parts cannot be read"],
  [
    "no unknown piece",
    { ...tokenizer(), added_tokens: [], model: { ...tokenizer().model, unk_token: "?", vocab: { a: 1 } } },
    "",
  ],
])("a file with %s is refused", async (_, value, words) => {
  await expect(openWordPieces(value, "e/tokenizer.json")).rejects.toMatchObject({
    code: "ARCHIVE_INVALID",
    at: { source: "e/tokenizer.json" },
    summary: expect.stringContaining(words) as string,
  });
});

test("windows cover every word, fit, and overlap where they can", () => {
  const sentences = fc.tuple(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }), fc.integer({ min: 12, max: 40 }));
  fc.assert(
    fc.property(sentences, ([lengths, limit]) => {
      const windows = pieceWindows(lengths, limit);
      const total = (start: number, end: number): number => lengths.slice(start, end).reduce((sum, each) => sum + each, 0);
      expect(windows[0]?.start).toBe(0);
      expect(windows.at(-1)?.end).toBe(lengths.length);
      for (const [k, { start, end }] of windows.entries()) {
        expect(total(start, end)).toBeLessThanOrEqual(limit);
        const next = windows[k + 1];
        if (next === undefined) continue;
        expect(total(start, end + 1)).toBeGreaterThan(limit);
        expect(next.start).toBeGreaterThan(start);
        expect(next.start).toBeLessThanOrEqual(end);
        expect(next.end).toBeGreaterThan(end);
        expect(total(next.start, end)).toBeLessThanOrEqual(limit / 4);
      }
    }),
  );
  expect(pieceWindows([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 4).map(({ start }) => start)).toEqual([0, 3, 6]);
});

test("sentences are packed with their special pieces, and a word has a part in every window that reads it", () => {
  const sentence = ["Ada", "Adas", "left"];
  const packed = packPieces([sentence, [], sentence], wordPieces, { limit: 5, mode: "mean" });
  const text = [...packed.pieces].map((id) => vocabulary[id]).join(" ");
  expect(text).toBe("[CLS] ada ada ##s [SEP] [CLS] left [SEP] ".repeat(2).trim());
  expect([...packed.offsets]).toEqual([0, 5, 8, 13, 16]);
  expect(packed.words).toBe(6);
  expect(packed.parts.slice(0, 3)).toEqual([
    { word: 0, start: 1, end: 2 },
    { word: 1, start: 2, end: 4 },
    { word: 2, start: 6, end: 7 },
  ]);
  const first = packPieces([sentence], wordPieces, { limit: 9, mode: "first" });
  expect(first.parts[1]).toEqual({ word: 1, start: 2, end: 3 });
  const long = packPieces([["a", "bcdefgh", "a"]], wordPieces, { limit: 6, mode: "mean" });
  expect([...long.pieces].map((id) => vocabulary[id]).join(" ")).toBe("[CLS] a [SEP] [CLS] b ##c ##d ##e [SEP] [CLS] a [SEP]");
  const overlapping = packPieces([["a", "b", "c", "d", "e", "f"]], wordPieces, { limit: 6, mode: "mean" });
  expect(overlapping.parts.filter(({ word }) => word === 3)).toHaveLength(2);
});
