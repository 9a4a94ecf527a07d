import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { type Ended, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-model-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => void writeTinyCorpus(folder));

const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);

describe("a damaged model", () => {
  const files = ["config.json", "vocab.json", "model.safetensors"] as const;
  const original = new Map<string, Uint8Array>();
  beforeAll(async () => {
    await weft(["train", "weft.yaml", "--run", "sound", "--set", "training.epochs=1"], { cwd: folder });
    for (const name of files) original.set(name, readFileSync(join(folder, "sound/model", name)));
  });

  /** The output of extract for a model with one changed file. */
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
  /** Every byte is a character, so that binary data comes back unchanged. */
  const latin = (change: (value: string) => string) => (bytes: Uint8Array) =>
    Buffer.from(change(Buffer.from(bytes).toString("latin1")), "latin1");

  test("works undamaged, from the run's folder and from the model's", async () => {
    const { code, out } = await extractWith("config.json", (bytes) => bytes);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ text: expect.stringContaining("Bob works for Acme") as string });
    expect(
      (await weft(["extract", "sound", "--input", "text"], { cwd: folder, input: "Bob works for Acme in Rome .\n" })).out,
    ).toBe(out.replace(`"name":"damaged"`, `"name":"sound"`));
  });

  test.each<[string, (typeof files)[number], (bytes: Uint8Array) => Uint8Array | undefined, string]>([
    ["weights cut off", "model.safetensors", (bytes) => bytes.subarray(0, -40), "model.safetensors: the data should take"],
    [
      "weights truncated in the header",
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
    [
      "a weight that is not a number",
      "model.safetensors",
      (bytes) => Uint8Array.from(bytes).fill(0xff, bytes.length - 4),
      "the parameter holds numbers that are not finite",
    ],
    ["weights of another model", "model.safetensors", () => foreign(), "the file lacks this parameter; the model needs it as"],
    [
      "weights that claim half precision",
      "model.safetensors",
      latin((value) => value.replace("F32", "F16")),
      "has 128 bytes for 32 numbers",
    ],
    [
      "a vocabulary without some words",
      "vocab.json",
      text((value) => JSON.stringify(without(JSON.parse(value)))),
      "the model needs",
    ],
    ["a vocabulary that is not JSON", "vocab.json", text((value) => value.slice(0, 50)), "vocab.json: expected"],
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

  test.skipIf(process.platform === "win32")("a device, a pipe or a sparse file in its place: refused at once", async () => {
    const place = async (name: (typeof files)[number], put: (path: string) => void): Promise<Ended> => {
      // Opening the pipe of the last case to write would wait for a reader.
      rmSync(join(folder, "damaged"), { recursive: true });
      await extractWith(name, (bytes) => bytes);
      rmSync(join(folder, "damaged", name));
      put(join(folder, "damaged", name));
      return weft(["extract", "damaged"], { cwd: folder, input: "x" });
    };
    const device = await place("model.safetensors", (path) => symlinkSync("/dev/zero", path));
    expect(device.err).toContain("model.safetensors: expected a regular file, found a device (FILE_UNUSABLE)");
    const pipe = await place("config.json", (path) => spawnSync("mkfifo", [path]));
    expect(pipe.err).toContain("config.json: expected a regular file, found a named pipe (FILE_UNUSABLE)");
    const sparse = (bytes: number) => (path: string) => {
      writeFileSync(path, "");
      truncateSync(path, bytes);
    };
    const huge = await place("model.safetensors", sparse(2 ** 33));
    expect(huge.err).toContain("model.safetensors: the file is larger than 4096 MiB");
    const large = await place("model.safetensors", sparse(2 ** 31));
    expect(large.err).toContain("model.safetensors: the header is not valid JSON (ARCHIVE_INVALID)");
    for (const { code } of [device, pipe, huge, large]) expect(code).toBe(1);
  });

  test("a folder without a model: refused", async () => {
    const { code, err } = await weft(["extract", "."], { cwd: folder, input: "x" });
    expect(code).toBe(1);
    expect(err).toContain("there is no such file (FILE_MISSING)");
  });

  /** A valid safetensors file with a tensor of another model. */
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
