import { connect, type Socket } from "node:net";
import { Writable } from "node:stream";
import { pino } from "pino";
import { beforeAll, expect, test } from "vitest";
import { type RunningServer, send, sendRaw, sentence, startServer } from "./test-server.ts";

const log: string[] = [];
const sink = new Writable({
  write(chunk: Buffer, _encoding, done) {
    log.push(chunk.toString());
    done();
  },
});
let running: RunningServer;
let guarded: RunningServer;
beforeAll(async () => {
  running = await startServer({ limits: { bodyMs: 500, stalledMs: 700 }, logger: pino({ level: "error" }, sink) });
  guarded = await startServer({ limits: { bodyMs: 500, stalledMs: 100 }, tokens: ["t"] });
});

const host = "host: localhost\r\n";
const json = "content-type: application/json\r\n";
const ndjson = "content-type: application/x-ndjson\r\n";
const body = JSON.stringify({ text: sentence });
const length = `content-length: ${body.length}\r\n`;
const close = "connection: close\r\n";
const statusOf = (answer: string): string => /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "nothing";

/** Sends pieces one by one, each after an answer to the one before, and returns all answers. */
async function inTurns(url: string, ...pieces: string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connectTo(url);
    socket.on("data", (part) => {
      text += part.toString();
      const next = pieces.shift();
      if (next !== undefined) socket.write(next);
    });
    socket.on("close", () => resolve(text));
    socket.write(pieces.shift() ?? "");
  });
}

function connectTo(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname).on("error", () => undefined);
}

test.each<[string, string, string]>([
  ["no host", `GET /healthz HTTP/1.1\r\n${close}\r\n`, "400"],
  ["two hosts", `GET /healthz HTTP/1.1\r\n${host}${host}${close}\r\n`, "400"],
  ["an invalid host", `GET /healthz HTTP/1.1\r\nhost: [::1\r\n${close}\r\n`, "403"],
  [
    "a foreign host behind a forged header",
    `GET /healthz HTTP/1.1\r\nhost: evil\r\nx-forwarded-host: localhost\r\n${close}\r\n`,
    "403",
  ],
  ["HTTP/1.0 without a host", "GET /healthz HTTP/1.0\r\n\r\n", "403"],
  ["an unknown expectation", `POST /v1/extract HTTP/1.1\r\n${host}${json}${length}expect: magic\r\n${close}\r\n${body}`, "417"],
  ["an unknown coding", `POST /v1/extract HTTP/1.1\r\n${host}${json}transfer-encoding: gzip\r\n\r\nx`, "400"],
  [
    "a compressed stream",
    `POST /v1/extract HTTP/1.1\r\n${host}${ndjson}content-encoding: gzip\r\n${length}${close}\r\n${body}`,
    "415",
  ],
  ["an invalid content type", `POST /v1/extract HTTP/1.1\r\n${host}content-type: ;;;\r\n${length}${close}\r\n${body}`, "415"],
  ["OPTIONS", `OPTIONS /v1/extract HTTP/1.1\r\n${host}${close}\r\n`, "405"],
  ["OPTIONS for the whole server", `OPTIONS * HTTP/1.1\r\n${host}${close}\r\n`, "404"],
  ["TRACE", `TRACE / HTTP/1.1\r\n${host}${close}\r\n`, "404"],
  ["DELETE of the page", `DELETE / HTTP/1.1\r\n${host}${close}\r\n`, "404"],
])("%s is refused with a regular error body", async (_, bytes, status) => {
  const answer = await sendRaw(running.url, bytes);
  expect(statusOf(answer)).toBe(status);
  expect(answer).toMatch(/\r\n\r\n\{"error":\{"code":"[A-Z_]+","message":".+"/);
});

test("HEAD is answered like GET, without the body", async () => {
  for (const path of ["/v1/models", "/healthz", "/metrics", "/openapi.json", "/nothing"]) {
    const [get, head] = [await send(`${running.url}${path}`), await send(`${running.url}${path}`, { method: "HEAD" })];
    expect([path, head.status, head.text]).toEqual([path, get.status, ""]);
    expect(head.headers["content-type"]).toBe(get.headers["content-type"]);
  }
});

test("codings and content types are case-insensitive", async () => {
  const headers = "Content-Type: Application/JSON; Charset=UTF-8\r\nContent-Encoding: Identity\r\n";
  const answer = await sendRaw(running.url, `POST /v1/extract HTTP/1.1\r\n${host}${headers}${length}${close}\r\n${body}`);
  expect(statusOf(answer)).toBe("200");
});

test("a client that expects 100-continue gets it only if its body will be read", async () => {
  const asks = "expect: 100-continue\r\n";
  const head = `POST /v1/extract HTTP/1.1\r\n${host}${close}${asks}`;
  const taken = await inTurns(running.url, `${head}${json}${length}\r\n`, body);
  expect(taken).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  const line = `"${sentence}"\n`;
  const stream = await inTurns(running.url, `${head}${ndjson}content-length: ${line.length}\r\n\r\n`, line);
  expect(stream).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  for (const [url, rest, status] of [
    [running.url, `${json}content-length: 99999999\r\n`, "413"],
    [running.url, `content-type: text/plain\r\n${length}`, "415"],
    [running.url, `${json}content-encoding: br\r\n${length}`, "415"],
    [guarded.url, `${json}${length}`, "401"],
  ] as const) {
    expect(statusOf(await inTurns(url, `${head}${rest}\r\n`))).toBe(status);
  }
});

test("an unneeded body is not awaited forever", async () => {
  for (const head of [
    `POST /v1/extract HTTP/1.1\r\n${host}${json}authorization: Bearer no\r\n`,
    `GET /healthz HTTP/1.1\r\n${host}`,
  ]) {
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connectTo(guarded.url).on("data", (part) => (text += part.toString()));
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
      const drip = setInterval(() => socket.write("1\r\n \r\n"), 20);
      socket.on("close", () => {
        clearInterval(drip);
        resolve(text);
      });
    });
    expect(statusOf(answer)).toMatch(/401|200/);
  }
  // A body that ends in time keeps the connection open.
  const kept = await inTurns(
    guarded.url,
    `POST /v1/extract HTTP/1.1\r\n${host}${json}content-length: 4\r\n\r\n{`,
    `  }GET /healthz HTTP/1.1\r\n${host}${close}\r\n`,
  );
  expect(kept.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 401", "HTTP/1.1 200"]);
});

test("pipelined requests are answered in order, and garbage after them last", async () => {
  const post = `POST /v1/extract HTTP/1.1\r\n${host}${json}${length}\r\n${body}`;
  const get = `GET /healthz HTTP/1.1\r\n${host}\r\n`;
  const many = await sendRaw(running.url, `${post}${get}${post}GET /readyz HTTP/1.1\r\n${host}${close}\r\n`);
  expect(many.match(/^\{"\w+":"\w+/gm)).toEqual(['{"text":"Mara', '{"status":"ok', '{"text":"Mara', '{"status":"ready']);
  const broken = await sendRaw(running.url, `${post}RUBBISH\r\n\r\n`);
  expect(broken.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 400"]);
  expect(broken.indexOf('"relations"')).toBeLessThan(broken.indexOf("HTTP/1.1 400"));
});

test("disconnecting aborts every request of the connection, including queued ones", async () => {
  const { url } = await startServer({ limits: { batchSentences: 2 } });
  const long = JSON.stringify({ text: `${sentence} `.repeat(300) });
  const post = `POST /v1/extract HTTP/1.1\r\n${host}${json}content-length: ${long.length}\r\n\r\n${long}`;
  const metrics = async (): Promise<string> => (await send(`${url}/metrics`)).text;
  const socket = connectTo(url);
  socket.write(`${post}${post}`);
  // A request has at most 64 sentences queued or in progress.
  const waiting = async (): Promise<number> => Number(/weft_queue_sentences\{.+\} (\d+)/.exec(await metrics())?.[1]);
  await expect.poll(waiting, { interval: 5 }).toBeGreaterThan(64);
  socket.destroy();
  await expect.poll(metrics).toContain('weft_texts_total{model="example",outcome="CLIENT_GONE"} 2');
  expect(await waiting()).toBe(0);
});

test("a started answer gets no error body when its request breaks", async () => {
  const line = `"${sentence}"\n`;
  const begun = `POST /v1/extract HTTP/1.1\r\n${host}${ndjson}transfer-encoding: chunked\r\n\r\n${line.length.toString(16)}\r\n${line}\r\n`;
  const answer = await inTurns(running.url, begun, "zz\r\n");
  expect(answer).toContain('"relations"');
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test("a client that does not read its answers is disconnected, and frees its resources", async () => {
  const { server, url } = running;
  const connections = async (): Promise<number> =>
    new Promise((resolve, reject) =>
      server.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  const socket = connectTo(url);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.pause();
  socket.write(`GET /openapi.json HTTP/1.1\r\n${host}\r\n`.repeat(2000));
  await expect.poll(connections).toBeGreaterThan(0);
  await expect.poll(connections).toBe(0);
  socket.resume();
  await closed;
  expect(await send(`${url}/healthz`)).toMatchObject({ status: 200 });
});

test("a slow answer is not mistaken for an unread one", async () => {
  const lines = Array.from({ length: 3 }, () => `"${sentence}"\n`);
  const chunks = lines.map((line) => `${line.length.toString(16)}\r\n${line}\r\n`);
  const { url } = await startServer({ limits: { stalledMs: 100 } });
  const answer = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connectTo(url).on("data", (part) => (text += part.toString()));
    socket.on("close", () => resolve(text));
    socket.write(`POST /v1/extract HTTP/1.1\r\n${host}${ndjson}${close}transfer-encoding: chunked\r\n\r\n`);
    for (const [index, chunk] of [...chunks, "0\r\n\r\n"].entries()) setTimeout(() => socket.write(chunk), 300 * index);
  });
  expect(answer.match(/"relations":\[\{/g)).toHaveLength(3);
});

test("disconnecting clients are not defects: the error log stays empty", async () => {
  await new Promise<void>((resolve) => {
    const socket = connectTo(running.url);
    socket.on("close", () => resolve());
    socket.end(`POST /v1/extract HTTP/1.1\r\n${host}${json}content-length: 500\r\n\r\n{"text":`);
    socket.resume();
  });
  const gone = connectTo(running.url);
  await new Promise<void>((resolve) => {
    gone.write(`POST /v1/extract HTTP/1.1\r\n${host}${ndjson}transfer-encoding: chunked\r\n\r\n6\r\n"Ada"\n\r\n`);
    gone.once("data", () => {
      gone.on("close", () => resolve());
      gone.resetAndDestroy();
    });
  });
  const answered = async (): Promise<string> => (await send(`${running.url}/metrics`)).text;
  await expect.poll(answered).toMatch(/weft_http_requests_total\{route="\/v1\/extract",method="POST",status="499"\} [1-9]/);
  expect(log).toEqual([]);
});

test("a connection beyond the limit is closed and counted, and a closed one makes room", async () => {
  const { url } = await startServer({ limits: { connections: 2 } });
  const opened = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connectTo(url).once("connect", () => resolve(socket));
    });
  /**
   * Sends a request over an open connection and returns the answer; empty if the connection was
   * closed.
   */
  const ask = (socket: Socket, path: string): Promise<string> =>
    new Promise((resolve) => {
      let text = "";
      const take = (part: Buffer): void => {
        text += part.toString();
        const [head = "", rest = ""] = text.split("\r\n\r\n", 2);
        if (rest.length >= Number(/content-length: (\d+)/i.exec(head)?.[1])) done();
      };
      const done = (): void => {
        socket.off("data", take);
        resolve(text);
      };
      socket.on("data", take).once("close", done);
      socket.write(`GET ${path} HTTP/1.1\r\n${host}\r\n`);
    });
  const refused = (metrics: string): string | undefined => /^weft_connections_refused_total (\d+)$/m.exec(metrics)?.[1];
  const [first, second] = [await opened(), await opened()];
  for (const socket of [first, second]) expect(statusOf(await ask(socket, "/healthz"))).toBe("200");
  expect(refused(await ask(first, "/metrics"))).toBe("0");
  for (const time of ["1", "2"]) {
    expect(await ask(await opened(), "/healthz")).toBe("");
    expect(refused(await ask(first, "/metrics"))).toBe(time);
  }
  second.destroy();
  await expect.poll(async () => statusOf(await sendRaw(url, `GET /healthz HTTP/1.1\r\n${host}${close}\r\n`))).toBe("200");
  first.destroy();
  const open = await startServer({ limits: { connections: 0 } });
  expect(open.server.app.server.maxConnections).toBeUndefined();
  expect((await send(`${open.url}/healthz`)).status).toBe(200);
});
