import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, lines, tinyConfig, writeTinyCorpus } from "./tiny-corpus.ts";
import { type Ended, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-bad-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => void writeTinyCorpus(folder));

const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
const one = { epochs: "training.epochs=1" };
let runs = 0;

/** One epoch in a folder of its own. */
async function train(...more: string[]): Promise<Ended & { run: string }> {
  const run = `run-${++runs}`;
  return {
    ...(await weft(["train", "weft.yaml", "--run", run, "--threads", "1", "--set", one.epochs, ...more], { cwd: folder })),
    run,
  };
}

/** A failure: code 1, nothing on standard output, no stack, and no folder that says a run was begun. */
function expectFailure({ code, out, err, run }: Awaited<ReturnType<typeof train>>, ...texts: string[]): void {
  for (const text of texts) expect(err).toContain(text);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).not.toContain("    at ");
  expect(err).not.toContain("INTERNAL");
  expect(existsSync(join(folder, run))).toBe(false);
}

describe("a wrong configuration", () => {
  test("names file, line, column and the nearest real name, all faults at once", async () => {
    const text = tinyConfig.replace("rounds: 1", "roundz: 1").replace("epochs: 4", "epochs: none\n  selekt: strict");
    write("wrong.yaml", text);
    const { code, out, err } = await weft(["train", "wrong.yaml", "--run", "wrong"], { cwd: folder });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(
      "wrong.yaml:8:3 model.roundz: there is no setting of this name (SETTING_UNKNOWN)\n  → did you mean rounds?",
    );
    expect(err).toContain("wrong.yaml:15:11 training.epochs: expected a number, found none (SETTING_INVALID)");
    expect(err).toContain(
      "wrong.yaml:16:3 training.selekt: there is no setting of this name (SETTING_UNKNOWN)\n  → did you mean select?",
    );
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });

  test.each<[string, string, string, string]>([
    ["a model", "model.name=rim", "--set model.name=rim model.name: ", "did you mean rin?"],
    ["a setting", "optimizer.ratte=1", "--set optimizer.ratte=1 optimizer.ratte: there is no setting", "did you mean rate?"],
    ["a protocol", "training.select=strickt", "training.select: expected one of auto, strict", "did you mean strict?"],
    [
      "a tag scheme",
      "vocabulary.scheme=bioe",
      "vocabulary.scheme: expected one of bio, bioes, bilou, found bioe",
      "did you mean bio",
    ],
    ["a number", "training.batch=0", "training.batch: expected a number of at least 1, found 0", ""],
  ])("%s after --set that does not exist", async (_, set, message, hint) => {
    expectFailure(await train("--set", set), message, hint);
  });

  test("that is missing, or no YAML, is said", async () => {
    const missing = await weft(["train", "none.yaml"], { cwd: folder });
    expect(missing).toMatchObject({
      code: 1,
      err: expect.stringContaining("none.yaml: there is no such file (FILE_MISSING)") as string,
    });
    write("no.yaml", "seed: [1\ndata: {\n");
    const broken = await weft(["train", "no.yaml"], { cwd: folder });
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(/no\.yaml:\d+:\d+.*\(YAML_INVALID\)/);
  });
});

describe("wrong data", () => {
  const good = lines(6);
  const [first] = good as [(typeof good)[number]];

  test.each(["train", "dev", "test"])("a missing file for %s is said before anything is trained", async (part) => {
    expectFailure(await train("--set", `data.${part}=none.jsonl`), "none.jsonl: there is no such file (FILE_MISSING)");
  });

  test.each<[string, string, string]>([
    ["broken JSON", `${jsonLines(good)}{"tokens": ["a", }\n`, ':7:18: expected a value, found "}" (JSON_INVALID)'],
    ["a cut-off last line", jsonLines(good).slice(0, -20), ":6:"],
    [
      "a relation without its entity",
      jsonLines([first, { ...first, relations: [{ head: 0, tail: 7, type: "r" }] }]),
      ":2 relations[0].tail: tail names entity 7, but this document has entities 0 to 2 (RELATION_END_MISSING)",
    ],
    [
      "a span outside the sentence",
      jsonLines([...good, { tokens: ["a"], entities: [{ start: 0, end: 2, type: "T" }] }]),
      ":7 entities[0].end: end is 2",
    ],
    ["an empty span", jsonLines([{ tokens: ["a"], entities: [{ start: 0, end: 0, type: "T" }] }]), "(SPAN_EMPTY)"],
    ["a token that is no text", jsonLines([{ tokens: ["a", 3] }]), ":1 tokens[1]: expected a string, found 3 (FIELD_INVALID)"],
    ["an empty corpus", "", "data.train: the file holds no sentences (CORPUS_EMPTY)"],
    [
      "a corpus of empty sentences",
      jsonLines([{ tokens: [] }, { tokens: [] }]),
      "data.train: the file holds no sentences (CORPUS_EMPTY)",
    ],
  ])("%s is said with its place", async (_, text, message) => {
    write("bad.jsonl", text);
    expectFailure(await train("--set", "data.train=bad.jsonl"), join(folder, "bad.jsonl"), message);
  });

  test("an empty dev part is refused, since it chooses the best epoch", async () => {
    write("bad.jsonl", "");
    expectFailure(
      await train("--set", "data.dev=bad.jsonl"),
      "data.dev: the file holds no sentences (CORPUS_EMPTY)",
      "best epoch",
    );
  });

  test("a label in dev that train lacks is counted, and training goes on", async () => {
    const relations = [{ head: 0, tail: 2, type: "moved_to" }];
    write(
      "new-labels.jsonl",
      jsonLines([
        { ...first, relations },
        { ...first, entities: [{ start: 0, end: 1, type: "GOD" }], relations: [] },
      ]),
    );
    const { code, err } = await train("--set", "data.dev=new-labels.jsonl");
    expect(code).toBe(0);
    expect(err).toContain("2 annotations of dev cannot be found by this model and count as missed");
    expect(err).toContain("training has no relation type moved_to");
  });

  test("entities that overlap are counted, and training goes on", async () => {
    const nested = { ...first, entities: [...first.entities, { start: 0, end: 1, type: "PER" }] };
    write("nested.jsonl", jsonLines([...good, nested]));
    const { code, err } = await train("--set", "data.train=nested.jsonl");
    expect(code).toBe(0);
    expect(err).toContain(
      "1 annotation of the training data cannot be learnt, first in 0 entities[3]: tokens 0 to 1 overlap a longer entity",
    );
  });
});

describe("wrong word vectors", () => {
  const row = (word: string, ...numbers: (number | string)[]): string => `${word} ${numbers.join(" ")}\n`;
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];

  test.each<[string, string, string]>([
    [
      "NaN",
      row("Bob", ...numbers) + row("Acme", ...numbers.slice(1), "NaN"),
      'bad.txt:2: number 8 of "Acme" is "NaN", expected a finite number (VECTORS_INVALID)',
    ],
    [
      "a row that is too short",
      row("Bob", ...numbers) + row("Acme", 1, 2),
      "bad.txt:2: expected a word and 8 numbers, found 3 fields (VECTORS_INVALID)",
    ],
    [
      "another width",
      row("Bob", 1, 2, 3),
      "the vectors have 3 numbers, the word table has 8 (VECTORS_INVALID)\n  → set model.wordSize to 3",
    ],
    ["an empty file", "", "bad.txt: the file is empty (VECTORS_INVALID)"],
  ])("%s: refused", async (_, text, message) => {
    write("bad.txt", text);
    expectFailure(await train("--set", "vectors=bad.txt"), message);
  });

  test("a file that does not exist: refused", async () => {
    expectFailure(await train("--set", "vectors=none.txt"), "none.txt: there is no such file (FILE_MISSING)");
  });

  test("a partial file is taken, and its coverage printed", async () => {
    write("partial.txt", row("Bob", ...numbers) + row("acme", ...numbers) + row("unheard", ...numbers));
    const { code, err } = await train("--set", "vectors=partial.txt");
    expect(code).toBe(0);
    expect(err).toMatch(/word vectors for 2 of \d+ words, \d+\.\d % of running words/);
  });
});

describe("a damaged model", () => {
  const files = ["config.json", "vocab.json", "model.safetensors"] as const;
  const original = new Map<string, Uint8Array>();
  beforeAll(async () => {
    await weft(["train", "weft.yaml", "--run", "sound", "--set", one.epochs], { cwd: folder });
    for (const name of files) original.set(name, readFileSync(join(folder, "sound/model", name)));
  });

  /** What extract says to a model of which one file was changed. */
  async function extractWith(
    name: (typeof files)[number],
    change: (bytes: Uint8Array) => Uint8Array | undefined,
  ): Promise<Ended> {
    mkdirSync(join(folder, "damaged"), { recursive: true });
    for (const [file, bytes] of original) write(`damaged/${file}`, bytes);
    const changed = change(original.get(name) as Uint8Array);
    if (changed === undefined) rmSync(join(folder, "damaged", name));
    else write(`damaged/${name}`, changed);
    return weft(["extract", "damaged"], { cwd: folder, input: "Bob works for Acme in Rome .\n" });
  }

  const text = (change: (value: string) => string) => (bytes: Uint8Array) =>
    new TextEncoder().encode(change(new TextDecoder().decode(bytes)));
  /** Every byte a character, so that those which are no text come back unchanged. */
  const latin = (change: (value: string) => string) => (bytes: Uint8Array) =>
    Buffer.from(change(Buffer.from(bytes).toString("latin1")), "latin1");

  test("undamaged it works, from the run's folder and from the model's", async () => {
    const { code, out } = await extractWith("config.json", (bytes) => bytes);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ text: expect.stringContaining("Bob works for Acme") as string });
    expect(
      (await weft(["extract", "sound", "--input", "text"], { cwd: folder, input: "Bob works for Acme in Rome .\n" })).out,
    ).toBe(out);
  });

  test.each<[string, (typeof files)[number], (bytes: Uint8Array) => Uint8Array | undefined, string]>([
    ["weights cut off", "model.safetensors", (bytes) => bytes.subarray(0, -40), "model.safetensors: the data should take"],
    [
      "weights cut off in the header",
      "model.safetensors",
      (bytes) => bytes.subarray(0, 90),
      "model.safetensors: the header should take",
    ],
    ["no weights", "model.safetensors", () => new Uint8Array(0), "a safetensors file has at least 8 bytes, this one has 0"],
    [
      "foreign weights",
      "model.safetensors",
      () => new TextEncoder().encode("PK\u0003\u0004 this is a zip file, or so it says"),
      "model.safetensors: the header should take",
    ],
    ["weights of another model", "model.safetensors", () => foreign(), "the file has no such parameter, the model needs one of"],
    [
      "weights in half precision",
      "model.safetensors",
      latin((value) => value.replace("F32", "F16")),
      "has the type F16, expected F32",
    ],
    [
      "a vocabulary that lost words",
      "vocab.json",
      text((value) => JSON.stringify(without(JSON.parse(value)))),
      "the model needs",
    ],
    ["a vocabulary that is no JSON", "vocab.json", text((value) => value.slice(0, 50)), "vocab.json: expected"],
    ["another program's configuration", "config.json", text(() => '{"model_type": "bert"}'), "config.json: "],
    [
      "a model that does not exist",
      "config.json",
      text((value) => value.replace('"rin"', '"rim"')),
      "config.json: there is no model called rim",
    ],
    ["another width", "config.json", text((value) => value.replace('"hiddenSize": 8', '"hiddenSize": 9')), "the model needs"],
    ["an impossible setting", "config.json", text((value) => value.replace('"rounds": 1', '"rounds": -1')), "config.json: "],
  ])("%s: refused in one clear line", async (_, name, change, message) => {
    const { code, out, err } = await extractWith(name, change);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(message);
    expect(err).toContain("(ARCHIVE_INVALID)");
    expect(err).not.toContain("    at ");
  });

  test.each(files)("%s missing: refused", async (name) => {
    const { code, err } = await extractWith(name, () => undefined);
    expect(code).toBe(1);
    expect(err).toContain(`${name}: there is no such file (FILE_MISSING)`);
  });

  test("a folder that holds no model: refused", async () => {
    const { code, err } = await weft(["extract", "."], { cwd: folder, input: "x" });
    expect(code).toBe(1);
    expect(err).toContain("there is no such file (FILE_MISSING)");
  });

  /** A good safetensors file with one tensor of somebody else. */
  function foreign(): Uint8Array {
    const header = new TextEncoder().encode('{"bert.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
    const file = new Uint8Array(8 + header.length + 4);
    new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
    file.set(header, 8);
    return file;
  }

  function without(vocabulary: { words: { words: string[]; counts: number[] } }): unknown {
    const { words, counts } = vocabulary.words;
    return { ...vocabulary, words: { ...vocabulary.words, words: words.slice(1), counts: counts.slice(1) } };
  }
});

const small = join(folder, "small");
mkdirSync(small);
const mounted =
  process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", "size=100k", "weft-test", small]).status === 0;
afterAll(() => void (mounted && spawnSync("umount", [small])));

// /dev/full takes nothing: a file of the run that is a link to it meets the same error of the system as on a full disk.
describe.skipIf(process.platform !== "linux")("a full disk", () => {
  test.each(["checkpoints/last.safetensors", "report.json", "model/model.safetensors"])("is said for %s", async (name) => {
    const run = join(folder, `full-${name.replace("/", "-")}`);
    mkdirSync(join(run, name, ".."), { recursive: true });
    symlinkSync("/dev/full", join(run, name));
    const { code, err } = await weft(["train", "weft.yaml", "--run", run, "--set", one.epochs], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toContain(`${join(run, name)}: no space is left to write this file (DISK_FULL)\n  → make room`);
    expect(err).not.toContain("    at ");
  });

  // Only root may mount; elsewhere the cases above have to do.
  test.skipIf(!mounted)("stops a training on a small disk, which goes on where there is room again", async () => {
    const args = ["train", "weft.yaml", "--deterministic", "--checkpoint-seconds", "0", "--set", "training.epochs=3"];
    const { code, err } = await weft([...args, "--run", join(small, "run")], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toContain("last.safetensors: no space is left to write this file (DISK_FULL)");
    // The first checkpoint fitted and is whole; the second needs room beside it.
    expect(readdirSync(join(small, "run/checkpoints"))).toEqual(["last.safetensors"]);
    expect(spawnSync("mount", ["-o", "remount,size=16m", small]).status).toBe(0);
    expect((await weft([...args, "--run", join(small, "run"), "--resume"], { cwd: folder })).code).toBe(0);
    expect((await weft([...args, "--run", "roomy"], { cwd: folder })).code).toBe(0);
    const model = "model/model.safetensors";
    expect(readFileSync(join(small, "run", model))).toEqual(readFileSync(join(folder, "roomy", model)));
  });

  test("is said for a run's folder that cannot be made", async () => {
    write("plain-file", "");
    const { code, err } = await weft(["train", "weft.yaml", "--run", "plain-file/run", "--set", one.epochs], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toContain("(FILE_IS_FOLDER)");
  });
});
