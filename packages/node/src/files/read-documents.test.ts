import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collectSentences, readDocuments } from "./read-documents.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-documents-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const twoSentences = JSON.stringify({
  id: "d",
  tokens: ["a", ".", "b", "."],
  sentences: [
    [0, 2],
    [2, 4],
  ],
  entities: [
    { start: 0, end: 1, type: "X" },
    { start: 1, end: 3, type: "Y" },
  ],
});

test("sentences come with the line of their document, and omissions are reported", async () => {
  const path = await file("a.jsonl", `\n${twoSentences}\n`);
  const { sentences, omissions, source } = await collectSentences(path);
  expect(source).toBe(path);
  expect(sentences.map(({ sentence, at }) => [sentence.id, at.line])).toEqual([
    ["d#0", 2],
    ["d#1", 2],
  ]);
  expect(omissions).toEqual([{ source: path, line: 2, path: "entities[1]", reason: "the entity crosses a sentence boundary" }]);
});

test("the beginning decides the format if the ending is unknown, also in gzip", async () => {
  const path = await file("data.bin", gzipSync(twoSentences));
  expect((await collectSentences(path)).sentences).toHaveLength(2);
});

test("a first line longer than any chunk is still recognised", async () => {
  const tokens = Array.from({ length: 100_000 }, (_, index) => `w${index}`);
  const path = await file("long.txt", JSON.stringify({ tokens }));
  expect((await collectSentences(path)).sentences[0]?.sentence.tokens).toHaveLength(100_000);
});

test("a broken first line is an error of the line, not of the format", async () => {
  const path = await file("broken.jsonl", '{"tokens": [}\n');
  await expect(collectSentences(path)).rejects.toMatchObject({ code: "JSON_INVALID", at: { source: path, line: 1, column: 13 } });
});

test("the first documents come before a later line is read, and stopping early closes the file", async () => {
  const path = await file("late.jsonl", `${twoSentences}\n`.repeat(50_000) + "broken\n");
  let seen = 0;
  for await (const event of readDocuments(path)) {
    if (event.kind === "document" && ++seen === 3) break;
  }
  expect(seen).toBe(3);
});

test("a format that does not exist is refused with the nearest name", async () => {
  const path = await file("b.jsonl", "");
  await expect(collectSentences(path, { format: "jsonL" })).rejects.toMatchObject({
    code: "FORMAT_UNKNOWN",
    hint: "did you mean jsonl?",
  });
  await expect(collectSentences(path, { format: "toString" })).rejects.toMatchObject({ code: "FORMAT_UNKNOWN" });
  expect((await collectSentences(path)).sentences).toEqual([]);
});

test("the files in a folder decide its format, the longer ending first, and two formats are an error", async () => {
  const text = "Ada left.\nBob stayed.\n";
  const split = join(folder, "split");
  await mkdir(split);
  await writeFile(join(split, "d.split.txt"), text);
  await writeFile(join(split, "d.split.ann"), "T1\tPER 0 3\tAda\nT2\tPER 10 13\tBob\n");
  expect((await collectSentences(split)).sentences.map(({ sentence }) => sentence.id)).toEqual(["d#0", "d#1"]);
  expect((await collectSentences(join(split, "d.split.ann"))).sentences).toHaveLength(2);
  await writeFile(join(split, "e.ann"), "");
  await writeFile(join(split, "e.txt"), "Cy came.");
  await expect(collectSentences(split)).rejects.toThrow("the folder has files in the formats brat and lstm-er (FORMAT_UNKNOWN)");
  expect((await collectSentences(split, { format: "lstm-er" })).sentences).toHaveLength(2);
});

test("negative types make no relation in any format, and replace those of the format", async () => {
  const record = {
    ...{ id: "1", relation: "no_relation", token: ["a", "b"] },
    ...{ subj_start: 0, subj_end: 0, obj_start: 1, obj_end: 1 },
  };
  const tacred = await file("tacred.json", JSON.stringify([record, { ...record, id: "2", relation: "Other" }]));
  const entities = [0, 1].map((start) => ({ start, end: start + 1, type: "X" }));
  const own = ["no_relation", "Other"].map((type) => ({ tokens: ["a", "b"], entities, relations: [{ head: 0, tail: 1, type }] }));
  const jsonl = await file("own.jsonl", own.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const types = async (path: string, negatives?: readonly string[]) =>
    (await collectSentences(path, { negatives })).sentences.flatMap(({ sentence }) => sentence.relations.map(({ type }) => type));
  expect(await types(tacred)).toEqual(["Other"]);
  expect(await types(tacred, ["Other"])).toEqual(["no_relation"]);
  expect(await types(jsonl)).toEqual(["no_relation", "Other"]);
  expect(await types(jsonl, ["Other", "no_relation"])).toEqual([]);
});
