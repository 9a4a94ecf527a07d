import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parseConfig, type TrainConfig } from "@weft-nlp/core/training";
import { afterAll, describe, expect, test } from "vitest";
import { loadModel } from "../extractor/model-folder.ts";
import { readJsonFile } from "../files/json-file.ts";
import { chooseVectors, loadVectors } from "./load-vectors.ts";
import { locateVectors, resolveVectors, shippedVectors } from "./locate-vectors.ts";
import { type RunEvent, trainRun } from "./train-run.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-vectors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, content: string | Uint8Array): string {
  const whole = join(folder, path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

const glove = "Oslo 1 2\nbergen 3 4\n";
const text = file("glove.txt", glove);
file("project/node_modules/some-vectors/package.json", JSON.stringify({ ...manifest("some-vectors"), main: "./rows.json" }));
file("project/node_modules/some-vectors/rows.json", JSON.stringify({ dimensions: 2, vectors: { oslo: [1, 2, 9] } }));
file("project/weft.yaml", "");

function manifest(name: string): object {
  return { name, version: "1.2.3", license: "CC0-1.0" };
}

describe("what `vectors` names", () => {
  const resolved = (vectors: string): string => resolveVectors(vectors, join(folder, "project", vectors));

  test("words of the setting and the shipped set stay as they are, paths become absolute", () => {
    expect(["auto", "off", shippedVectors].map(resolved)).toEqual(["auto", "off", shippedVectors]);
    expect(resolved("../glove.txt")).toBe(text);
    expect(resolved("none.txt")).toBe(join(folder, "project/none.txt"));
    expect(resolved("no-such-vectors")).toBe("no-such-vectors");
  });

  test("a package is found from the folder of the configuration", async () => {
    const place = resolved("some-vectors");
    expect(place).toBe(join(folder, "project/node_modules/some-vectors"));
    expect(await locateVectors(place)).toEqual({
      file: join(place, "rows.json"),
      name: "some-vectors 1.2.3",
      licence: "CC0-1.0",
    });
    expect(await loadVectors(await locateVectors(place))).toMatchObject({ count: 1, dimension: 2 });
  });

  test("a folder must hold one file of vectors", async () => {
    file("one/vectors.txt.gz", gzipSync(glove));
    file("two/a.txt", glove);
    file("two/b.vec", glove);
    expect(await loadVectors(await locateVectors(join(folder, "one")))).toMatchObject({ count: 2, dimension: 2 });
    await expect(locateVectors(join(folder, "two"))).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: expect.stringContaining("found a.txt, b.vec"),
    });
  });

  test("what is missing is reported with what to do", async () => {
    await expect(locateVectors(join(folder, "none.txt"))).rejects.toMatchObject({ code: "FILE_MISSING" });
    await expect(locateVectors("no-such-vectors")).rejects.toMatchObject({
      code: "PACKAGE_MISSING",
      hint: expect.stringContaining("npm install no-such-vectors"),
    });
  });
});

test("a file is read with its checksum, the whole of it", async () => {
  const { origin } = await loadVectors({ file: text, name: "glove.txt", licence: undefined });
  expect(origin).toEqual({ name: "glove.txt", sha256: createHash("sha256").update(glove).digest("hex"), licence: undefined });
});

test("the shipped vectors are those of GloVe's most frequent words", async () => {
  const vectors = await loadVectors(await locateVectors(shippedVectors));
  expect(vectors).toMatchObject({ count: 40_000, dimension: 100, origin: { name: shippedVectors, licence: "PDDL-1.0" } });
  const row = new Float32Array(100);
  vectors.read(vectors.find("the"), row);
  // The first numbers of the first line of glove.6B.100d.txt: "the -0.038194 -0.24487 0.72812 …".
  for (const [k, value] of [-0.038194, -0.24487, 0.72812].entries()) {
    expect(Math.abs((row[k] as number) - value)).toBeLessThan(0.015);
  }
  for (const word of ["1990", "a", "'s", "u.s.", "--", "(", "paris"]) expect(vectors.find(word), word).toBeGreaterThanOrEqual(0);
});

const config = (change: object = {}, size = 100): TrainConfig =>
  parseConfig({
    data: { train: "a", dev: "b" },
    model: { name: "rin", inputs: { words: { size } } },
    ...change,
  });
const english = [{ tokens: ["Oslo", "is", "in", "Norway", ",", "挪"] }];

describe("the default", () => {
  test("is the shipped set for Latin letters", async () => {
    expect((await chooseVectors(config(), english)).place?.name).toContain(shippedVectors);
  });

  test.each<[string, TrainConfig, readonly { tokens: string[] }[], string]>([
    ["Chinese", config(), [{ tokens: ["奥斯陆", "在", "挪威", "A"] }], "only 14 % of the letters in train are Latin"],
    ["no letters", config(), [{ tokens: ["1", "?"] }], "only 0 % of the letters"],
    ["another width", config({}, 50), english, "have 100 numbers, and model.inputs.words.size is 50"],
    [
      "a model without words",
      config({ model: { name: "rin", inputs: { words: "off", wordShape: "on" } } }),
      english,
      "read words",
    ],
    ["a model to start from", config({ init: "runs/a" }), english, "keeps those that it has"],
    ["off", config({ vectors: "off" }), english, "they are off"],
  ])("is none for %s", async (_, given, train, reason) => {
    const chosen = await chooseVectors(given, train);
    expect(chosen.place).toBeUndefined();
    expect(chosen).toMatchObject({ reason: expect.stringContaining(reason) });
  });
});

test("a run says what its vectors are and what they cover, and its model holds them for any number of threads", async () => {
  const corpus = fileURLToPath(new URL("../../../../examples/corpus/", import.meta.url));
  const dev = file("dev.jsonl", readFileSync(join(corpus, "dev.jsonl"), "utf8").split("\n").slice(0, 8).join("\n"));
  const given = parseConfig({
    data: { train: join(corpus, "train.jsonl"), dev, trainSentences: 40 },
    vectors: text,
    model: { name: "rin", rounds: 1, hiddenSize: 6, inputs: { words: { size: 2 } } },
    training: { epochs: 2, batch: 10 },
  });
  const weights: Buffer[] = [];
  for (const threads of [1, 2]) {
    const run = join(folder, `run-${threads}`);
    const events: RunEvent[] = [];
    for await (const event of trainRun({ config: given, folder: run, threads })) events.push(event);
    expect(events[0]).toEqual({ kind: "vectors", name: "glove.txt" });
    const start = events.find((event) => event.kind === "start");
    expect(start?.vectors).toMatchObject({ name: "glove.txt", count: 2, dimension: 2, train: { digitsFolded: 0 } });
    expect(await readJsonFile(join(run, "report.json"))).toMatchObject({ vectors: { name: "glove.txt", count: 2 } });
    expect(readFileSync(join(run, "config.yaml"), "utf8")).toContain("# Word vectors: glove.txt, 2 words of 2 numbers.");
    expect(readFileSync(join(run, "model/README.md"), "utf8")).toContain(start?.vectors?.sha256);
    const { description } = await loadModel(run);
    expect(description.lexicon.words.indexOf("Bergen")).toBeGreaterThanOrEqual(description.lexicon.words.size);
    weights.push(readFileSync(join(run, "model/model.safetensors")));
  }
  expect(weights[1]?.equals(weights[0] as Buffer)).toBe(true);
});
