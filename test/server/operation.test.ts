import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { Extraction } from "@weft-nlp/api";
import { pino } from "pino";
import { afterAll, expect, test } from "vitest";
import { extract, modelFolder, send, sendRaw, sentence, startServer } from "./test-server.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "weft-serve-"));
  folders.push(folder);
  return folder;
}

const long = { text: `${sentence} `.repeat(300) };

/** Sentences waiting for a batch. */
const waitingAt = async (url: string): Promise<number> =>
  Number(/^weft_queue_sentences\{.*\} (\d+)$/m.exec((await send(`${url}/metrics`)).text)?.[1]);

test("with tokens, the API requires one and the rest is open", async () => {
  const { url } = await startServer({ tokens: ["first-token", "second-token"] });
  for (const path of ["/v1/models", "/v1/schema", "/metrics"]) {
    expect(await send(`${url}${path}`)).toMatchObject({ status: 401, json: { error: { code: "TOKEN_INVALID" } } });
    expect((await send(`${url}${path}`, { headers: { authorization: "Bearer second-token" } })).status).toBe(200);
  }
  for (const authorization of [
    "",
    "Bearer",
    "Bearer ",
    "Bearer first",
    "Bearer first-token2",
    "Basic first-token",
    "first-token",
    "Bearer first-token second-token",
  ]) {
    const { status, headers } = await extract(url, { text: "a" }, { authorization });
    expect(status).toBe(401);
    expect(headers["www-authenticate"]).toBe("Bearer");
  }
  expect((await extract(url, { text: "a" }, { authorization: "bearer first-token" })).status).toBe(200);
  for (const path of ["/healthz", "/readyz", "/docs", "/openapi.json", "/"])
    expect((await send(`${url}${path}`)).status).toBe(200);
});

test("pages of other origins may call only if CORS allows them", async () => {
  const closed = await startServer();
  const origin = "https://app.example";
  const without = await extract(closed.url, { text: "a" }, { origin });
  expect(without.headers["access-control-allow-origin"]).toBeUndefined();
  const open = await startServer({ cors: [origin] });
  const answer = await extract(open.url, { text: "a" }, { origin });
  expect(answer.headers).toMatchObject({ "access-control-allow-origin": origin, vary: "origin" });
  const preflight = await send(`${open.url}/v1/extract`, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST" },
  });
  expect(preflight).toMatchObject({
    status: 204,
    headers: { "access-control-allow-origin": origin, "access-control-allow-headers": "authorization, content-type, if-match" },
  });
  const foreign = await extract(open.url, { text: "a" }, { origin: "https://other.example" });
  expect(foreign.headers["access-control-allow-origin"]).toBeUndefined();
});

test("a server on loopback answers to loopback names and allowed hosts", async () => {
  const { url } = await startServer({ hosts: ["Weft.Example"] });
  const port = new URL(url).port;
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "weft.example"]) {
    expect((await send(`${url}/healthz`, { headers: { host } })).status).toBe(200);
  }
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"]) {
    expect(await send(`${url}/healthz`, { headers: { host } })).toMatchObject({
      status: 403,
      json: { error: { code: "NOT_ALLOWED" } },
    });
  }
});

test("every answer has the headers that isolate the page", async () => {
  const { url } = await startServer();
  for (const path of ["/", "/docs", "/v1/models", "/nothing"]) {
    const { headers } = await send(`${url}${path}`);
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect(headers["content-security-policy"]).not.toContain("unsafe-inline");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
    });
  }
  const docs = await send(`${url}/docs`);
  expect(docs.text).not.toMatch(/<script|style="|https?:\/\//);
});

test("requests from one address are limited, and get the time of a retry", async () => {
  const { url } = await startServer({ requestsPerMinute: 3 });
  for (let time = 0; time < 3; time++) expect((await extract(url, { text: "a" })).status).toBe(200);
  const { status, headers, json } = await extract(url, { text: "a" });
  expect(status).toBe(429);
  // The hint names the same time, measured a moment apart.
  const [, seconds] = /in (\d+) seconds/.exec((json as { error: { hint: string } }).error.hint) ?? [];
  expect(Math.abs(Number(headers["retry-after"]) - Number(seconds))).toBeLessThanOrEqual(1);
  expect(json).toMatchObject({ error: { code: "RATE_EXCEEDED" } });
  expect((await send(`${url}/healthz`)).status).toBe(200);
});

test("requests that do not fit into the queue are refused at once with Retry-After, and the rest are answered", async () => {
  const { url } = await startServer({ limits: { queueSentences: 40, batchSentences: 8 } });
  const texts = Array.from({ length: 60 }, () => ({ text: `${sentence} `.repeat(10) }));
  const answers = await Promise.all(texts.map(async (text) => extract(url, text)));
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  for (const { headers, json } of refused) {
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(json).toMatchObject({ error: { code: "OVERLOADED" } });
  }
  const done = answers.filter(({ status }) => status === 200);
  expect(done.length).toBeGreaterThan(0);
  expect(done.length + refused.length).toBe(60);
  expect((await extract(url, texts[0])).status).toBe(200);
  expect((await send(`${url}/metrics`)).text).toMatch(/weft_texts_total\{model="example",outcome="OVERLOADED"\} \d+/);
});

test("a passed deadline ends the request and frees its place", async () => {
  const { url } = await startServer({ limits: { batchSentences: 4 } });
  const answer = await extract(url, { ...long, timeoutMs: 5 });
  expect(answer).toMatchObject({ status: 504, json: { error: { code: "DEADLINE_PASSED" } } });
  expect((await send(`${url}/metrics`)).text).toMatch(/weft_queue_sentences\{model="example"\} 0/);
  expect((await extract(url, { text: sentence })).status).toBe(200);
});

test("the deadline counts from the arrival of the headers, even if the body is late", async () => {
  const { url } = await startServer();
  /** The pause starts after 100 Continue, when the headers have arrived. */
  const after = async (pauseMs: number, timeoutMs: number): Promise<string> => {
    const { hostname, port } = new URL(url);
    const body = JSON.stringify({ text: sentence, timeoutMs });
    return new Promise((resolve, reject) => {
      let text = "";
      const socket = connect(Number(port), hostname);
      socket.once("data", () => setTimeout(() => socket.write(body), pauseMs));
      socket.on("data", (part) => (text += part.toString())).on("error", reject);
      socket.on("close", () => resolve(text));
      socket.write(
        `POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
    });
  };
  expect(await after(0, 20_000)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  const late = await after(300, 200);
  expect(late).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 504 /);
  expect(late).toContain("DEADLINE_PASSED");
});

test("a client that disconnects removes its sentences from the queue", async () => {
  const { url } = await startServer({ limits: { batchSentences: 2 } });
  const body = JSON.stringify(long);
  const sent = request(`${url}/v1/extract`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": body.length },
  });
  sent.on("error", () => undefined);
  sent.end(body);
  await expect.poll(async () => waitingAt(url), { interval: 5 }).toBeGreaterThan(20);
  sent.destroy();
  await expect.poll(async () => waitingAt(url), { interval: 5 }).toBe(0);
});

test("short texts do not wait for an earlier long one", async () => {
  const { url } = await startServer({ limits: { batchSentences: 8 } });
  const ended: string[] = [];
  const slow = extract(url, { text: `${sentence} `.repeat(1500) }).then(() => ended.push("long"));
  await expect.poll(async () => waitingAt(url), { interval: 5 }).toBeGreaterThan(0);
  await Promise.all(Array.from({ length: 5 }, async () => extract(url, { text: sentence }).then(() => ended.push("short"))));
  await slow;
  expect(ended).toEqual(["short", "short", "short", "short", "short", "long"]);
});

test("a model is reloaded under load without losing a request, and a broken one does not replace it", async () => {
  const folder = temporaryFolder();
  cpSync(modelFolder, folder, { recursive: true });
  const { url } = await startServer({
    models: [
      { name: "m", folder },
      { name: "other", folder: modelFolder },
    ],
    tokens: ["t"],
  });
  const headers = { authorization: "Bearer t" };
  const loadedAt = async (): Promise<string> => {
    const { json } = await send(`${url}/v1/models`, { headers });
    return (json as { models: { loadedAt: string }[] }).models[0]?.loadedAt ?? "";
  };
  const first = await loadedAt();
  let stop = false;
  const statuses: number[] = [];
  const load = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!stop) statuses.push((await extract(url, { text: sentence }, headers)).status);
    }),
  );
  for (let time = 1; time <= 3; time++) {
    await expect.poll(() => statuses.length, { interval: 10 }).toBeGreaterThan(8 * time);
    const answer = await send(`${url}/v1/models/m/reload`, { method: "POST", headers });
    expect(answer).toMatchObject({ status: 200, json: { name: "m", default: true } });
  }
  writeFileSync(join(folder, "vocab.json"), "{");
  const broken = await send(`${url}/v1/models/m/reload`, { method: "POST", headers });
  expect(broken).toMatchObject({ status: 500, json: { error: { code: "ARCHIVE_INVALID" } } });
  stop = true;
  await load;
  expect(await loadedAt()).not.toBe(first);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await send(`${url}/v1/models/nothing/reload`, { method: "POST", headers })).toMatchObject({ status: 404 });
});

test("without tokens, reloading over HTTP is refused", async () => {
  const { url } = await startServer();
  expect(await send(`${url}/v1/models/example/reload`, { method: "POST" })).toMatchObject({
    status: 403,
    json: { error: { code: "NOT_ALLOWED" } },
  });
});

test("a rewritten folder is reloaded automatically", async () => {
  const folder = temporaryFolder();
  cpSync(modelFolder, folder, { recursive: true });
  const { url } = await startServer({ models: [{ name: "m", folder }], watchSeconds: 0.1 });
  const threshold = async (): Promise<number> =>
    ((await send(`${url}/v1/models`)).json as { models: { threshold: number }[] }).models[0]?.threshold ?? 0;
  expect(await threshold()).toBe(0.5);
  const config = readFileSync(join(folder, "config.json"), "utf8");
  writeFileSync(join(folder, "config.json"), config.replace('"threshold": 0.5', '"threshold": 0.75'));
  utimesSync(join(folder, "config.json"), new Date(), new Date(Date.now() + 5000));
  await expect.poll(threshold, { interval: 50 }).toBe(0.75);
});

test("a stopping server finishes running requests and refuses new ones", async () => {
  const { server, url } = await startServer({ limits: { batchSentences: 4 } });
  const body = JSON.stringify(long);
  let began!: () => void;
  const begun = new Promise<void>((resolve) => (began = resolve));
  const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(
      `${url}/v1/extract`,
      { method: "POST", headers: { "content-type": "application/json", "content-length": body.length } },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on("error", reject);
    sent.end(body, began);
  });
  await begun;
  await expect.poll(async () => (await send(`${url}/metrics`)).text, { interval: 5 }).not.toMatch(/weft_queue_sentences\{.*\} 0/);
  const closed = server.close();
  await expect(
    extract(url, { text: "a" }).then(
      ({ status }) => status,
      () => "no connection",
    ),
  ).resolves.toSatisfy((outcome) => outcome === 503 || outcome === "no connection");
  const { status, text } = await answer;
  expect(status).toBe(200);
  expect((JSON.parse(text) as Extraction).sentences.length).toBe(300);
  await closed;
  await expect(send(`${url}/healthz`)).rejects.toThrow("ECONNREFUSED");
});

test.each([
  ["an answer", "application/json", JSON.stringify(long)],
  ["a stream", "application/x-ndjson", `${JSON.stringify(long)}\n`],
])("a stopping server does not wait for another request after %s", async (_, type, body) => {
  const { server, url } = await startServer({ limits: { batchSentences: 1, drainMs: 1e9 } });
  // Rules out the keep-alive timeout as the reason.
  server.app.server.keepAliveTimeout = 0;
  const { hostname, port } = new URL(url);
  let text = "";
  const socket = connect(Number(port), hostname).on("data", (part) => (text += part.toString()));
  const ended = new Promise((resolve) => socket.on("close", resolve));
  const length = Buffer.byteLength(body);
  socket.write(
    `POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`,
  );
  await expect.poll(async () => waitingAt(url), { interval: 5 }).toBeGreaterThan(0);
  await server.close();
  await ended;
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(text).toContain('"relations"');
});

test.each([
  ["", false],
  [", also by a replaced model", true],
])("requests that exceed the drain time get an error%s", async (_, replaced) => {
  const { server, url } = await startServer({ limits: { batchSentences: 1, drainMs: 30 } });
  const pending = extract(url, { text: `${sentence} `.repeat(3000) });
  await expect.poll(async () => waitingAt(url), { interval: 5 }).toBeGreaterThan(0);
  if (replaced) await server.reload();
  await server.close();
  expect(await pending).toMatchObject({ status: 503, json: { error: { code: "STOPPING" } } });
});

test("the log has routes and times, but no texts", async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const { url } = await startServer({ logger: pino({ level: "debug" }, sink) });
  await extract(url, { text: "Secret Person met Hidden Corp.", id: "private-id" });
  await extract(url, { tokens: ["Secret"], text: "something else" });
  await send(`${url}/v1/extract?model=Secret`, { headers: { "content-type": "application/x-ndjson" }, body: '"Secret"' });
  await send(`${url}/Secret/path?q=Hidden`);
  for (const probe of ["/healthz", "/readyz", "/metrics"]) await send(`${url}${probe}`);
  const log = lines.join("");
  expect(log).toContain('"route":"/v1/extract","status":200');
  expect(log).not.toMatch(/healthz|readyz|metrics/);
  expect(log).not.toMatch(/Secret|Hidden|private-id|something else/);
});

test("addresses of the page get its index, files get their types, and unknown API paths get an error", async () => {
  const page = temporaryFolder();
  mkdirSync(join(page, "assets"));
  writeFileSync(join(page, "index.html"), "<!doctype html><title>the page</title>");
  writeFileSync(join(page, "assets", "app-1234.js"), "export {};");
  const { url } = await startServer({ page });
  const html = { accept: "text/html,*/*" };
  for (const path of ["/", "/runs", "/runs/one/curves"]) {
    const { status, text, headers } = await send(`${url}${path}`, { headers: html });
    expect([status, headers["content-type"], headers["cache-control"]]).toEqual([200, "text/html; charset=utf-8", "no-cache"]);
    expect(text).toContain("the page");
  }
  const script = await send(`${url}/assets/app-1234.js`);
  expect(script).toMatchObject({
    status: 200,
    headers: { "content-type": "application/javascript; charset=utf-8", "cache-control": "public, max-age=31536000, immutable" },
  });
  for (const path of ["/v1/nothing", "/assets/other.js", "/..%2findex.html"])
    expect((await send(`${url}${path}`, { headers: html })).status).toBe(404);
});

test("a page that is rebuilt while the server runs is served with its new files only", async () => {
  const page = join(temporaryFolder(), "assets", "page");
  const { url } = await startServer({ page });
  const warnings: string[] = [];
  const warned = ({ name }: Error): void => void warnings.push(name);
  process.on("warning", warned);
  const html = { headers: { accept: "text/html" } };
  const get = async (path: string): Promise<[number, unknown]> => {
    const { status, headers } = await send(`${url}${path}`, html);
    return [status, headers["cache-control"]];
  };
  expect((await send(`${url}/`)).text).toContain("it has no page");
  expect((await get("/runs"))[0]).toBe(404);
  const build = (version: string): void => {
    rmSync(page, { recursive: true, force: true });
    mkdirSync(join(page, "assets", "deep"), { recursive: true });
    writeFileSync(join(page, "index.html"), `<!doctype html><script src="/assets/app-${version}.js"></script>`);
    writeFileSync(join(page, "assets", `app-${version}.js`), "export {};");
    writeFileSync(join(page, ".stamp"), version);
  };
  for (const [version, before] of [
    ["one", "none"],
    ["two", "one"],
  ] as const) {
    build(version);
    for (const path of ["/", "/index.html", "/runs"]) {
      expect(await get(path)).toEqual([200, "no-cache"]);
      expect((await send(`${url}${path}`, html)).text).toContain(`app-${version}.js`);
    }
    expect(await get(`/assets/app-${version}.js`)).toEqual([200, "public, max-age=31536000, immutable"]);
    expect((await get(`/assets/app-${before}.js`))[0]).toBe(404);
  }
  expect((await send(`${url}/runs`, { ...html, method: "HEAD" })).status).toBe(200);
  writeFileSync(join(page, "..", "secret.txt"), "secret");
  for (const path of [
    "/assets",
    "/assets/",
    "/assets/deep/",
    "/.stamp",
    "/assets/.",
    "/..%2fsecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets%2f..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "/index.html%00",
    "/index.html/x",
    "/%2findex.html",
  ]) {
    const answer = await sendRaw(url, `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    expect([path, answer.split(" ")[1]]).toEqual([path, "404"]);
    expect(answer).toContain("ROUTE_UNKNOWN");
    expect(answer).not.toMatch(/secret"|app-two/);
  }
  process.off("warning", warned);
  expect(warnings).toEqual([]);
});

test("the description lists every route with its request and answer", async () => {
  const { url } = await startServer();
  const { json } = await send(`${url}/openapi.json`);
  const { openapi, paths } = json as {
    openapi: string;
    paths: Record<string, Record<string, { requestBody?: { content: object }; responses: object }>>;
  };
  expect(openapi).toBe("3.1.0");
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      "/v1/extract",
      "/v1/models",
      "/v1/schema",
      "/v1/models/{name}/reload",
      "/healthz",
      "/readyz",
      "/metrics",
    ]),
  );
  const post = paths["/v1/extract"]?.["post"];
  expect(Object.keys(post?.requestBody?.content ?? {})).toEqual(["application/json", "application/x-ndjson"]);
  expect(JSON.stringify(post?.responses)).toContain("startChar");
  expect((await send(`${url}/docs`)).text).toContain("POST /v1/extract");
});

test("several models answer by name, and the first by default", async () => {
  const { url } = await startServer({
    models: [
      { name: "a", folder: modelFolder },
      { name: "b", folder: modelFolder },
    ],
  });
  const { json } = await send(`${url}/v1/models`);
  expect(
    (json as { models: { name: string; default: boolean }[] }).models.map(({ name, default: first }) => `${name} ${first}`),
  ).toEqual(["a true", "b false"]);
  for (const model of ["a", "b"]) expect((await extract(url, { text: sentence, model })).status).toBe(200);
  expect((await send(`${url}/v1/schema?model=b`)).json).toMatchObject({
    model: "b",
    entityTypes: expect.arrayContaining(["PER"]),
  });
  expect((await send(`${url}/metrics`)).text).toContain('weft_texts_total{model="b",outcome="ok"} 1');
});
