import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { tinyEncoder } from "@weft-nlp/core/testing";
import { afterAll, afterEach, expect, test } from "vitest";
import { ownMark } from "../files/process-mark.ts";
import { type HubServer, hubFiles, hubServer, type Mischief } from "../testing/hub-server.ts";
import { cacheFolder } from "./cache-folder.ts";
import { openEncoderFolder } from "./encoder-folder.ts";
import {
  addEncoderFolder,
  type FetchEncoderOptions,
  fetchEncoder,
  findStored,
  listEncoders,
  removeEncoder,
} from "./encoder-store.ts";

const root = mkdtempSync(join(tmpdir(), "weft-encoders-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const servers: HubServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const files = tinyEncoder();
const weights = files["model.safetensors"];
const checksum = createHash("sha256").update(weights).digest("hex");
let caches = 0;
const newCache = (): string => join(root, `cache-${caches++}`);

async function serve(served: object = files, mischief?: Mischief, name = "own/tiny"): Promise<HubServer> {
  const server = await hubServer(hubFiles(name, served), mischief);
  servers.push(server);
  return server;
}

const pauseMs = 1;

/**
 * Sends the next thousand bytes of the weights, and breaks the connection when they are on disk.
 */
function sendThousand(cache: string, ...[, request, response, body]: Parameters<Mischief>): void {
  const start = Number(/\d+/.exec(request.headers.range ?? "0")?.[0]);
  const headers = { etag: `"${checksum}"`, "content-length": body.length - start };
  const placed = start === 0 ? {} : { "content-range": `bytes ${start}-${body.length - 1}/${body.length}` };
  response.writeHead(start === 0 ? 200 : 206, { ...headers, ...placed });
  response.write(body.subarray(start, start + 1000));
  const partial = join(cache, "encoders", ".partial", "own--tiny", "model.safetensors");
  const look = setInterval(() => {
    if (!existsSync(partial) || statSync(partial).size < start + 1000) return;
    clearInterval(look);
    response.destroy();
  }, 1);
}

async function failure(job: Promise<unknown>): Promise<WeftError> {
  try {
    await job;
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error("it went well");
}

function writeFolder(served: object = files): string {
  const folder = join(root, `folder-${caches++}`);
  mkdirSync(folder);
  for (const [file, bytes] of Object.entries(served)) writeFileSync(join(folder, file), bytes as Uint8Array);
  return folder;
}

test("an encoder is fetched by its name, checked, listed, found, and removed", async () => {
  const server = await serve();
  const cache = newCache();
  const seen: string[] = [];
  const options: FetchEncoderOptions = {
    hub: server.address,
    cache,
    onProgress: (file, bytes, total) => seen.push(`${file} ${bytes}/${total}`),
  };
  const { encoder, already } = await fetchEncoder("own/tiny", options);
  expect(already).toBe(false);
  expect(encoder).toMatchObject({ name: "own/tiny", revision: "main", from: `${server.address}/own/tiny`, checksum });
  expect(seen.at(-1)).toBe(`model.safetensors ${weights.length}/${weights.length}`);
  expect(readFileSync(join(encoder.folder, "model.safetensors"))).toEqual(Buffer.from(weights));
  expect(await listEncoders(cache)).toEqual([{ ...encoder, used: expect.any(Number) as number }]);
  expect((await findStored({ checksum }, cache))?.name).toBe("own/tiny");
  expect(await findStored({ checksum: "0" }, cache)).toBeUndefined();
  expect((await findStored({ name: "own/tiny" }, cache))?.folder).toBe(encoder.folder);
  const asked = server.requests.length;
  expect((await fetchEncoder("own/tiny", { ...options, offline: true })).already).toBe(true);
  expect(server.requests).toHaveLength(asked);
  expect((await failure(fetchEncoder("own/tiny", { ...options, checksum: "1".repeat(64) }))).code).toBe("CHECKSUM_MISMATCH");
  await removeEncoder("own/tiny", cache);
  expect(await listEncoders(cache)).toEqual([]);
  expect((await failure(removeEncoder("own/tiny", cache))).code).toBe("ENCODER_MISSING");
  expect((await failure(fetchEncoder("own/tiny", { ...options, offline: true }))).code).toBe("ENCODER_MISSING");
});

test("a download whose connection breaks goes on where it ended", async () => {
  const cache = newCache();
  let breaks = 2;
  const server = await serve(files, (path, ...rest) => {
    if (!path.endsWith("safetensors") || breaks === 0) return false;
    breaks--;
    sendThousand(cache, path, ...rest);
    return true;
  });
  const { encoder } = await fetchEncoder("own/tiny", { hub: server.address, cache, pauseMs });
  expect(encoder.checksum).toBe(checksum);
  expect(server.requests.slice(2)).toEqual(
    ["", " bytes=1000-", " bytes=2000-"].map((range) => `GET /own/tiny/resolve/main/model.safetensors${range}`),
  );
  expect(existsSync(join(encoder.folder, "model.safetensors.etag"))).toBe(false);
});

test("a download that was given up goes on in the next call, or begins again if the file is another one", async () => {
  const cache = newCache();
  const broken = await serve(files, (path, ...rest) => {
    if (!path.endsWith("safetensors")) return false;
    sendThousand(cache, path, ...rest);
    return true;
  });
  const error = await failure(fetchEncoder("own/tiny", { hub: broken.address, cache, pauseMs }));
  expect(error).toMatchObject({ code: "DOWNLOAD_FAILED", summary: expect.stringContaining("4 times in a row") as string });
  expect(await listEncoders(cache)).toEqual([]);
  const other = tinyEncoder({ seed: 2 });
  const server = await serve(other);
  const { encoder } = await fetchEncoder("own/tiny", { hub: server.address, cache, pauseMs });
  expect(server.requests.at(-1)).toMatch(/safetensors bytes=\d+-$/);
  expect(readFileSync(join(encoder.folder, "model.safetensors"))).toEqual(Buffer.from(other["model.safetensors"]));
});

test("a server that stalls is left, and one that is busy is asked again", async () => {
  let busy = 1;
  const server = await serve(files, (path, _, response) => {
    if (path.endsWith("config.json") && busy > 0) return busy-- > 0 && response.writeHead(503).end() !== undefined;
    return path.endsWith("tokenizer.json");
  });
  const error = await failure(fetchEncoder("own/tiny", { hub: server.address, cache: newCache(), pauseMs, stallMs: 50 }));
  expect(error).toMatchObject({ code: "DOWNLOAD_FAILED", summary: "no byte came in 0.05 s, 4 times in a row" });
  expect(server.requests.filter((each) => each.endsWith("config.json"))).toHaveLength(2);
});

test("bytes that are not the promised ones are removed", async () => {
  const cache = newCache();
  const server = await serve(files, (path, _, response, body) => {
    if (!path.endsWith("safetensors")) return false;
    response.writeHead(200, { "x-linked-etag": `"${"a".repeat(64)}"`, "content-length": body.length }).end(body);
    return true;
  });
  expect(await failure(fetchEncoder("own/tiny", { hub: server.address, cache }))).toMatchObject({
    code: "CHECKSUM_MISMATCH",
    at: { source: `${server.address}/own/tiny/resolve/main/model.safetensors` },
  });
  expect(existsSync(join(cache, "encoders", ".partial", "own--tiny", "model.safetensors"))).toBe(false);
});

test.each<[string, Mischief, string]>([
  [
    "has no such file",
    (_, __, response) => response.writeHead(404).end() !== undefined,
    "the server has no such file (status 404)",
  ],
  ["asks who it is", (_, __, response) => response.writeHead(401).end() !== undefined, "does not give this file to everyone"],
  [
    "sends too much",
    (_, __, response) => response.writeHead(200, { "content-length": 2 ** 40 }).flushHeaders() === undefined,
    "is larger than 67108864 bytes",
  ],
  [
    "sends it elsewhere for ever",
    (path, _, response) => response.writeHead(302, { location: path }).end() !== undefined,
    "more than 5 times",
  ],
])("a server that %s is not believed", async (_, mischief, words) => {
  const server = await serve(files, mischief);
  const error = await failure(fetchEncoder("own/tiny", { hub: server.address, cache: newCache(), pauseMs }));
  expect(error).toMatchObject({ code: "DOWNLOAD_FAILED", summary: expect.stringContaining(words) as string });
  expect(error.hint).toBeDefined();
});

test("weights without a length are cut off at the limit", async () => {
  const server = await serve(files, (path, _, response, body) => {
    if (!path.endsWith("safetensors")) return false;
    response.writeHead(200, { "transfer-encoding": "chunked" }).end(body);
    return true;
  });
  const error = await failure(fetchEncoder("own/tiny", { hub: server.address, cache: newCache(), maxBytes: 5000 }));
  expect(error.summary).toContain("larger than 5000 bytes");
});

test("a redirect is followed to a safe address alone, and its query is kept secret", async () => {
  const far = await serve(files, undefined, "far/place");
  const elsewhere = (location: string) =>
    serve(files, (path, _, response) => {
      response.writeHead(302, { location: location + path.replace("/own/tiny", "/far/place") + "?secret" }).end();
      return true;
    });
  const here = await elsewhere(far.address);
  const { encoder } = await fetchEncoder("own/tiny", { hub: here.address, cache: newCache() });
  expect(encoder.from).toBe(`${here.address}/own/tiny`);
  const unsafe = await elsewhere("http://example.org");
  expect(await failure(fetchEncoder("own/tiny", { hub: unsafe.address, cache: newCache() }))).toMatchObject({
    code: "USAGE_INVALID",
    summary: "http://example.org is not safe to fetch an encoder from",
  });
});

test.each(["../evil", "a/b/c", "/etc", "a b", "", "a/..", ".hidden", "a?x", "-x"])(
  "%j is no name of an encoder",
  async (name) => {
    expect((await failure(fetchEncoder(name, { hub: "http://127.0.0.1:1", cache: newCache() }))).code).toBe("USAGE_INVALID");
  },
);

test.each([
  ["http://example.org", "main"],
  ["ftp://127.0.0.1", "main"],
  ["nowhere", "main"],
  ["https://example.org", "../main"],
])("the hub %s with revision %s is refused before anything is fetched", async (hub, revision) => {
  expect((await failure(fetchEncoder("own/tiny", { hub, revision, cache: newCache() }))).code).toBe("USAGE_INVALID");
});

test("what cannot be read is refused before its weights are fetched", async () => {
  const config = new TextEncoder().encode(JSON.stringify({ model_type: "t5" }));
  const server = await serve({ ...files, "config.json": config });
  const cache = newCache();
  const error = await failure(fetchEncoder("own/tiny", { hub: server.address, cache }));
  expect(error).toMatchObject({
    code: "ARCHIVE_INVALID",
    summary: expect.stringContaining('the kind of model is "t5"') as string,
  });
  expect(server.requests.some((each) => each.includes("safetensors"))).toBe(false);
  expect(await listEncoders(cache)).toEqual([]);
});

test("a revision is another encoder of the same name", async () => {
  const cache = newCache();
  const server = await hubServer(
    new Map([...hubFiles("own/tiny", files), ...hubFiles("own/tiny", tinyEncoder({ seed: 3 }), "v2")]),
  );
  servers.push(server);
  await fetchEncoder("own/tiny", { hub: server.address, cache });
  await fetchEncoder("own/tiny", { hub: server.address, cache, revision: "v2" });
  expect((await listEncoders(cache)).map(({ revision }) => revision)).toEqual(["main", "v2"]);
  await removeEncoder("own/tiny@v2", cache);
  expect((await listEncoders(cache)).map(({ revision }) => revision)).toEqual(["main"]);
});

test("a folder is copied into the cache, and its checksum is kept until its weights change", async () => {
  const cache = newCache();
  const folder = writeFolder();
  const { encoder } = await addEncoderFolder(folder, { cache });
  expect(encoder).toMatchObject({ checksum, revision: undefined });
  expect((await addEncoderFolder(folder, { cache })).already).toBe(true);
  const path = join(encoder.folder, "model.safetensors");
  expect((await openEncoderFolder(encoder.folder)).checksum).toBe(checksum);
  const other = tinyEncoder({ seed: 9 })["model.safetensors"];
  writeFileSync(path, other);
  utimesSync(path, new Date(), new Date(statSync(path).mtimeMs + 5000));
  expect((await openEncoderFolder(encoder.folder)).checksum).toBe(createHash("sha256").update(other).digest("hex"));
  writeFileSync(join(encoder.folder, "weft-encoder.json"), "{}");
  expect(await listEncoders(cache)).toEqual([]);
});

test("arrays are read one at a time from the file", async () => {
  const encoder = await openEncoderFolder(writeFolder());
  expect(encoder.weights("embeddings.LayerNorm.bias")?.shape).toEqual([8]);
  expect(encoder.weights("gone")).toBeUndefined();
  expect(encoder.shape).toMatchObject({ family: "bert", layers: 2, width: 8, vocabulary: 95, positions: 24 });
});

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const config = JSON.parse(new TextDecoder().decode(files["config.json"])) as Record<string, unknown>;

test.each<[string, object, string]>([
  ["no JSON", { "config.json": Buffer.from("{") }, "expected a name in double quotes or }, found the end"],
  ["a list", { "config.json": json([]) }, "the configuration is not a JSON object"],
  ["another kind", { "config.json": json({ ...config, model_type: "__proto__" }) }, 'the kind of model is "__proto__"'],
  ["no width", { "config.json": json({ ...config, hidden_size: "8" }) }, "8"],
  ["a huge width", { "config.json": json({ ...config, hidden_size: 1e12 }) }, "1000000000000"],
  ["another width", { "config.json": json({ ...config, hidden_size: 16 }) }, "the file has no word_embeddings.weight of 95 × 16"],
  ["a small vocabulary", { "config.json": json({ ...config, vocab_size: 50 }) }, "it has pieces up to number 94"],
  ["no room", { "config.json": json({ ...config, max_position_embeddings: 2 }) }, "which leaves no room for words"],
  ["another tokenizer", { "tokenizer.json": json({ model: 3 }) }, "the file has no model with a vocabulary"],
  ["cut weights", { "model.safetensors": weights.subarray(0, 5000) }, "the data should take"],
  ["no weights", { "model.safetensors": new Uint8Array(3) }, "a safetensors file has at least 8 bytes, this one has 3"],
])("a folder with %s is refused", async (_, changed, words) => {
  const error = await failure(openEncoderFolder(writeFolder({ ...files, ...changed })));
  expect(error).toMatchObject({ code: "ARCHIVE_INVALID", summary: expect.stringContaining(words) as string });
  expect(error.hint).toBeDefined();
});

test("a folder without a file, and weights that are cut while they are used, say so", async () => {
  const { "tokenizer.json": _, ...rest } = files;
  expect((await failure(openEncoderFolder(writeFolder(rest)))).code).toBe("FILE_MISSING");
  const folder = writeFolder();
  const encoder = await openEncoderFolder(folder);
  truncateSync(join(folder, "model.safetensors"), 5000);
  const last = "encoder.layer.1.output.LayerNorm.weight";
  expect((await failure(Promise.resolve().then(() => encoder.weights(last)))).code).toBe("ARCHIVE_INVALID");
});

test("a process that adds the same encoder is waited for, unless it is gone", async () => {
  const cache = newCache();
  const lock = join(cache, "encoders", ".partial", "own--tiny.lock");
  const server = await serve();
  mkdirSync(join(lock, ".."), { recursive: true });
  writeFileSync(lock, JSON.stringify(ownMark()));
  const error = await failure(fetchEncoder("own/tiny", { hub: server.address, cache }));
  expect(error.summary).toBe(`process ${process.pid} is adding this encoder already`);
  // Linux knows a later process with the same number by its start.
  const later = process.platform === "linux" ? { start: "1" } : { pid: 999_999_999 };
  writeFileSync(lock, JSON.stringify({ ...ownMark(), ...later }));
  expect((await fetchEncoder("own/tiny", { hub: server.address, cache })).already).toBe(false);
  expect(existsSync(lock)).toBe(false);
});

test("the cache is where the environment says", () => {
  expect(cacheFolder({ WEFT_CACHE: "/own" })).toBe("/own");
  expect(cacheFolder({ XDG_CACHE_HOME: "/xdg", WEFT_CACHE: "" })).toBe(join("/xdg", "weft"));
  expect(cacheFolder({})).toMatch(/[\\/]weft$/);
});
