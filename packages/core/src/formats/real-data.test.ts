import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { expect, test } from "vitest";
import { overlappingEntities, sentencesOf } from "../schema/index.ts";
import { decodeTags, encodeTags, tokenize } from "../text/index.ts";
import { readVectors, vectorCoverage } from "../vocabulary/index.ts";
import { jsonl } from "./jsonl.ts";

/**
 * Corpora and vectors that may not be distributed, from a folder next to the repository or the one
 * in WEFT_DATA.
 */
const folder = process.env["WEFT_DATA"] ?? resolve(import.meta.dirname, "../../../../../shared/data");

function read(file: string) {
  const unzipped = createReadStream(join(folder, file)).pipe(createGunzip()).setEncoding("utf8");
  return jsonl.read(unzipped as AsyncIterable<string>, { source: file });
}

/**
 * The table in the folder's README: sentences, relations, relation types and entity types of each
 * train file.
 */
const table: [string, number, number, number, number][] = [
  ["webnlg", 5019, 11312, 211, 0],
  ["webnlg_star", 5019, 11687, 170, 0],
  ["webnlg_rin", 5019, 11687, 170, 0],
  ["nyt10k", 5318, 9363, 22, 0],
  ["conll04", 922, 1283, 5, 4],
  ["scierc", 1861, 3215, 7, 6],
  ["redocred_sent", 3646, 7616, 93, 6],
  ["chinese_literature", 33_992, 11_622, 9, 9],
  ["finre", 6140, 9867, 43, 0],
  ["semeval2010", 8000, 6590, 9, 0],
  ["biorel", 119, 204, 5, 1],
];

for (const [name, sentences, relations, relationTypes, entityTypes] of table) {
  const file = `${name}/train.jsonl.gz`;
  test(`${file} is read whole, and tags hold every entity that does not overlap another`, async ({ skip }) => {
    if (!existsSync(join(folder, file))) skip(`${file} is not in ${folder}`);
    const found = { sentences: 0, relations: 0, relationTypes: new Set<string>(), entityTypes: new Set<string>() };
    for await (const event of read(file)) {
      if (event.kind === "omission") throw new Error(`unexpected omission: ${event.omission.reason}`);
      const cut = sentencesOf(event.document);
      expect(cut.omissions).toEqual([]);
      found.sentences += cut.sentences.length;
      for (const { tokens, entities, relations } of cut.sentences) {
        found.relations += relations.length;
        for (const { type } of relations) found.relationTypes.add(type);
        for (const { type } of entities) if (type !== null) found.entityTypes.add(type);
        const omitted = new Set(overlappingEntities(entities));
        const flat = entities.filter((_, index) => !omitted.has(index)).sort((a, b) => a.start - b.start);
        expect(decodeTags(encodeTags(entities, tokens.length, "bioes").tags, "bioes")).toEqual(flat);
      }
    }
    const counts = [found.sentences, found.relations, found.relationTypes.size, found.entityTypes.size];
    expect(counts).toEqual([sentences, relations, relationTypes, entityTypes]);
  });
}

/**
 * How often our tokeniser, given a sentence as plain text, finds exactly the corpus's entity
 * boundaries.
 */
for (const [name, min] of [
  ["webnlg", 0.99],
  ["nyt10k", 0.99],
  ["conll04", 0.97],
  ["scierc", 0.99],
] as const) {
  const file = `${name}/test.jsonl.gz`;
  test(`${file}: entity boundaries fall on our own tokens`, async ({ skip }) => {
    if (!existsSync(join(folder, file))) skip(`${file} is not in ${folder}`);
    let entities = 0;
    let aligned = 0;
    for await (const event of read(file)) {
      if (event.kind !== "document") continue;
      const { document } = event;
      const words = document.tokens.map((token) => token.text);
      const text = plainText(words);
      const own = tokenize(text);
      const starts = new Set(own.map((token) => token.start));
      const ends = new Set(own.map((token) => token.end));
      for (const entity of document.entities) {
        const before = plainText(words.slice(0, entity.start), words[entity.start]);
        const mention = plainText(words.slice(entity.start, entity.end));
        entities++;
        if (text.startsWith(mention, before.length) && starts.has(before.length) && ends.has(before.length + mention.length))
          aligned++;
      }
    }
    expect(aligned / entities).toBeGreaterThan(min);
  });
}

/**
 * Corpus tokens as a writer would have typed them: no space before closing marks and clitics, nor
 * after opening ones.
 */
function plainText(words: readonly string[], next?: string): string {
  const closing = /^(?:[,.;:!?%)]|'s|'d|'m|'re|'ve|'ll|n't|'|''|-RRB-)$/;
  const opening = /^(?:[($]|``|-LRB-)$/;
  let text = "";
  for (const [index, word] of words.entries()) {
    const follower = words[index + 1] ?? (index === words.length - 1 ? next : undefined);
    const joined = follower === undefined || closing.test(follower) || opening.test(word);
    text += joined ? word : `${word} `;
  }
  return text;
}

test("GloVe's most frequent words are read and cover most of CoNLL04", async ({ skip }) => {
  const vectors = join(folder, "vectors/glove.6B.100d.txt");
  if (!existsSync(vectors)) skip(`the vectors are not in ${folder}`);
  const sentences = [];
  for await (const event of read("conll04/train.jsonl.gz"))
    if (event.kind === "document") sentences.push(...sentencesOf(event.document).sentences);
  // The file is the start of GloVe's, truncated inside a row, which the reader refuses; the rows
  // before it are complete.
  const bytes = readFileSync(vectors);
  const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
  const found = await readVectors([whole]);
  expect([found.count, found.dimension]).toEqual([2717, 100]);
  const row = new Float32Array(100);
  found.read(found.find("the"), row);
  // The first three numbers of the file's first line, to half a step of their 8 bits.
  for (const [k, value] of [-0.038194, -0.24487, 0.72812].entries()) {
    expect(Math.abs((row[k] as number) - value)).toBeLessThan(0.015);
  }
  const { words, exact, lowerCased } = vectorCoverage(found, sentences);
  expect((exact + lowerCased) / words).toBeGreaterThan(0.65);
  expect((exact + lowerCased) / words).toBeLessThan(0.85);
});
