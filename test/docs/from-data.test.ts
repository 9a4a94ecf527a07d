import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonLines, lines } from "../e2e/tiny-corpus.ts";
import { shell, weft } from "../e2e/weft-command.ts";

const page = readFileSync(fileURLToPath(new URL("../../docs/from-data.md", import.meta.url)), "utf8");
const folder = mkdtempSync(join(tmpdir(), "weft-docs-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The corpus of the other tests as brat files, one document a sentence, and as two parts. */
beforeAll(() => {
  mkdirSync(join(folder, "annotations"));
  for (const { id, tokens, entities, relations } of lines(30)) {
    const startOf = (token: number): number => tokens.slice(0, token).join(" ").length + (token === 0 ? 0 : 1);
    const spans = entities.map(({ start, end, type }, k) => {
      const words = tokens.slice(start, end).join(" ");
      return `T${k + 1}\t${type} ${startOf(start)} ${startOf(start) + words.length}\t${words}\n`;
    });
    const arcs = relations.map(({ head, tail, type }, k) => `R${k + 1}\t${type} Arg1:T${head + 1} Arg2:T${tail + 1}\n`);
    writeFileSync(join(folder, "annotations", `${id}.txt`), `${tokens.join(" ")}\n`);
    writeFileSync(join(folder, "annotations", `${id}.ann`), [...spans, ...arcs].join(""));
  }
  writeFileSync(join(folder, "train.jsonl"), jsonLines(lines(24)));
  writeFileSync(join(folder, "dev.jsonl"), jsonLines(lines(8, 24)));
});

const quickly = "--set training.epochs=2 --set model.hiddenSize=8 --threads 1";

test("weft init writes a configuration that trains, and never replaces a file unasked", async () => {
  expect(page).toContain("npx weft init annotations/\nnpx weft train weft.yaml\n");
  const first = await shell("weft init annotations/", folder);
  expect(first.code, first.err).toBe(0);
  expect(first.out).toContain("split by document");
  expect(first.err).toContain("next: weft train weft.yaml");
  const again = await shell("weft init annotations/", folder);
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining("OUTPUT_EXISTS") as string });
  const { code, out, err } = await weft(["init", "annotations", "--force", "--json"], { cwd: folder });
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    formats: ["brat"],
    facts: { sentences: 30, typed: true, relationTypes: { based_in: 30, works_for: 15 } },
    data: { train: "data/train.jsonl", dev: "data/dev.jsonl", test: null },
    split: { shares: { train: 0.8, dev: 0.2, test: 0 } },
    settings: { model: { name: "joint-nn" } },
  });
  const trained = await shell(`weft train weft.yaml ${quickly} --run runs/own`, folder);
  expect(trained.code, trained.err).toBe(0);
});

test("weft train makes a model from a folder of documents, which extracts", async () => {
  const { code, out, err } = await shell(`weft train annotations/ ${quickly} --run runs/first`, folder);
  expect(code, err).toBe(0);
  expect(out).toMatch(/model +joint-nn: /u);
  expect(err).toContain("use it: weft extract runs/first TEXT");
  for (const file of page.matchAll(/^\| `([\w.]+\/?)`(?:, `([\w.]+\/?)`)*/gm)) {
    const name = file[1] ?? "";
    expect(existsSync(join(folder, "runs/first", name)), name).toBe(true);
  }
  const text = join(folder, "text.txt");
  writeFileSync(text, "Bob works for Acme in Oslo .\n");
  const extracted = await shell("weft extract runs/first text.txt", folder);
  expect(extracted.code, extracted.err).toBe(0);
  const taken = await shell("weft train annotations/ --run runs/first", folder);
  expect(taken).toMatchObject({ code: 1, err: expect.stringContaining("RUN_EXISTS") as string });
});

test("weft train takes parts by their names, prints events as JSON, and resumes when it is done", async () => {
  const line = `weft train train.jsonl dev.jsonl ${quickly} --run runs/parts --json`;
  const { code, out, err } = await shell(line, folder);
  expect(code, err).toBe(0);
  const eventsIn = (text: string): { kind: string; run?: string }[] =>
    text
      .trimEnd()
      .split("\n")
      .map((each) => JSON.parse(each) as { kind: string; run?: string });
  const events = eventsIn(out);
  expect(events[0]).toMatchObject({ kind: "planned", data: { train: expect.stringMatching(/train\.jsonl$/) as string } });
  expect(new Set(events.flatMap(({ run }) => run ?? []))).toEqual(new Set(["quick", "chosen"]));
  expect(events.at(-1)).toMatchObject({ kind: "finished", dev: { split: "dev" } });
  const resumed = await shell(`${line} --resume`, folder);
  expect(resumed.code, resumed.err).toBe(0);
  expect(eventsIn(resumed.out).filter(({ kind }) => kind === "run")).toEqual([]);
});

test("options for data are refused with a configuration", async () => {
  writeFileSync(join(folder, "own.yaml"), "data: { train: train.jsonl, dev: dev.jsonl }\n");
  const { code, err } = await shell("weft train own.yaml --budget 5m", folder);
  expect([code, err]).toEqual([2, expect.stringContaining("--budget is for training from data")]);
});
