import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, createClient, type StreamResult } from "@weft-nlp/api/client";
import { extraction } from "@weft-nlp/api/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, sentence, startServer } from "./test-server.ts";

let running: RunningServer;
beforeAll(async () => {
  running = await startServer({ corrections: "/nonexistent-corrections", limits: { documents: 10, lineBytes: 5000 } });
});

/** A fake server with scripted answers, to test the client. */
async function answering(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void): Promise<string> {
  let count = 0;
  const server = createServer((request, response) => answer(request, response, ++count));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  afterAll(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failureOf(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

async function all(results: AsyncIterable<StreamResult>): Promise<StreamResult[]> {
  const found: StreamResult[] = [];
  for await (const result of results) found.push(result);
  return found;
}

test("extracts one text and several, and describes the server", async () => {
  const weft = createClient({ baseUrl: `${running.url}/` });
  const one = await weft.extract(sentence);
  expect(extraction.strict().parse(one)).toEqual(one);
  expect(one.entities.map(({ text }) => text)).toEqual(["Mara Voss", "Kettle Robotics", "Bremen"]);
  expect(await weft.extract({ id: "a", text: sentence }, { threshold: 1 })).toMatchObject({ id: "a", relations: [] });
  const many = await weft.extractMany(["Ada left.", { id: "b", tokens: ["Ada", "left"] }]);
  expect(many.map(({ id, text }) => [id, text])).toEqual([
    [undefined, "Ada left."],
    ["b", "Ada left"],
  ]);
  await weft.health();
  await weft.ready();
  expect((await weft.models()).map(({ name }) => name)).toEqual(["example"]);
  expect((await weft.schema()).relationTypes).toEqual((await weft.schema("example")).relationTypes);
  expect(await weft.call("projects")).toEqual({ projects: [], data: false, training: false });
});

test("a long stream is answered in order, with errors in place", async () => {
  const weft = createClient({ baseUrl: running.url });
  async function* texts(): AsyncGenerator<string> {
    for (let index = 0; index < 150; index++) yield index === 70 ? "x ".repeat(5000) : `Ada met Bo in Rome ${index}.`;
  }
  const found = await all(weft.stream(texts(), { minConfidence: 0.5 }));
  expect(found.map(({ index }) => index)).toEqual(Array.from({ length: 150 }, (_, index) => index));
  expect(found.flatMap(({ error, index }) => (error === undefined ? [] : [[index, error.code, error.status]]))).toEqual([
    [70, "REQUEST_TOO_LARGE", 200],
  ]);
  expect(found[149]?.document?.text).toBe("Ada met Bo in Rome 149.");
  expect(await all(weft.stream([]))).toEqual([]);
  expect((await all(weft.stream([sentence], { batch: 1 })))[0]?.document?.relations.length).toBeGreaterThan(1);
});

test("a stream that is stopped early reads no more texts", async () => {
  let given = 0;
  let returned = false;
  function* endless(): Generator<string> {
    try {
      for (;;) yield `Text ${given++}.`;
    } finally {
      returned = true;
    }
  }
  for await (const { index } of createClient({ baseUrl: running.url }).stream(endless(), { batch: 4 })) if (index === 5) break;
  expect(given).toBeLessThanOrEqual(12);
  await expect.poll(() => returned).toBe(true);
});

test("errors have a code, a status and a hint", async () => {
  const weft = createClient({ baseUrl: running.url });
  const unknown = await failureOf(weft.extract("a", { model: "exampel" }));
  expect(unknown).toMatchObject({ code: "MODEL_UNKNOWN", status: 404, hint: "did you mean example?", name: "ApiError" });
  const wrong = await failureOf(weft.extract({ text: "a", sentences: [[0, 1]] }));
  expect([wrong.code, wrong.status, wrong.at?.path]).toEqual(["REQUEST_INVALID", 400, "sentences"]);
  expect(await failureOf(weft.extractMany(Array.from({ length: 11 }, () => "a")))).toMatchObject({ status: 413 });
  expect(await failureOf(all(weft.stream(["a"], { model: "none" })))).toMatchObject({ code: "MODEL_UNKNOWN", status: 404 });
  const { url } = await startServer({ tokens: ["secret"] });
  expect(await failureOf(createClient({ baseUrl: url }).models())).toMatchObject({ code: "TOKEN_INVALID", status: 401 });
  for (const token of ["secret", () => "secret"]) expect(await createClient({ baseUrl: url, token }).models()).toHaveLength(1);
  const silent = await failureOf(createClient({ baseUrl: "http://127.0.0.1:9" }).health());
  expect([silent.code, silent.status]).toEqual(["UNREACHABLE", 0]);
  const proxy = await answering((_, response) => void response.writeHead(502).end("<html>Bad gateway</html>"));
  expect(await failureOf(createClient({ baseUrl: proxy }).health())).toMatchObject({ code: "HTTP_502", status: 502 });
});

test("requests to a busy server are retried after the time it names, within the limits of the policy", async () => {
  const busy = JSON.stringify({ error: { code: "OVERLOADED", message: "full" } });
  const asked: number[] = [];
  const url = await answering((request, response, count) => {
    asked.push(performance.now());
    request.resume();
    if (count === 1) response.writeHead(503, { "retry-after": "1" }).end(busy);
    else if (count === 2) response.writeHead(429).end(busy);
    else response.writeHead(200, { "content-type": "application/json" }).end('{"status":"ok"}');
  });
  await createClient({ baseUrl: url, retry: { firstMs: 1 } }).health();
  expect(asked).toHaveLength(3);
  const always = await answering((_, response) => void response.writeHead(503, { "retry-after": "2" }).end(busy));
  const never = createClient({ baseUrl: always, retry: false });
  expect(await failureOf(never.health())).toMatchObject({ code: "OVERLOADED", status: 503, retryMs: 2000 });
  let times = 0;
  const counting = await answering((_, response) => {
    times++;
    response.writeHead(503).end(busy);
  });
  await failureOf(createClient({ baseUrl: counting, retry: { max: 2, firstMs: 1 } }).health());
  expect(times).toBe(3);
  const patient = createClient({ baseUrl: always, retry: { maxMs: 1000 } });
  expect(await failureOf(patient.health())).toMatchObject({ retryMs: 2000 });
});

test("a signal aborts a request, the pause before a retry, and a stream", async () => {
  const reason = new Error("enough");
  const hanging = await answering((request) => void request.resume());
  const stop = new AbortController();
  const waiting = createClient({ baseUrl: hanging }).extract("a", { signal: stop.signal });
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  const paused = new AbortController();
  const busy = await answering((_, response) => {
    response.writeHead(503, { "retry-after": "20" }).end("{}", () => setImmediate(() => paused.abort(reason)));
  });
  await expect(createClient({ baseUrl: busy }).health({ signal: paused.signal })).rejects.toBe(reason);
  const streaming = new AbortController();
  const results = createClient({ baseUrl: running.url }).stream(["a", "b"], { batch: 1, signal: streaming.signal });
  await results.next();
  streaming.abort(reason);
  await expect(all(results)).rejects.toBe(reason);
});

test("a truncated answer or body is an error", async () => {
  const ends = await answering((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.end('{"text":"a","tokens":[],"offsets":[],"sentences":[],"entities":[],"relations":[]}\n');
  });
  const weft = createClient({ baseUrl: ends });
  const results = weft.stream(["a", "b"]);
  expect((await results.next()).value).toMatchObject({ index: 0, document: { text: "a" } });
  expect(await failureOf(results.next())).toMatchObject({ code: "UNREACHABLE" });
  const fails = await answering((request, response) => {
    request.resume();
    response.writeHead(200).end('{"error":{"code":"STOPPING","message":"the server is stopping"}}\n');
  });
  expect(await failureOf(all(createClient({ baseUrl: fails }).stream(["a"])))).toMatchObject({ code: "STOPPING" });
});
