import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { trainJson } from "./killed-run.ts";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-pipeline-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = `seed: 5
data: { train: train.jsonl, dev: dev.jsonl, test: test.jsonl }
model:
  name: pipeline
  tagger: { name: bilstm-tagger, inputs: { words: { size: 8 } }, hiddenSize: 8, dropout: 0.1 }
  classifier: { name: pcnn, inputs: { words: { size: 8 }, tags: { size: 4 } }, positionSize: 4, filters: 8, dropout: 0.1 }
  entities: predicted-and-gold
optimizer: { rate: 0.02 }
training: { epochs: 20, batch: 6, chunk: 2 }
`;

const train = (run: string, ...more: string[]): string[] => ["pipeline.yaml", "--run", run, "--deterministic", ...more];
const sha256 = (run: string, file: string): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, run, file)))
    .digest("hex");
const files = ["model/model.safetensors", "model/config.json", "events.jsonl", "report.json", "checkpoints/last.safetensors"];
const outcome = (run: string): string[] => files.map((file) => sha256(run, file));

describe("a pipeline, trained by one configuration", () => {
  let said = "";
  beforeAll(async () => {
    writeTinyCorpus(folder);
    writeFileSync(join(folder, "pipeline.yaml"), config);
    const { code, err } = await weft(["train", ...train("whole", "--threads", "2")], { cwd: folder });
    if (code !== 0) throw new Error(err);
    said = err;
  });

  test("reports each part as it is trained, and what to do with the whole", () => {
    expect(said).toContain("tagger: 18 sentences to learn from");
    expect(said).toContain("classifier: ");
    expect(said).toContain("next: weft extract whole TEXT");
  });

  test("finds entities and relations in plain text", async () => {
    const text = "Bob works for Acme in Rome .\nEve Brown works for Hooli in Paris .\n";
    const { code, out } = await weft(["extract", "whole", "--deterministic"], { cwd: folder, input: text });
    expect(code).toBe(0);
    const found = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { entities: unknown[]; relations: unknown[] });
    expect(found).toHaveLength(2);
    expect(found.flatMap(({ entities }) => entities).length).toBeGreaterThan(2);
    expect(found.flatMap(({ relations }) => relations).length).toBeGreaterThan(0);
  });

  test("is scored end to end, strictly", async () => {
    const { code, out } = await weft(["evaluate", "whole", "test.jsonl", "--json"], { cwd: folder });
    expect(code).toBe(0);
    const { protocols } = JSON.parse(out) as { protocols: Record<string, { micro: { gold: number; f1: number } }> };
    expect(Object.keys(protocols)).toContain("strict");
    expect(protocols["strict"]?.micro.gold).toBe(7);
    expect(protocols["strict"]?.micro.f1).toBeGreaterThan(0.3);
  });

  test("draws a line for each part, and lists its parts in the card", () => {
    const score = readFileSync(join(folder, "whole/score.svg"), "utf8");
    expect(score).toContain("F1 on dev (ner-strict, pairs)");
    for (const part of ["tagger", "classifier"]) expect(score).toContain(part);
    expect(readFileSync(join(folder, "whole/model/README.md"), "utf8")).toContain("The tagger and the classifier were trained");
  });

  // The tagger has 20 epochs of 4 lines, and two lines around them: the first two stops are in the
  // tagger, the last one in the classifier.
  test("resumes to the same bytes after a kill in either part", async () => {
    for (const afterLines of [9, 40, 100]) {
      const stop = { signal: "SIGKILL", afterLines } as const;
      const every = ["--checkpoint-seconds", "0"];
      const run = `killed-${afterLines}`;
      expect(await trainJson(train(run, ...every), folder, stop)).toMatchObject({ signal: "SIGKILL" });
      const last = await trainJson(train(run, ...every, "--resume"), folder);
      expect(last.code).toBe(0);
      expect((JSON.parse(last.lines[0] ?? "{}") as { part: string }).part).toBe(afterLines < 84 ? "tagger" : "classifier");
      expect(outcome(run)).toEqual(outcome("whole"));
    }
  });

  test("does not resume if either part has other settings", async () => {
    for (const change of ["model.tagger.hiddenSize=9", "model.classifier.filters=9"]) {
      const { code, err } = await weft(["train", ...train("whole", "--resume", "--set", change)], { cwd: folder });
      expect(code).toBe(1);
      expect(err).toContain("(CHECKPOINT_MISMATCH)");
    }
  });

  test("reports a misspelt setting of a part, with the right name", async () => {
    const { code, err } = await weft(["train", ...train("new", "--set", "model.tagger.hidenSize=9")], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toContain("did you mean hiddenSize?");
  });
});

test("a model that needs entities does not promise to find relations in plain text", async () => {
  const pcnn = config.replace(
    /model:[\s\S]*?optimizer/,
    "model: { name: pcnn, inputs: { words: { size: 8 } }, filters: 4 }\noptimizer",
  );
  writeFileSync(join(folder, "pcnn.yaml"), pcnn);
  const { code, err } = await weft(["train", "pcnn.yaml", "--run", "pcnn", "--set", "training.epochs=1"], { cwd: folder });
  expect(code).toBe(0);
  expect(err).toContain("weft extract pcnn DATA.jsonl, where entities are marked");
  expect(err).toContain("model.name: pipeline");
});
