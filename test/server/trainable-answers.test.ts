import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@weft-nlp/api/client";
import { documentFromRecord, recordOf } from "@weft-nlp/core/formats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Extractor } from "../../packages/weft/src/index.ts";
import { tinyConfig } from "../e2e/tiny-corpus.ts";
import { weft } from "../e2e/weft-command.ts";
import { modelFolder, type RunningServer, sentence, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-answers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let running: RunningServer;
beforeAll(async () => void (running = await startServer()));

const corpus = readFileSync(new URL("../../examples/corpus/train.jsonl", import.meta.url), "utf8");
const texts = corpus
  .split("\n")
  .slice(0, 40)
  .map((line) => (JSON.parse(line) as { text: string }).text);

test("an answer of the server is valid training data", async () => {
  const client = createClient({ baseUrl: running.url });
  const answers: unknown[] = [await client.extract(texts[0] ?? ""), ...(await client.extractMany(texts.slice(1, 20)))];
  for await (const { document } of client.stream(texts.slice(20, 32))) answers.push(document);
  const dev = await client.extractMany(texts.slice(32));
  const linesOf = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");
  writeFileSync(join(folder, "train.jsonl"), linesOf(answers));
  writeFileSync(join(folder, "dev.jsonl"), linesOf(dev));
  writeFileSync(join(folder, "weft.yaml"), tinyConfig.replace("  test: test.jsonl\n", ""));
  const checked = await weft(["data", "check", "train.jsonl", "dev.jsonl", "--json"], { cwd: folder });
  const { files } = JSON.parse(checked.out) as { files: { faults: object[]; omissions?: object[] }[] };
  expect(files.flatMap(({ faults }) => faults)).toEqual([]);
  const trained = await weft(["train", "weft.yaml", "--run", "run", "--threads", "1", "--set", "training.epochs=1"], {
    cwd: folder,
  });
  expect([trained.code, trained.err]).toEqual([0, expect.stringContaining("F1")]);
});

test("the library, the command line and the server give the same result", async () => {
  const extractor = await Extractor.open(modelFolder, { threads: 1 });
  const document = await extractor.text(sentence);
  await extractor.close();
  const { id: _, ...record } = recordOf(document);
  const close = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (key, each: unknown) => (key === "confidence" ? 0 : each));
  const answer = await createClient({ baseUrl: running.url }).extract(sentence);
  expect(close(answer)).toEqual(close(record));
  expect(Object.keys(answer)).toEqual(Object.keys(record));
  const { out } = await weft(["extract", modelFolder, "--identity", "record"], { input: `${sentence}\n` });
  const { id: __, model, ...line } = JSON.parse(out) as Record<string, unknown>;
  expect(model).toMatchObject({ digest: expect.any(String) });
  expect(close(line)).toEqual(close(answer));
  for (const text of [JSON.stringify(answer), out]) {
    expect(text.match(/"confidence":0\.\d{7}/)).toBeNull();
    const read = documentFromRecord(JSON.parse(text), {});
    expect(read.omissions).toEqual([]);
    expect(read.document.entities).toHaveLength(document.entities.length);
  }
});
