import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { weft } from "./weft-command.ts";

const model = fileURLToPath(new URL("../../examples/model", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "weft-suggest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = { cwd: folder };
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

const news = [
  "Mara Voss founded Kettle Robotics in Bremen and still leads it.",
  "It rained all day.",
  "Straight from school, Elif Karaca joined Bosphorus Structures, part of the group of Tomas Reyes.",
  "Mara Voss founded Kettle Robotics in Bremen and still leads it.",
  "Nothing else happened. Tomas Reyes lives in Rostock.",
];
writeFileSync(join(folder, "news.txt"), `${news.join("\n")}\n`);

interface Task {
  readonly data: { readonly text: string; readonly suggested: number };
  readonly predictions?: readonly { readonly result: readonly unknown[] }[];
}

test("writes the sentences that the model is least sure of as tasks with what it found", async () => {
  const { code, out, err } = await weft(
    ["suggest", model, "news.txt", "--top", "3", "--out", "next.json", "--to", "label-studio", "--json"],
    inFolder,
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const report = JSON.parse(out);
  expect(report).toMatchObject({ documents: 5, sentences: 6, skipped: 1, to: "label-studio" });
  const tasks = JSON.parse(read("next.json")) as Task[];
  expect(tasks.map(({ data }) => data.suggested)).toEqual([1, 2, 3]);
  expect(tasks.map(({ data }) => data.text)).toEqual(report.suggestions.map(({ text }: { text: string }) => text));
  expect(tasks.some(({ data }) => data.text === "It rained all day.")).toBe(false);
  expect(tasks[0]?.predictions?.[0]?.result.length).toBeGreaterThan(1);
  for (const { uncertainty, relations } of report.suggestions) expect(relations).toBeLessThanOrEqual(uncertainty);
});

test("gives the same sentences for any number of threads, in any format, and skips what is annotated", async () => {
  const plain = ["suggest", model, "news.txt", "--top", "2"];
  const one = await weft([...plain, "--threads", "1"], inFolder);
  expect(one.code, one.err).toBe(0);
  expect((await weft([...plain, "--threads", "2"], inFolder)).out).toBe(one.out);
  writeFileSync(join(folder, "known.jsonl"), one.out);
  expect((await weft([...plain, "-o", "brat/", "--to", "brat", "--bare"], inFolder)).code).toBe(0);
  expect(readdirSync(join(folder, "brat")).filter((name) => name.endsWith(".txt"))).toHaveLength(2);
  const texts = (out: string): string[] =>
    out
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { text: string }).text);
  const next = await weft([...plain, "--exclude", "known.jsonl"], inFolder);
  expect(texts(next.out)).toHaveLength(2);
  for (const text of texts(next.out)) expect(texts(one.out)).not.toContain(text);
});

test("notes come with the sentence that they are about, and count in it", async () => {
  const text = [news[1], news[0]].join(" ");
  const notes = [{ text: "weather" }, { text: "who?", entity: 1 }, { text: "where?", entity: 0 }];
  const entities = ["Bremen", "Mara Voss"].map((words) => {
    const startChar = text.indexOf(words);
    return { startChar, endChar: startChar + words.length, type: "ANY" };
  });
  writeFileSync(join(folder, "noted.jsonl"), `${JSON.stringify({ id: "n", text, entities, relations: [], meta: { notes } })}\n`);
  const { code, out, err } = await weft(["suggest", model, "noted.jsonl", "--top", "2"], inFolder);
  expect(code, err).toBe(0);
  const said = out
    .trim()
    .split("\n")
    .flatMap((line) => {
      const record = JSON.parse(line) as SuggestedRecord;
      return (record.meta.notes ?? []).map(({ text: words, entity = -1 }) => {
        const { startChar = 0, endChar = 0 } = record.entities[entity] ?? {};
        return `${words} ${record.text.slice(startChar, endChar)}`;
      });
    });
  expect(said.toSorted()).toEqual(["weather ", "where? Bremen", "who? Mara Voss"]);
});

interface SuggestedRecord {
  readonly text: string;
  readonly entities: readonly { readonly startChar: number; readonly endChar: number }[];
  readonly meta: { readonly notes?: readonly { readonly text: string; readonly entity?: number }[] };
}

test("reads what extract reads: a page, a folder, a text of wrapped lines", async () => {
  mkdirSync(join(folder, "many"));
  const wrapped = "Mara Voss founded\nKettle Robotics in Bremen and\nstill leads it. Nothing\nelse happened.\n";
  writeFileSync(join(folder, "many", "wrapped.txt"), wrapped);
  writeFileSync(join(folder, "wrapped.txt"), wrapped);
  writeFileSync(join(folder, "many", "page.html"), "<p>Tomas Reyes lives in <b>Rostock</b>.");
  writeFileSync(join(folder, "many", "picture.png"), "no text");
  const counts = async (...args: string[]) => {
    const { code, out, err } = await weft(["suggest", model, ...args, "--out", "read.jsonl", "--force", "--json"], inFolder);
    expect(code, err).toBe(0);
    const { documents, sentences } = JSON.parse(out) as { documents: number; sentences: number };
    return [documents, sentences];
  };
  expect(await counts("wrapped.txt")).toEqual([1, 2]);
  expect(await counts("wrapped.txt", "--input", "line")).toEqual([4, 5]);
  expect(await counts("many", "--input", "auto")).toEqual([2, 3]);
  const { err } = await weft(["suggest", model, "many"], inFolder);
  expect(err).toContain("skipped 1 file that is not text, HTML, PDF or JSONL\n3 sentences read");
});

test("says what is wrong, and replaces nothing", async () => {
  writeFileSync(join(folder, "kept.jsonl"), "kept\n");
  const cases: [string[], number, string][] = [
    [[model, "news.txt", "-o", "kept.jsonl"], 1, "the file already exists (OUTPUT_EXISTS)"],
    [[model, "news.txt", "-o", "news.txt", "--to", "jsonl", "--force"], 2, "news.txt is an input"],
    [[model, "missing.txt", "-o", "new.jsonl"], 1, "there is no such file"],
    [["no-model", "news.txt", "-o", "new.jsonl"], 1, "no-model"],
    [[model, "news.txt", "--top", "0"], 2, "expected a whole number of at least 1"],
  ];
  for (const [args, status, message] of cases) {
    const { code, err } = await weft(["suggest", ...args], inFolder);
    expect({ code, said: err.includes(message) }, err).toEqual({ code: status, said: true });
  }
  expect(read("kept.jsonl")).toBe("kept\n");
  expect(readdirSync(folder).filter((name) => name.startsWith("new."))).toEqual([]);
});
