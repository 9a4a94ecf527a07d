import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRdf } from "../../packages/node/src/testing/read-back.ts";
import { jsonLines, lines } from "./tiny-corpus.ts";
import { shell, weft } from "./weft-command.ts";

// Each of these starts the command several times, which takes seconds on a busy machine.

const folder = mkdtempSync(join(tmpdir(), "weft-triples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = { cwd: folder };
const model = fileURLToPath(new URL("../../examples/model", import.meta.url));

const sentence = "Mara Voss founded Kettle Robotics in Bremen and still leads it.";
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

interface Found {
  readonly tokens: string[];
  readonly entities: { start: number; end: number; type: string; confidence: number }[];
  readonly relations: { head: number; tail: number; type: string; confidence: number }[];
  readonly model: { name: string; digest: string };
}

beforeAll(() => {
  writeFileSync(join(folder, "news.txt"), `${sentence}\nNothing happened.\n${sentence}\n`);
});

test("writes several files in one pass, each in the format of its ending, with the same content", async () => {
  const outputs = ["found.jsonl", "graph.nt.gz", "graph.ttl", "table.csv", "table.parquet", "graph.graphml", "graph.cypher"];
  const { code, out, err } = await weft(
    ["extract", model, "news.txt", "--json", ...outputs.flatMap((name) => ["--out", name])],
    inFolder,
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const said = JSON.parse(out) as { relations: number; model: { digest: string } };
  expect(said).toMatchObject({ documents: 3, entities: 6, relations: 6, longSentences: { sentences: 0, windows: 0, unread: 0 } });
  expect(said).toMatchObject({ outputs: outputs.map((path) => ({ path })), model: { version: expect.any(String) as string } });
  const sum = await shell(
    `cat ${["config.json", "vocab.json", "model.safetensors"].map((file) => join(model, file)).join(" ")} | sha256sum`,
    folder,
  );
  expect(said.model.digest).toBe(`sha256:${sum.out.split(" ")[0]}`);

  const documents = read("found.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Found);
  expect(documents.map(({ relations }) => relations.length)).toEqual([3, 0, 3]);
  expect(JSON.parse(read("found.jsonl.model.json"))).toEqual({ model: said.model });
  const quads = readRdf(gunzipSync(readFileSync(join(folder, "graph.nt.gz"))).toString(), "N-Triples");
  expect(readRdf(read("graph.ttl"), "Turtle")).toHaveLength(quads.length);
  // The two lines state the same relation of the same entities, at two places.
  expect(quads.filter(({ predicate }) => predicate.value === "urn:weft:relation/founded")).toHaveLength(2);
  expect(quads.filter(({ object }) => object.value.endsWith("#Statement"))).toHaveLength(6);
  expect(read("table.csv").trim().split("\r\n")).toHaveLength(7);
  const bytes = readFileSync(join(folder, "table.parquet"));
  const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  expect(rows[0]).toMatchObject({
    head: "Mara Voss",
    tail: "Kettle Robotics",
    document: "news.txt:1",
    headStart: 0,
    tailEnd: 33,
  });
  expect(read("graph.graphml").match(/<edge /g)).toHaveLength(6);
  expect(read("graph.cypher").match(/^MERGE \(n:`Entity`/gm)).toHaveLength(3);
});

test("standard output takes any text format, and a pipe takes bytes", async () => {
  const triples = await weft(["extract", model, "--format", "triples"], { ...inFolder, input: `${sentence}\n` });
  expect(triples.out.split("\n").map((line) => line.split("\t").slice(0, 3).join(" "))).toContain(
    "Mara Voss founded Kettle Robotics",
  );
  expect(triples.err).toBe("3 relations in 1 document\n");
  const { out } = await shell(`weft extract ${model} news.txt --format parquet -q | head -c 4`, folder);
  expect(out).toBe("PAR1");
});

test("the files for Neo4j are a new folder, written as a whole", async () => {
  const args = ["extract", model, "news.txt", "--format", "neo4j-csv", "--out", "graph"];
  expect((await weft(args, inFolder)).code).toBe(0);
  expect(readdirSync(join(folder, "graph")).toSorted()).toEqual(["nodes.csv", "relationships.csv"]);
  const again = await weft(args, inFolder);
  expect(again.code).toBe(1);
  expect(again.err).toContain("graph: the folder holds 2 files already (OUTPUT_EXISTS)");
});

test("refuses invalid arguments before reading the model", async () => {
  const refusals: [string[], string][] = [
    [["--as", "triples"], "unknown option `--as`"],
    [["--format", "neo4j-csv"], "neo4j-csv is more than one file and cannot go to standard output"],
    [["--out", "x.docx"], "no format has this ending: x.docx"],
    [["--out", "a.nt", "--out", "a.nt"], "the same --out is named twice"],
    [["--out", "a.nt", "--out", "b.csv", "--format", "tsv"], "--format applies to one output only"],
    [["--base", "kb"], "expected an absolute IRI that ends in / or :"],
    [["--format", "turtel"], "turtle"],
  ];
  for (const [args, message] of refusals) {
    const { code, err, out } = await weft(["extract", "no-such-model", "news.txt", ...args], inFolder);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  }
  const { code, err } = await weft(["extract", model, "news.txt", "--window", "8", "--overlap", "8"], inFolder);
  expect(code).toBe(1);
  expect(err).toContain("overlap: the overlap has 8 tokens, expected a whole number from 0 to 7 (SETTING_INVALID)");
});

test("a stopped run leaves the old files, and a missing input is found before anything is read", async () => {
  mkdirSync(join(folder, "stopped"));
  for (const name of ["a.nt", "b.parquet"]) writeFileSync(join(folder, "stopped", name), "old");
  const at = { cwd: join(folder, "stopped") };
  const outputs = ["--out", "a.nt", "--out", "b.parquet"];
  const stopped = await weft(["extract", model, "--blank", "skip", ...outputs], { ...at, signal: "SIGINT" });
  expect(stopped.code).toBe(130);
  const failed = await weft(["extract", model, join(folder, "news.txt"), "missing.txt", ...outputs], at);
  expect(failed.code).toBe(1);
  expect(failed.err).toContain("missing.txt: there is no such file (FILE_MISSING)");
  expect(readdirSync(at.cwd).toSorted()).toEqual(["a.nt", "b.parquet"]);
  expect(readFileSync(join(at.cwd, "a.nt"), "utf8")).toBe("old");
});

test("a sentence longer than a window keeps everything at the borders, and its windows are counted", async () => {
  const long = `${Array.from({ length: 40 }, () => "Mara Voss founded Kettle Robotics in Bremen").join(" and ")}.`;
  writeFileSync(join(folder, "long.txt"), `${long}\n${sentence}\n`);
  const cut = await weft(["extract", model, "long.txt"], inFolder);
  expect(cut.err).toMatch(
    /^1 sentence of more than 256 tokens, read in 2 overlapping windows\n[\d,]+ relations in 2 documents\n$/,
  );
  const json = await weft(
    ["extract", model, "long.txt", "--window", "64", "--overlap", "16", "--out", "long.jsonl", "--json"],
    inFolder,
  );
  expect(JSON.parse(json.out)).toMatchObject({ longSentences: { sentences: 1, windows: 7, unread: 0 } });
  const founders = ({ tokens, entities, relations }: Found): string[] =>
    relations.flatMap(({ head, tail, type }) => {
      const words = [head, tail].map((end) => tokens.slice(entities[end]?.start, entities[end]?.end).join(" "));
      return type === "founded" && words.join(" ") === "Mara Voss Kettle Robotics" ? [`${entities[head]?.start}`] : [];
    });
  const [first, second] = cut.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Found) as [Found, Found];
  // Every clause has its founder, including clauses across a border.
  const clauses = Array.from({ length: 40 }, (_, k) => String(8 * k));
  expect(founders(first)).toEqual(expect.arrayContaining(clauses));
  const spans = first.entities.map(({ start, end, type }) => `${start} ${end} ${type}`);
  expect(new Set(spans).size).toBe(spans.length);
  const whole = await weft(["extract", model, "--window", "1000"], { ...inFolder, input: `${sentence}\n` });
  expect({ ...second, id: "" }).toEqual({ ...(JSON.parse(whole.out) as Found), id: "" });
});

test("--min-confidence applies to relations and entities, and a relation is removed with its ends", async () => {
  const all = JSON.parse((await weft(["extract", model], { ...inFolder, input: sentence })).out) as Found;
  const min = Math.max(...all.relations.map(({ confidence }) => confidence));
  const some = JSON.parse(
    (await weft(["extract", model, "--min-confidence", String(min)], { ...inFolder, input: sentence })).out,
  ) as Found;
  expect(some.relations.map(({ confidence }) => confidence)).toEqual([min]);
  const none = JSON.parse(
    (await weft(["extract", model, "--min-confidence", "1"], { ...inFolder, input: sentence })).out,
  ) as Found;
  expect([none.entities, none.relations]).toEqual([[], []]);
});

test("converts annotated data to triples without confidence or model, and reports entities without relations", async () => {
  const gold = lines(6);
  writeFileSync(join(folder, "gold.jsonl"), jsonLines(gold));
  const graph = await weft(["convert", "gold.jsonl", "gold.ttl", "--base", "https://example.org/kb/", "--strict"], inFolder);
  expect(graph.code).toBe(0);
  expect(graph.err).toContain("6 documents, 18 entities, 9 relations read and written as Turtle\n");
  const quads = readRdf(read("gold.ttl"), "Turtle");
  expect(quads.filter(({ object }) => object.value.endsWith("#Statement"))).toHaveLength(9);
  expect(quads.filter(({ predicate }) => /confidence|wasAttributedTo/.test(predicate.value))).toEqual([]);
  expect(quads.map(({ subject }) => subject.value).every((name) => name.startsWith("https://example.org/kb/"))).toBe(true);
  const table = await weft(["convert", "gold.jsonl", "-", "--to", "csv", "--strict"], inFolder);
  expect(table.code).toBe(1);
  expect(table.out.split("\r\n")).toHaveLength(11);
  expect(table.err).toContain("3  entities[]: CSV holds relations, and this entity has none\n     gold.jsonl:2 1 entities[0]");
  const neo = await weft(["convert", "gold.jsonl", "-", "--to", "neo4j-csv"], inFolder);
  expect({ code: neo.code, out: neo.out }).toEqual({ code: 2, out: "" });
  const wrong = await weft(["convert", "gold.jsonl", "x.y", "--to", "ntriple"], inFolder);
  expect(wrong.err).toContain("did you mean ntriples?");
});
