import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { type Document, WeftError } from "@weft-nlp/core";
import { documentFromText } from "@weft-nlp/core/text";
import { Random } from "@weft-nlp/tensor";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Extractor } from "../extractor/extractor.ts";
import { modelIdentity } from "../extractor/model-identity.ts";
import { recordsOfDocuments } from "../files/document-records.ts";
import { tripleFormats } from "../triples/triple-formats.ts";
import { extractFiles } from "./extract-files.ts";
import type { ExtractFilesInput, KeptOutput } from "./extract-input.ts";
import type { ExtractCounts } from "./extract-state.ts";

const model = fileURLToPath(new URL("../../../../examples/model", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "weft-extract-"));
let extractor: Extractor;
let base: Pick<ExtractFilesInput, "extractor" | "identity">;
beforeAll(async () => {
  extractor = await Extractor.open(model, { threads: 1, deterministic: true });
  base = { extractor, identity: await modelIdentity(model) };
});
afterAll(async () => {
  await extractor.close();
  rmSync(root, { recursive: true, force: true });
});

let folders = 0;
let folder = root;
beforeEach(() => {
  folder = join(root, String(++folders));
  mkdirSync(folder);
});
const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), "utf8");
const lines = (name: string): string[] => read(name).split("\n").slice(0, -1);

const people = ["Mara Voss", "Ada Lind", "Tomas Reed"];
const firms = ["Kettle Robotics", "Norda", "Acme"];
const sentence = (k: number): string =>
  k % 7 === 3 ? "" : `${people[k % 3]} founded ${firms[k % 2]} in ${k % 5 === 0 ? "Bremen" : "Oslo"} and still leads it.`;

/** A text of so many lines; those in `bad` are not UTF-8. */
function text(count: number, bad: readonly number[] = []): Buffer {
  const parts = Array.from({ length: count }, (_, k) =>
    bad.includes(k + 1) ? Buffer.from([0x63, 0x61, 0x66, 0xe9, 10]) : Buffer.from(`${sentence(k)}\n`),
  );
  return Buffer.concat(parts);
}

type Options = Partial<Omit<ExtractFilesInput, "targets">>;

/** Extracts in the folder of the test, into outputs named by their endings. */
async function extract(outputs: readonly string[], options: Options = {}): Promise<ExtractCounts> {
  const formats = Object.values(tripleFormats);
  return extractFiles({
    ...base,
    files: [at("in.txt")],
    reading: {},
    targets: outputs.map((name) => {
      const format = formats.find(({ extension }) => extension !== "" && name.replace(/\.gz$/, "").endsWith(extension));
      return { path: at(name), format: format ?? tripleFormats["neo4j-csv"] };
    }),
    ...{ writing: {}, extraction: {}, onError: "stop", identityIn: "file", resume: false },
    ...options,
  });
}

/** Extracts and returns the failure with what was kept. */
async function failure(
  outputs: readonly string[],
  options: Options = {},
): Promise<{ error: unknown; kept: KeptOutput | undefined }> {
  let kept: KeptOutput | undefined;
  const ended = extract(outputs, { ...options, onStop: (left) => (kept = left) });
  const error: unknown = await ended.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return { error, kept };
}

test("one record for every line, and the model is named once beside the file", async () => {
  writeFileSync(at("in.txt"), text(30));
  const counts = await extract(["out.jsonl"]);
  expect(counts).toMatchObject({ records: 30, documents: 30, faults: 0 });
  const found = lines("out.jsonl").map((line) => JSON.parse(line) as { id: string; text: string; model?: unknown });
  expect(found.map(({ text: said }) => said)).toEqual(Array.from({ length: 30 }, (_, k) => sentence(k)));
  expect(found.every(({ model: named }) => named === undefined)).toBe(true);
  expect(JSON.parse(read("out.jsonl.model.json"))).toEqual({ model: base.identity });
  expect(readdirSync(folder).toSorted()).toEqual(["in.txt", "out.jsonl", "out.jsonl.model.json"]);
  await extract(["each.jsonl"], { identityIn: "record", reading: { blank: "skip" } });
  const named = lines("each.jsonl").map((line) => JSON.parse(line) as { model: unknown });
  expect(named).toHaveLength(26);
  for (const one of named) expect(one.model).toEqual(base.identity);
  expect(existsSync(at("each.jsonl.model.json"))).toBe(false);
});

test("a record that cannot be read ends the work; all before it are kept, and none is lost on resuming", async () => {
  writeFileSync(at("in.txt"), text(1200, [901]));
  writeFileSync(at("out.jsonl"), "old\n");
  const { error, kept } = await failure(["out.jsonl"]);
  expect(error).toMatchObject({ code: "ENCODING_INVALID", at: { source: at("in.txt"), line: 901 } });
  expect(kept).toMatchObject({ counts: { documents: 900 }, atRecord: true, parts: [at("out.jsonl.part")], resumable: true });
  expect(read("out.jsonl")).toBe("old\n");
  expect(lines("out.jsonl.part")).toHaveLength(900);

  const skipped = await extract(["out.jsonl"], { resume: true, onError: "skip" });
  expect(skipped).toMatchObject({ records: 1200, documents: 1199, faults: 1 });
  await extract(["whole.jsonl"], { onError: "skip" });
  expect(read("out.jsonl")).toBe(read("whole.jsonl"));
  expect(readdirSync(folder).filter((name) => name.includes("part") || name.startsWith("."))).toEqual([]);
});

test("a fixed record and lines appended since do not keep an extract from resuming", async () => {
  writeFileSync(at("in.txt"), text(600, [550]));
  await failure(["out.jsonl"]);
  writeFileSync(at("in.txt"), text(640));
  const seen: number[] = [];
  await extract(["out.jsonl"], { resume: true, onResume: ({ documents }) => seen.push(documents) });
  expect(seen).toEqual([549]);
  await extract(["whole.jsonl"]);
  expect(read("out.jsonl")).toBe(read("whole.jsonl"));
});

test("records that cannot be read go into the quarantine with place, reason and the raw record", async () => {
  writeFileSync(at("in.txt"), text(20, [3, 20]));
  writeFileSync(at("in.jsonl"), '{"text":"Mara Voss founded Norda."}\n{"text":3}\r\n{"tokens":["a"]}\n');
  const files = [at("in.txt"), at("in.jsonl")];
  const counts = await extract(["out.jsonl"], { files, onError: "skip", quarantine: at("bad.jsonl") });
  expect(counts).toMatchObject({ records: 23, documents: 20, faults: 3 });
  expect(lines("bad.jsonl").map((line) => JSON.parse(line) as unknown)).toEqual([
    ...[3, 20].map((line) => ({
      ...{ source: at("in.txt"), line, code: "ENCODING_INVALID", message: "these bytes are not UTF-8 text" },
      rawBase64: Buffer.from([0x63, 0x61, 0x66, 0xe9]).toString("base64"),
    })),
    {
      ...{ source: at("in.jsonl"), line: 2, code: "FIELD_INVALID", message: "expected a string, found 3", path: "text" },
      raw: '{"text":3}',
    },
  ]);
});

test("a file that ends too early, or is missing, loses nothing before it", async () => {
  writeFileSync(at("in.txt"), text(40));
  writeFileSync(at("cut.txt.gz"), Buffer.from([0x1f, 0x8b, 8, 0]));
  const { error, kept } = await failure(["out.jsonl"], { files: [at("in.txt"), at("cut.txt.gz")], onError: "skip" });
  expect(error).toMatchObject({ code: "GZIP_INVALID" });
  expect(kept).toMatchObject({ counts: { documents: 40 }, atRecord: false });
  const missing = await failure(["other.jsonl"], { files: [at("in.txt"), at("none.txt")] });
  expect(missing).toMatchObject({ error: { code: "FILE_MISSING" }, kept: undefined });
  expect(existsSync(at("other.jsonl.part"))).toBe(false);
});

test("documents that are not read by line are kept too, but cannot be resumed", async () => {
  writeFileSync(at("in.txt"), "");
  const recordInput = (): undefined => undefined;
  const otherRecords: Options["otherRecords"] = (path) => recordsOfDocuments(path, documents());
  async function* documents(): AsyncGenerator<Document> {
    for (const k of [0, 1, 2]) yield documentFromText(`d${k}`, sentence(k));
    if (existsSync(at("bad"))) throw new WeftError("FIELD_INVALID", { message: "no document" });
  }
  writeFileSync(at("bad"), "");
  const { error, kept } = await failure(["out.jsonl"], { otherRecords, recordInput });
  expect(error).toMatchObject({ code: "FIELD_INVALID" });
  expect(kept).toMatchObject({ counts: { documents: 3 }, parts: [at("out.jsonl.part")], resumable: false });
  expect(lines("out.jsonl.part")).toHaveLength(3);
  rmSync(at("bad"));
  expect(await extract(["out.jsonl"], { otherRecords, recordInput, resume: true })).toMatchObject({ documents: 3 });
  expect(readdirSync(folder).toSorted()).toEqual(["in.txt", "out.jsonl", "out.jsonl.model.json"]);
});

test("other formats end properly with what there was before the fault", async () => {
  writeFileSync(at("in.txt"), text(50, [41]));
  const { kept } = await failure(["graph.nt.gz", "table.parquet", "graph.graphml", "graph"]);
  expect(kept).toMatchObject({
    parts: ["graph.nt.part.gz", "table.parquet.part", "graph.graphml.part", "graph.part"].map(at),
    resumable: false,
  });
  expect(gunzipSync(readFileSync(at("graph.nt.part.gz"))).toString()).toContain("Kettle%20Robotics");
  const rows = await parquetReadObjects({ file: new Uint8Array(readFileSync(at("table.parquet.part"))).buffer });
  expect(rows.length).toBeGreaterThan(10);
  expect(read("graph.graphml.part").endsWith("</graphml>\n")).toBe(true);
  await expect(extract(["graph.nt"], { resume: true })).rejects.toMatchObject({ code: "USAGE_INVALID" });
});

test("ranges put together are the whole, byte for byte", async () => {
  writeFileSync(at("in.txt"), text(60));
  const size = text(60).length;
  await extract(["whole.jsonl", "whole.csv"]);
  const random = Random.of(3);
  for (let round = 0; round < 4; round++) {
    const cuts = [0, ...Array.from({ length: 3 }, () => random.integer(size)).toSorted((a, b) => a - b)];
    const parts: [string, string][] = [];
    for (const [k, start] of cuts.entries()) {
      await extract(["part.jsonl", "part.csv"], { reading: { range: { start, end: cuts[k + 1] } } });
      parts.push([read("part.jsonl"), read("part.csv")]);
    }
    expect(parts.map(([part]) => part).join("")).toBe(read("whole.jsonl"));
    expect(parts.map(([, part]) => part).join("")).toBe(read("whole.csv"));
  }
});

test("killed at any moment, an extract resumes to the same bytes", async () => {
  writeFileSync(at("in.txt"), text(500, [17, 300, 499]));
  writeFileSync(at("more.txt"), text(200, [150]));
  const options: Options = { files: [at("in.txt"), at("more.txt")], onError: "skip", quarantine: at("bad.jsonl") };
  const outputs = ["out.jsonl", "out.tsv"];
  await extract(outputs, options);
  const whole = [...outputs, "bad.jsonl"].map(read);
  const random = Random.of(11);
  for (let kill = 0; kill < 3; kill++) {
    for (const name of [...outputs, "bad.jsonl"]) rmSync(at(name));
    const moment = 1 + random.integer(700);
    const saved = join(root, `killed-${kill}`);
    // A copy of the folder while the extract writes is what a killed process leaves there.
    let copied = false;
    const onProgress = ({ records }: ExtractCounts): void => {
      if (copied || records < moment) return;
      copied = true;
      cpSync(folder, saved, { recursive: true });
    };
    await extract(outputs, { ...options, checkpointSeconds: 0.1, onProgress });
    rmSync(folder, { recursive: true });
    // The lock names this process, which lives; that of a killed one is taken over.
    for (const name of readdirSync(saved)) if (name.endsWith(".lock")) rmSync(join(saved, name));
    cpSync(saved, folder, { recursive: true });
    const counts = await extract(outputs, { ...options, resume: true });
    expect(counts).toMatchObject({ records: 700, faults: 4 });
    expect([...outputs, "bad.jsonl"].map(read)).toEqual(whole);
  }
});

test("an extract does not resume with another input, other options or an output cut short", async () => {
  writeFileSync(at("in.txt"), text(300, [250]));
  await failure(["out.jsonl"]);
  const refused = async (options: Options): Promise<unknown> =>
    (await failure(["out.jsonl"], { resume: true, ...options })).error;
  expect(await refused({ extraction: { window: 9 } })).toMatchObject({
    code: "RESUME_MISMATCH",
    summary: "window was none and is now 9",
  });
  expect(await refused({ reading: { blank: "skip" } })).toMatchObject({ code: "RESUME_MISMATCH" });
  writeFileSync(at("in.txt"), text(300, [100, 250]));
  expect(await refused({})).toMatchObject({ code: "RESUME_MISMATCH", at: { source: at("in.txt") } });
  writeFileSync(at("in.txt"), text(300));
  const part = read("out.jsonl.part");
  writeFileSync(at("out.jsonl.part"), part.slice(0, -1));
  expect(await refused({})).toMatchObject({ code: "RESUME_MISMATCH", at: { source: at("out.jsonl.part") } });
  writeFileSync(at("out.jsonl.part"), `${part}half a rec`);
  await extract(["out.jsonl"], { resume: true });
  expect(lines("out.jsonl")).toHaveLength(300);
  await extract(["again.jsonl"], { resume: true });
  expect(read("again.jsonl")).toBe(read("out.jsonl"));
});

test("two extracts do not write one file at a time, and a stop keeps what was written", async () => {
  writeFileSync(at("in.txt"), text(3000));
  const controller = new AbortController();
  let second: unknown;
  const first = await failure(["out.jsonl"], {
    signal: controller.signal,
    onProgress: ({ documents }) => {
      if (documents !== 700) return;
      second = failure(["out.jsonl"]).then(({ error }) => error);
      controller.abort(new Error("stopped"));
    },
  });
  expect(await second).toMatchObject({ code: "FILE_IN_USE" });
  expect(first.error).toMatchObject({ message: "stopped" });
  expect(first.kept?.resumable).toBe(true);
  expect(first.kept?.counts.documents).toBeGreaterThanOrEqual(700);
  await extract(["out.jsonl"], { resume: true });
  await extract(["whole.jsonl"]);
  expect(read("out.jsonl")).toBe(read("whole.jsonl"));
});
