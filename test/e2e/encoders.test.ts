import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyEncoder } from "../../packages/core/src/testing/tiny-encoder.ts";
import { type HubServer, hubFiles, hubServer } from "../../packages/node/src/testing/hub-server.ts";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-encoder-commands-"));
const files = tinyEncoder();
let hub: HubServer;
beforeAll(async () => {
  hub = await hubServer(hubFiles("own/tiny", files));
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const env = (): Record<string, string> => ({ WEFT_CACHE: join(folder, "cache"), WEFT_HUB: hub.address });

test("an encoder is added by its name, listed and removed, without a bar in a pipe", async () => {
  const added = await weft(["encoder", "add", "own/tiny"], { env: env() });
  expect(added).toMatchObject({ code: 0, err: "use it with model.inputs.encoder: { name: own/tiny }\n" });
  expect(added.out).toMatch(/^own\/tiny added: \d+ kB in .*own--tiny\nSHA-256 [0-9a-f]{64}\n$/);
  const listed = await weft(["encoder", "list", "--json"], { env: env() });
  expect(JSON.parse(listed.out)).toMatchObject([{ name: "own/tiny", from: `${hub.address}/own/tiny`, listed: "own/tiny" }]);
  const again = await weft(["encoder", "add", "own/tiny", "--offline", "--json"], { env: { ...env(), WEFT_HUB: "" } });
  expect(JSON.parse(again.out)).toMatchObject({ name: "own/tiny", already: true });
  expect((await weft(["encoder", "list"], { env: env() })).out).toMatch(/own\/tiny +\d+ kB +[0-9a-f]{64}/);
  const removed = await weft(["encoder", "remove", "own/tiny"], { env: env() });
  expect(removed).toMatchObject({ code: 0, out: "", err: expect.stringMatching(/^own\/tiny removed, \d+ kB\n$/) as string });
  const empty = await weft(["encoder", "list"], { env: env() });
  expect(empty).toMatchObject({ code: 0, out: "", err: expect.stringContaining("weft encoder add fetches one") as string });
});

test("a folder is added by its path", async () => {
  const path = join(folder, "mine");
  mkdirSync(path);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes as Uint8Array);
  const { code, out } = await weft(["encoder", "add", "./mine", "--quiet"], { env: env(), cwd: folder });
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^mine added: /) as string });
});

test.each<[string, string[], number, string]>([
  ["is not there", ["own/gone"], 1, "the server has no such file (status 404) (DOWNLOAD_FAILED)"],
  ["may not be fetched", ["own/gone", "--offline"], 1, "--offline forbids fetching it (ENCODER_MISSING)"],
  ["has other weights", ["own/tiny", "--sha256", "a".repeat(64)], 1, `expected ${"a".repeat(64)} (CHECKSUM_MISMATCH)`],
  ["is too large", ["own/tiny", "--max-bytes", "1kB"], 1, "the file is larger than 1000 bytes"],
  ["comes from an unsafe place", ["own/tiny", "--mirror", "http://example.org"], 2, "is not safe to fetch an encoder from"],
  ["has no name", ["../tiny"], 1, "there is no such file (FILE_MISSING)"],
  ["has a wrong checksum", ["own/tiny", "--sha256", "abc"], 2, "--sha256 is not a checksum"],
])("an encoder that %s is refused", async (_, args, expected, words) => {
  const { code, out, err } = await weft(["encoder", "add", ...args], { env: env(), cwd: folder });
  expect({ code, out }).toEqual({ code: expected, out: "" });
  expect(err).toContain(words);
});

test("the cache is shown and cleared", async () => {
  const cache = join(folder, "other-cache");
  const group = join(cache, "features", "tiny-mean");
  mkdirSync(group, { recursive: true });
  writeFileSync(join(group, "a.safetensors"), new Uint8Array(2000));
  const own = { WEFT_CACHE: cache, WEFT_CACHE_LIMIT: "1MB" };
  const shown = await weft(["cache", "show"], { env: own });
  expect(shown.out).toMatch(/features +tiny-mean +2\.0 kB/);
  expect(shown.out).toContain(`${cache}: features take 2.0 kB of 1.0 MB`);
  expect((await weft(["cache", "clear", "--keep", "1MB"], { env: own })).err).toBe("0 files of features removed, 0 bytes\n");
  expect((await weft(["cache", "clear"], { env: own })).err).toBe("1 file of features removed, 2.0 kB\n");
  expect((await weft(["cache", "show"], { env: own })).out).toBe(`${cache} is empty\n`);
  expect((await weft(["cache", "clear", "--keep", "x"], { env: own })).code).toBe(2);
});

describe("a model with a frozen encoder", () => {
  const place = join(folder, "training");
  const cache = join(place, "cache");
  const own = (): Record<string, string> => ({ WEFT_CACHE: cache, WEFT_HUB: hub.address });
  const run = async (...args: string[]) => weft(args, { env: own(), cwd: place });
  const file = (name: string, path: string): Buffer => readFileSync(join(place, name, "model", path));
  const train = async (name: string, ...more: string[]) => {
    const set = ["--set", "model.inputs.encoder={ name: own/tiny }"];
    return run("train", "weft.yaml", "--run", name, ...set, ...more);
  };
  beforeAll(async () => {
    writeTinyCorpus(place);
    writeFileSync(join(place, "text.txt"), "Ada Lovelace works for Acme in Oslo.\n");
  });

  test("is not trained without its encoder, and then in the same bytes for any number of threads", async () => {
    const missing = await train("missing");
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("weft encoder add own/tiny") as string });
    expect(existsSync(join(place, "missing"))).toBe(false);
    expect((await run("encoder", "add", "own/tiny")).code).toBe(0);
    const first = await train("one", "--threads", "1");
    expect(first.err).toMatch(/\d+ different sentences read with the encoder: \d/);
    const second = await train("two", "--threads", "2", "--with-encoder");
    expect(second.err).toMatch(/read with the encoder, \d+ from the cache/);
    expect((await run("cache", "clear")).code).toBe(0);
    expect((await train("three", "--threads", "3")).code).toBe(0);
    for (const name of ["two", "three"]) {
      for (const path of ["model.safetensors", "config.json"]) expect(file(name, path).equals(file("one", path))).toBe(true);
    }
  });

  test("names it in its card and its configuration, with the checksum", async () => {
    const { model } = JSON.parse(file("one", "config.json").toString()) as {
      model: { inputs: { encoder: { checksum: string } } };
    };
    expect(model.inputs.encoder).toMatchObject({ name: "own/tiny", layers: "mix", pieces: "mean" });
    const { checksum } = model.inputs.encoder;
    expect(file("one", "README.md").toString()).toContain(
      `\`own/tiny\` (bert, 2 layers of 8; SHA-256 \`${checksum}\`), not in this folder`,
    );
    expect(file("two", "README.md").toString()).toContain("in this folder");
    expect(readdirSync(join(place, "two", "model", "encoders", checksum)).sort()).toEqual([
      "config.json",
      "model.safetensors",
      "tokenizer.json",
    ]);
    expect((await run("doctor")).out).toMatch(/encoders +own\/tiny/);
  });

  test("is trained with its encoder in the same bytes for any number of threads, and then contains it", async () => {
    const set = ["--set", "model.inputs.encoder={ name: own/tiny, train: on }", "--set", "model.inputs.words=off"];
    for (const threads of ["1", "2", "3"]) {
      const trained = await run("train", "weft.yaml", "--run", `own-${threads}`, "--threads", threads, ...set);
      expect(trained.code).toBe(0);
      expect(trained.err).not.toContain("read with the encoder");
      for (const path of ["model.safetensors", "config.json", "encoder.json"]) {
        expect(file(`own-${threads}`, path).equals(file("own-1", path)), path).toBe(true);
      }
    }
    expect(file("own-1", "README.md").toString()).toContain("Contains the pretrained encoder `own/tiny`");
    const extract = ["text.txt", "--threshold", "0.01"];
    const expected = (await run("extract", "own-1", ...extract, "--threads", "1")).out;
    expect(expected).toContain("Lovelace");
    renameSync(cache, `${cache}-away`);
    const found = await run("extract", "own-2", ...extract, "--threads", "2");
    renameSync(`${cache}-away`, cache);
    expect(found.out.replaceAll("own-2", "own-1")).toBe(expected);
  });

  test("extracts the same with any number of threads, and without the cache if it contains its encoder", async () => {
    const expected = (await run("extract", "one", "text.txt", "--threads", "1", "--threshold", "0.01")).out;
    expect(expected).toContain("Lovelace");
    expect((await run("extract", "one", "text.txt", "--threads", "2", "--threshold", "0.01")).out).toBe(expected);
    renameSync(cache, `${cache}-away`);
    const missing = await run("extract", "one", "text.txt");
    expect(missing).toMatchObject({ code: 1, out: "", err: expect.stringContaining("weft encoder add own/tiny") as string });
    expect(missing.err).toContain("ENCODER_MISSING");
    expect((await run("extract", "two", "text.txt", "--threshold", "0.01")).out.replace("two", "one")).toBe(expected);
    renameSync(`${cache}-away`, cache);
  });
});
