import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report, SystemComparison } from "@weft-nlp/core/metrics";
import { comparisonFileSchema, reportFileSchema } from "@weft-nlp/draw";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonLines, type Line, lines, writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-reports-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (...names: string[]): string => join(folder, ...names);
const json = (...names: string[]): unknown => JSON.parse(readFileSync(path(...names), "utf8"));

const gold = lines(24);
/** A system that misses some relations and invents others. */
const system = (misses: (index: number) => boolean, type = "based_in"): Line[] =>
  gold.map((line, index) => {
    if (!misses(index)) return line;
    return { ...line, relations: [{ head: 0, tail: 2, type }] };
  });

beforeAll(() => {
  writeFileSync(path("gold.jsonl"), jsonLines(gold));
  writeFileSync(path("good.jsonl"), jsonLines(system((index) => index % 6 === 0)));
  writeFileSync(path("poor.jsonl"), jsonLines(system((index) => index % 2 === 0)));
  writeFileSync(path("middling.jsonl"), jsonLines(system((index) => index % 3 === 0)));
});

test("score prints intervals, the split of mistakes and mistakes in their sentences", async () => {
  const { code, out } = await weft(["score", path("gold.jsonl"), path("poor.jsonl"), "-p", "strict", "--examples", "1"]);
  expect(code).toBe(0);
  expect(out).toMatch(/strict +micro +50\.0 +33\.3 +40\.0 +12 +24 +36\n/);
  expect(out).toMatch(/\n +\d+\.\d–\d+\.\d +\d+\.\d–\d+\.\d +\d+\.\d–\d+\.\d\n/);
  expect(out).toContain("95 % interval: 1,000 bootstrap resamples of the sentences, seed 1");
  expect(out).toMatch(/relations +24 \(66\.7 %\) +12 \(33\.3 %\) +0 \(0\.0 %\) +– +12/);
  expect(out).toContain("predicted  [Ada Lovelace]PER:based_in-1→ works for [Acme]ORG in [Oslo]LOC:→based_in-1 .");
  expect(out.split("\n").filter((line) => line.length > 100)).toEqual([]);
});

test("intervals do not change from call to call, and the output names --resamples", async () => {
  const call = async () => weft(["score", path("gold.jsonl"), path("poor.jsonl"), "--json", "--resamples", "200"]);
  const [one, other] = await Promise.all([call(), call()]);
  expect(one).toEqual(other);
  expect(JSON.parse(one.out)).toMatchObject({ intervals: { resamples: 200, confidence: 0.95, seed: 1 } });
});

test("ignored types do not count and are named", async () => {
  const { out } = await weft(["score", path("gold.jsonl"), path("poor.jsonl"), "-p", "strict", "--ignore", "based_in"]);
  expect(out).toMatch(/strict +micro +0\.0 +0\.0 +0\.0 +0 +0 +12\n/);
  expect(out).toContain("Ignored on both sides: based_in.");
});

test("--types restricts the numbers to these types and names them; a misspelt one is refused", async () => {
  const files = [path("gold.jsonl"), path("poor.jsonl")];
  const args = ["-p", "strict,ner-strict", "--types", "based_in, PER", "--report", path("types")];
  const { out } = await weft(["score", ...files, ...args]);
  expect(out).toMatch(/strict +micro +50\.0 +50\.0 +50\.0 +12 +24 +24\n/);
  expect(out).toMatch(/ner-strict +micro +100\.0 +100\.0 +100\.0 +24 +24 +24\n/);
  expect(out.replaceAll(/\s+/g, " ")).toContain(
    "Only these types count, on both sides: based_in, PER. A relation keeps its arguments whatever their type.",
  );
  expect(json("types", "report.json")).toMatchObject({ onlyTypes: ["based_in", "PER"], ignoredTypes: [] });
  expect(readFileSync(path("types", "report.html"), "utf8")).toContain("only these classes count");
  const misspelt = await weft(["score", ...files, "--types", "basedin"]);
  expect({ code: misspelt.code, out: misspelt.out }).toEqual({ code: 2, out: "" });
  expect(misspelt.err).toContain('--types names "basedin", which no entity and no relation has');
  expect(misspelt.err).toContain("did you mean based_in?");
});

test("evaluate scores a model by some types only, including types that only the model knows", async () => {
  const examples = fileURLToPath(new URL("../../examples", import.meta.url));
  const call = (...types: string[]) =>
    weft(["evaluate", join(examples, "model"), path("gold.jsonl"), "-p", "strict", "--json", "--types", types.join(",")]);
  const { code, out } = await call("works_for", "married_to");
  expect(code).toBe(0);
  const { onlyTypes, protocols } = JSON.parse(out) as Pick<Report, "onlyTypes" | "protocols">;
  expect(onlyTypes).toEqual(["works_for", "married_to"]);
  expect(Object.keys(protocols.strict?.byType ?? {})).toContain("works_for");
  expect(Object.keys(protocols.strict?.byType ?? {})).not.toContain("based_in");
  const unknown = await call("nobody-knows");
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("which no entity and no relation has");
});

test("compares two systems by some types only, in the numbers, the sentences and the page; a misspelt one is refused", async () => {
  const files = ["compare", path("gold.jsonl"), path("poor.jsonl"), "--gold", path("gold.jsonl"), "-p", "strict"];
  const { code, out } = await weft([...files, "--types", "works_for", "--examples", "1", "--report", path("one-type")]);
  expect(code).toBe(0);
  expect(out.replaceAll(/\s+/g, " ")).toContain("Only these types count, on both sides: works_for. A relation keeps");
  const found = json("one-type", "comparison.json") as SystemComparison;
  expect(found).toMatchObject({ onlyTypes: ["works_for"], ignoredTypes: [] });
  expect(Object.keys(found.protocols.strict?.byType ?? {})).toEqual(["works_for"]);
  expect(readFileSync(path("one-type", "comparison.html"), "utf8")).toContain("only these classes count");
  // If nothing counts, no sentence differs.
  const same = await weft([...files, "--types", "based_in", "--ignore", "based_in", "--examples", "1"]);
  expect(same.code).toBe(0);
  expect(same.out).not.toContain("Ada Lovelace");
  const misspelt = await weft([...files, "--types", "worksfor"]);
  expect({ code: misspelt.code, out: misspelt.out }).toEqual({ code: 2, out: "" });
  expect(misspelt.err).toContain("did you mean works_for?");
});

test("with given entities, a mistake is a pair marked in its sentence", async () => {
  const { out } = await weft(["score", path("gold.jsonl"), path("poor.jsonl"), "-p", "pairs-undirected", "--examples", "3"]);
  expect(out).toMatch(/ +weighted +\d+\.\d/);
  expect(out).toContain("in either order");
  expect(out).toContain("false negative · gold: works_for · predicted: no relation");
  expect(out).toContain("[Ada Lovelace]head works for [Acme]tail in Oslo .");
});

test("a report is two files: the output of --json, and a page", async () => {
  const args = ["score", path("gold.jsonl"), path("poor.jsonl"), "--train", path("gold.jsonl"), "--report", path("report")];
  const { code, out, err } = await weft([...args, "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(readdirSync(path("report")).sort()).toEqual(["report.html", "report.json"]);
  expect(json("report", "report.json")).toEqual(JSON.parse(out));
  reportFileSchema.parse(json("report", "report.json"));
  const page = readFileSync(path("report", "report.html"), "utf8");
  expect(page).toContain("12 of 24 sentences have a mistake");
  expect(page).not.toContain(folder);
  const again = await weft(args);
  expect(again.err).toContain(`report in ${path("report", "report.html")}`);
});

test("a report cannot replace a file", async () => {
  const { code, err } = await weft(["score", path("gold.jsonl"), path("poor.jsonl"), "--report", path("gold.jsonl")]);
  expect(code).toBe(1);
  expect(err).toContain("gold.jsonl");
  expect(err).not.toContain("INTERNAL");
});

test("the schemas match the documentation, and reports fit them", async () => {
  for (const name of ["report", "comparison"]) {
    const { out, code } = await weft(["schema", name]);
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), "utf8"));
  }
});

test("compare gives a verdict, shows where systems differ, and shows sentences", async () => {
  const { code, out, err } = await weft([
    "compare",
    path("poor.jsonl"),
    path("good.jsonl"),
    "--gold",
    path("gold.jsonl"),
    "-p",
    "strict",
    "--examples",
    "2",
  ]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("strict: B is better");
  expect(out).toContain("10,000 resamples each, seed 1");
  expect(out).toMatch(/strict +\d+\.\d +\d+\.\d +\+\d+\.\d +\+\d+\.\d to \+\d+\.\d +0\.\d{4} +0\.\d{4} +8 +0 +16/);
  expect(out).toContain("strict, by words between");
  expect(out).toContain("B is better, F1 +100.0");
  expect(out).toMatch(/^A {5}\[/m);
});

test("compare writes a report that fits its schema, the same in every call", async () => {
  const args = ["compare", path("poor.jsonl"), path("good.jsonl"), "--gold", path("gold.jsonl"), "--report", path("comparison")];
  const { out } = await weft([...args, "--json"]);
  comparisonFileSchema.parse(JSON.parse(out));
  expect(json("comparison", "comparison.json")).toEqual(JSON.parse(out));
  expect(readFileSync(path("comparison", "comparison.html"), "utf8")).toContain("8 of 24 sentences differ in F1 by strict");
  expect((await weft([...args, "--json"])).out).toBe(out);
});

test("several runs of each system are pooled sentence by sentence", async () => {
  const [a, b] = [`${path("poor.jsonl")},${path("middling.jsonl")}`, `${path("good.jsonl")},${path("good.jsonl")}`];
  const { out } = await weft(["compare", a, b, "--gold", path("gold.jsonl"), "-p", "strict"]);
  expect(out).toContain("summed over the 2 runs");
  expect(out).toMatch(/\d+\.\d ± \d+\.\d +\d+\.\d ± 0\.0/);
});

test.each<[string, string[], number, string]>([
  ["other sentences", ["good.jsonl", "dev.jsonl", "--gold", "gold.jsonl"], 1, "SENTENCES_MISMATCH"],
  ["one side with more runs", ["good.jsonl", "good.jsonl,poor.jsonl", "--gold", "gold.jsonl"], 2, "A has 1 runs and B has 2"],
  ["no sentences to compare on", ["good.jsonl", "poor.jsonl"], 2, "exactly once"],
  ["sentences named twice", ["good.jsonl", "poor.jsonl", "--gold", "a", "--data", "b"], 2, "exactly once"],
  ["an empty name", ["good.jsonl,", "poor.jsonl", "--gold", "gold.jsonl"], 2, "names no run"],
  ["too few resamples", ["good.jsonl", "poor.jsonl", "--gold", "gold.jsonl", "--resamples", "50"], 2, "at least 10000"],
])("compare refuses %s", async (_, args, expected, message) => {
  writeFileSync(path("dev.jsonl"), jsonLines(lines(24, 30)));
  const { code, out, err } = await weft([
    "compare",
    ...args.map((arg) => arg.replaceAll(/[a-z]+\.jsonl/g, (name) => path(name))),
  ]);
  expect({ code, out }).toEqual({ code: expected, out: "" });
  expect(err).toContain(message);
});

test("a run is compared by its predictions, and evaluate reports the same numbers", async () => {
  const trained = await weft(["train", writeTinyCorpus(path("corpus")), "--run", path("run"), "--threads", "1"]);
  expect({ code: trained.code, failed: trained.code === 0 ? "" : trained.err }).toEqual({ code: 0, failed: "" });
  const [data, found] = [path("corpus", "test.jsonl"), path("found.jsonl")];
  const flags = ["-p", "ner-strict", "--threads", "1"];
  const evaluated = await weft(["evaluate", path("run"), data, "--report", path("evaluated"), "--predictions", found, ...flags]);
  expect(evaluated.code).toBe(0);
  const file = reportFileSchema.parse(json("evaluated", "report.json"));
  expect(file).toMatchObject({ seeds: [5], selection: "best epoch on dev", dataSet: "corpus/test.jsonl", sentences: 5 });
  const score = file.protocols["ner-strict"]?.micro;
  // One side is the run, the other the file of its predictions: the numbers are equal.
  const compared = await weft(["compare", path("run"), found, "--data", data, "--json", ...flags]);
  expect(JSON.parse(compared.out)).toMatchObject({
    runs: 1,
    protocols: { "ner-strict": { first: score, second: score, difference: 0, sentences: { same: 5 } } },
  });
});
