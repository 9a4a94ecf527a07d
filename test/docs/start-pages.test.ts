import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonLines, lines } from "../e2e/tiny-corpus.ts";
import { shell, weft } from "../e2e/weft-command.ts";
import { startServer } from "../server/test-server.ts";

const root = new URL("../../", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "weft-docs-start-"));
const quickstart = blocksOf("docs/quickstart.md");
const tutorial = blocksOf("docs/tutorial.md");

beforeAll(() => {
  mkdirSync(join(folder, "node_modules/@weft-nlp"), { recursive: true });
  symlinkSync(new URL("examples/model", root), join(folder, "node_modules/@weft-nlp/example-model"));
  writeFileSync(join(folder, "news.txt"), quickstart.find(({ kind }) => kind === "text")?.content ?? "");
  // The line that the page shows, among others that a model learns from.
  const shown = tutorial.find(({ kind }) => kind === "json")?.content ?? "";
  writeFileSync(join(folder, "labels.jsonl"), `${shown}${jsonLines(lines(40))}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("docs/quickstart.md extracts what it shows, and its request gets an answer", async () => {
  const at = quickstart.findIndex(({ content }) => content.startsWith("npx weft extract"));
  const extracted = await run(`${quickstart[at]?.content.trim()} --deterministic --threads 1`);
  expect(extracted.out).toBe(quickstart[at + 1]?.content);
  const { url } = await startServer();
  const request = quickstart.find(({ content }) => content.startsWith("curl"))?.content ?? "";
  const answer = await run(request.replace("http://127.0.0.1:7433", url));
  expect(JSON.parse(answer.out)).toMatchObject({
    entities: [{ text: "Nora Lindqvist" }, { text: "Fjord Robotics" }, { text: "Bergen" }],
    relations: [{ type: "founded" }, { type: "based_in" }],
  });
});

test("docs/tutorial.md checks, trains, evaluates and extracts as it says", async () => {
  const commands = tutorial.filter(({ kind }) => kind === "sh").map(({ content }) => content.trim());
  const [label, check, train, evaluate, extract, serve, ...more] = commands;
  expect(more).toEqual([]);
  for (const command of [label, serve]) {
    const options = [...(command ?? "").matchAll(/--[a-z-]+/g)].map(([option]) => option);
    const { out } = await weft(["serve", "--help"]);
    for (const option of options) expect(out).toContain(option);
  }
  expect(JSON.parse((await run(`${check} --json`)).out)).toMatchObject({ files: [{ sentences: 41, faults: [] }] });
  await run(`${train} --set training.epochs=2 --set model.hiddenSize=8 --threads 1`);
  expect((await run(evaluate)).out).toContain("strict");
  expect(readFileSync(join(folder, "runs/mine/report/report.html"), "utf8")).toContain("<html");
  await run(extract);
});

/** Runs a command of a page in the folder; it must succeed. */
async function run(command = ""): Promise<{ readonly out: string; readonly err: string }> {
  const ended = await shell(command.replace(/^npx /, ""), folder);
  expect(ended.code, `${command}\n${ended.out}\n${ended.err}`).toBe(0);
  return ended;
}

function blocksOf(page: string): { readonly kind: string; readonly content: string }[] {
  const text = readFileSync(new URL(page, root), "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gmsu)].map(([, kind = "", content = ""]) => ({ kind, content }));
}
