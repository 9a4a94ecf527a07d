import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { node } from "../e2e/weft-command.ts";
import { installPacked, root } from "../packages/packed-packages.ts";

const page = readFileSync(join(root, "docs/ten-minutes.md"), "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gmsu)].map(([, kind = "", content = ""]) => ({ kind, content }));
const children: ChildProcess[] = [];
afterAll(() => void children.map((child) => child.kill("SIGKILL")));

test("docs/ten-minutes.md goes from brat to a query in a triple store, in an empty folder", async () => {
  const folder = installPacked("weft-nlp");
  symlinkSync(join(root, "node_modules/oxigraph"), join(folder, "node_modules/oxigraph"));
  const bin = join(folder, "node_modules/weft-nlp/bin/weft.js");
  await writeAnnotations(folder, bin);
  writeFileSync(join(folder, "ask.mjs"), contentOf("js"));
  writeFileSync(join(folder, "news.txt"), textAfter("`news.txt` has"));

  const commands = blocks.flatMap(({ kind, content }) => (kind === "sh" ? [content.trim()] : []));
  const [install, train, serve, ask, extract, query, ...more] = commands;
  expect([install, ask?.startsWith("curl -s "), more]).toEqual(["npm install weft-nlp oxigraph", true, []]);

  // Fewer epochs, on kernels that give the same bits on every machine.
  const quickly = ["--set", "training.epochs=10", "--deterministic", "--threads", "1"];
  const trained = await node([bin, ...wordsOf(train), ...quickly], { cwd: folder });
  expect(trained.code, trained.err).toBe(0);
  // A pipe gets results on standard output and words about them on standard error.
  expectLines(`${trained.out}\n${trained.err}`, outputOf(train));

  const { url, stop } = await startServer(bin, wordsOf(serve), folder);
  expectLines(`listening on ${url}`, outputOf(serve));
  const [, body = ""] = / -d '(.*)'$/.exec(ask ?? "") ?? [];
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/v1/extract`, { method: "POST", headers, body });
  const { text, entities, relations } = (await answer.json()) as {
    readonly text: string;
    readonly entities: { readonly text: string }[];
    readonly relations: { readonly head: number; readonly tail: number; readonly type: string }[];
  };
  expect(text).toBe((JSON.parse(body) as { text: string }).text);
  const found = relations.map(({ head, tail, type }) => `${entities[head]?.text} ${type} ${entities[tail]?.text}`);
  expect(found).toEqual(expect.arrayContaining(["Nora Lindqvist founded Fjord Robotics", "Fjord Robotics based_in Bergen"]));
  await stop();

  const extracted = await node([bin, ...wordsOf(extract), "--deterministic", "--threads", "1"], { cwd: folder });
  expect(extracted.code, extracted.err).toBe(0);
  expectLines(extracted.err, outputOf(extract));
  const asked = await node(wordsOf(query), { cwd: folder });
  expect(asked).toEqual({ code: 0, out: outputOf(query), err: "" });
});

/** The folder of brat documents that the page was written with; the page shows one of them. */
async function writeAnnotations(folder: string, bin: string): Promise<void> {
  const kinds = new Set(["founded", "leads", "works_for", "based_in"]);
  const documents = readFileSync(join(root, "examples/corpus/train.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly relations: readonly { readonly type: string }[] })
    .map((document) => ({ ...document, relations: document.relations.filter(({ type }) => kinds.has(type)) }))
    .filter(({ relations }) => relations.length > 0)
    .slice(0, 200);
  writeFileSync(join(folder, "some.jsonl"), documents.map((document) => `${JSON.stringify(document)}\n`).join(""));
  const { code, err } = await node([bin, "convert", "some.jsonl", "annotations", "--to", "brat"], { cwd: folder });
  expect(code, err).toBe(0);
  for (const name of ["film-and-theatre-02.txt", "film-and-theatre-02.ann"]) {
    const written = readFileSync(join(folder, "annotations", name), "utf8");
    expect(`${written.trimEnd()}\n`).toBe(textAfter(`\`annotations/${name}\``));
  }
}

async function startServer(
  bin: string,
  words: readonly string[],
  cwd: string,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const args = [
    bin,
    ...words.map((word) => (word === "7433" ? "0" : word)),
    "--deterministic",
    "--threads",
    "1",
    "--log-level",
    "error",
  ];
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const ended = new Promise((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const stop = async (): Promise<void> => {
      child.kill("SIGTERM");
      await ended;
    };
    return { url: line.replace("listening on ", ""), stop };
  }
  throw new Error("the server ended before it was ready");
}

function contentOf(kind: string): string {
  return blocks.find((block) => block.kind === kind)?.content ?? "";
}

/** The block of text that follows these words. */
function textAfter(words: string): string {
  return /^```text\n(.*?)^```$/msu.exec(page.slice(page.indexOf(words)))?.[1] ?? "";
}

/** The block of text that directly follows the block with this command. */
function outputOf(command = ""): string {
  return textAfter(`\`\`\`sh\n${command}\n`);
}

/** What follows `npx weft` or `node` in a command. */
function wordsOf(command = ""): string[] {
  return command.replace(/^(npx weft|node) /, "").split(" ");
}

/**
 * Expects the lines of the page in this order, whatever their numbers, which depend on training;
 * others may lie between them.
 */
function expectLines(output: string, shown: string): void {
  const masked = (text: string): string[] =>
    text.split("\n").map((line) =>
      line
        .replaceAll(/\d+(?:\.\d+)?/gu, "#")
        .replaceAll(/ +/gu, " ")
        .trim(),
    );
  const found = masked(output);
  let from = 0;
  for (const line of masked(shown.trimEnd())) {
    if (line === "…") continue;
    const at = found.indexOf(line, from);
    expect(at, `${line} is not in\n${found.slice(from).join("\n")}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}
