import { connect } from "node:net";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type RunningServer, send, sendRaw, sentence, startServer } from "./test-server.ts";

let running: RunningServer;
beforeAll(async () => {
  running = await startServer({ limits: { bodyMs: 400, textUnits: 5000, lineBytes: 20_000, bodyBytes: 1 << 20 } });
});

async function post(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  path = "/v1/extract",
): ReturnType<typeof send> {
  return send(`${running.url}${path}`, { body, headers: { "content-type": "application/json", ...headers } });
}

const deep = (depth: number, open: string, close: string): string => `${open.repeat(depth)}1${close.repeat(depth)}`;

test.each<[string, string | Uint8Array, number, string]>([
  ["not JSON", "{", 400, "JSON_INVALID"],
  ["nothing", "", 400, "JSON_INVALID"],
  ["two values", '{"text":"a"}{"text":"b"}', 400, "JSON_INVALID"],
  ["not a number", '{"text":"a","threshold":NaN}', 400, "JSON_INVALID"],
  ["a number beyond the range", '{"text":"a","threshold":1e999}', 400, "REQUEST_INVALID"],
  ["a list a hundred thousand deep", `{"text":${deep(100_000, "[", "]")}}`, 400, "JSON_INVALID"],
  ["objects a hundred thousand deep", deep(100_000, '{"text":', "}"), 400, "JSON_INVALID"],
  ["a list that is never closed", "[".repeat(500_000), 400, "JSON_INVALID"],
  ["invalid UTF-8", Uint8Array.from([...Buffer.from('{"text":"a'), 0xff, 0xfe, ...Buffer.from('"}')]), 400, "REQUEST_INVALID"],
  ["half a character", Uint8Array.from([...Buffer.from('{"text":"'), 0xf0, 0x9f]), 400, "REQUEST_INVALID"],
  ["UTF-16", Buffer.from('{"text":"a"}', "utf16le"), 400, "JSON_INVALID"],
  ["a prototype", '{"text":"a","__proto__":{"admin":true}}', 400, "FIELD_INVALID"],
  ["a prototype in escapes", '{"text":"a","\\u005f_proto__":{"admin":true}}', 400, "FIELD_INVALID"],
  ["a prototype further in", '{"documents":[{"text":"a","__proto__":{"admin":true}}]}', 400, "FIELD_INVALID"],
  ["a constructor", '{"text":"a","constructor":{"prototype":{"admin":true}}}', 400, "FIELD_INVALID"],
  ["the name of an inherited method as a field", '{"text":"a","hasOwnProperty":1}', 400, "REQUEST_INVALID"],
  ["a path as a model's name", '{"text":"a","model":"../../../etc/passwd"}', 404, "MODEL_UNKNOWN"],
  ["an inherited name as a model's", '{"text":"a","model":"constructor"}', 404, "MODEL_UNKNOWN"],
  ["a name with a zero byte", '{"text":"a","model":"example\\u0000"}', 404, "MODEL_UNKNOWN"],
  ["a name that is too long", `{"text":"a","model":"${"a".repeat(1000)}"}`, 400, "REQUEST_INVALID"],
  ["a span that goes backwards", '{"tokens":["a","b"],"entities":[{"start":1,"end":0,"type":"X"}]}', 400, "SPAN_EMPTY"],
  ["a span outside", '{"tokens":["a","b"],"entities":[{"start":0,"end":9999999,"type":"X"}]}', 400, "SPAN_OUTSIDE"],
  ["a fraction of a token", '{"tokens":["a","b"],"entities":[{"start":0.5,"end":1,"type":"X"}]}', 400, "REQUEST_INVALID"],
  ["sentences in the wrong order", '{"tokens":["a","b"],"sentences":[[1,2],[0,1]]}', 400, "FIELD_INVALID"],
  ["an empty token", '{"tokens":["a",""]}', 400, "REQUEST_INVALID"],
  ["a window of nothing", '{"text":"a","window":0}', 400, "REQUEST_INVALID"],
  ["a time before now", '{"text":"a","timeoutMs":-1}', 400, "REQUEST_INVALID"],
])("%s is refused with a reason", async (_, body, status, code) => {
  const answer = await post(body);
  expect(answer.json).toMatchObject({ error: { code } });
  expect(answer.status).toBe(status);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test("lone surrogates in a text are accepted", async () => {
  for (const text of ["\\ud83e", "a \\udd37 b", "\\u0000", "\\uffff", "\\u202e abc"]) {
    expect((await post(`{"text":"${text}"}`)).status).toBe(200);
  }
});

test.each<[string, string, Readonly<Record<string, string>>, number]>([
  ["another type of body", "text=a", { "content-type": "application/x-www-form-urlencoded" }, 415],
  ["a form", "--x--", { "content-type": "multipart/form-data; boundary=x" }, 415],
  ["no type of body", '{"text":"a"}', { "content-type": "" }, 415],
  ["a compressed body", "\u001f\u008b", { "content-encoding": "gzip" }, 415],
  ["a foreign host", '{"text":"a"}', { host: "evil.example" }, 403],
])("%s is refused", async (_, body, headers, status) => {
  const answer = await post(body, headers);
  expect(answer.status).toBe(status);
  expect((answer.json as { error: { message: string } }).error.message).not.toBe("");
});

test.each([
  "/v1/models/..%2f..%2fetc%2fpasswd/reload",
  "/v1/models/%00/reload",
  "/v1/models/%ff/reload",
  `/v1/models/${"a".repeat(2000)}/reload`,
  "/v1/extract/../../../etc/passwd",
  "/..%2f..%2fetc/passwd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/v1/extract%00",
  "//evil.example/v1/extract",
  "/v1/nothing",
])("POST %s does not exist", async (path) => {
  const raw = await sendRaw(
    running.url,
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
  );
  expect(raw).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(raw).toMatch(/"code":"[A-Z_]+"/);
  const get = await sendRaw(running.url, `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  expect(get).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(get).not.toContain("root:");
});

test.each<[string, string]>([
  ["not HTTP", "\u0016\u0003\u0001 hello\r\n\r\n"],
  ["a method that does not exist", "BREW /v1/extract HTTP/1.1\r\nhost: localhost\r\n\r\n"],
  ["a header without an end", `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"a".repeat(100_000)}`],
  ["two lengths", "POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef"],
  [
    "a length and chunks",
    "POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["a length below zero", "POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-length: -5\r\n\r\n"],
  [
    "invalid chunks",
    "POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  ],
])("%s gets an answer and a closed connection", async (_, bytes) => {
  expect(await sendRaw(running.url, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
});

const chunked = "content-type: application/x-ndjson\r\ntransfer-encoding: chunked";

test("a missing body times out", async () => {
  const head = "POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
  const raw = await sendRaw(running.url, `${head}{"text":`);
  expect(raw).toMatch(/^HTTP\/1\.1 408 /);
  expect(raw).toContain("REQUEST_TOO_SLOW");
});

test.each([
  { what: "body", head: "content-type: application/json\r\ncontent-length: 1000", drip: " ", answered: /^HTTP\/1\.1 408 / },
  { what: "stream of blank lines", head: chunked, drip: "2\r\n \n\r\n", answered: /REQUEST_TOO_SLOW/ },
  { what: "line of a stream", head: chunked, drip: "1\r\n1\r\n", answered: /REQUEST_TOO_SLOW/ },
])("a dripping $what is cut off too", async ({ head, drip, answered }) => {
  const { hostname, port } = new URL(running.url);
  const answer = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(Number(port), hostname);
    const dripping = setInterval(() => socket.write(drip), 20);
    const stop = (): void => {
      clearInterval(dripping);
      socket.destroy();
      resolve(text);
    };
    socket.on("data", (part) => {
      text += part.toString();
      if (answered.test(text)) stop();
    });
    socket.on("error", () => undefined).on("close", stop);
    socket.write(`POST /v1/extract HTTP/1.1\r\nhost: localhost\r\n${head}\r\n\r\n`);
  });
  expect(answer).toMatch(answered);
});

test("a silent stream gets an error in its last line", async () => {
  const chunk = '"Ada met Bo."\n';
  const head =
    "POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n";
  const raw = await sendRaw(running.url, `${head}${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  expect(raw).toContain("Ada met Bo.");
  expect(raw).toContain("REQUEST_TOO_SLOW");
});

test("clients that disconnect midway leave nothing behind", async () => {
  const { hostname, port } = new URL(running.url);
  for (let time = 0; time < 40; time++) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          "POST /v1/extract HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 30\r\n\r\n",
        );
        if (time % 2 === 0) socket.write('{"text":"Ada met Bo in Rome."}');
        setTimeout(() => socket.destroy(), time % 7);
      });
      socket.on("error", () => undefined).on("close", () => resolve());
    });
  }
  const metrics = await send(`${running.url}/metrics`);
  expect(metrics.text).toMatch(/weft_queue_sentences\{model="example"\} 0/);
});

const valid = [
  { text: sentence, id: "a", threshold: 0.4, minConfidence: 0.2, splitSentences: true, window: 64, overlap: 8, timeoutMs: 5000 },
  { tokens: ["Ada", "met", "Bo", "."], sentences: [[0, 4]], entities: [{ start: 0, end: 1, type: "PER" }], model: "example" },
  {
    documents: [
      sentence,
      { id: "b", text: "Ada met Bo.", entities: [{ startChar: 0, endChar: 3, type: null }], offsetUnit: "codepoint" },
    ],
  },
].map((value) => Buffer.from(JSON.stringify(value)));

test("a thousand mutated requests are each answered or refused with a reason, and nothing breaks", async () => {
  // Bytes changed, removed or doubled, and pieces of other requests inserted, as a broken or
  // hostile client might send.
  const change = fc.record({
    kind: fc.constantFrom("set", "drop", "repeat", "splice" as const),
    at: fc.nat(400),
    length: fc.integer({ min: 1, max: 12 }),
    byte: fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:\\0-e9tfn'), 0, 0xff, 0xc3), fc.nat(255)),
    from: fc.nat(2),
  });
  const mutated = fc.tuple(fc.nat(2), fc.array(change, { minLength: 1, maxLength: 4 })).map(([which, changes]) => {
    let bytes = Buffer.from(valid[which] as Buffer);
    for (const { kind, at: place, length, byte, from } of changes) {
      const at = place % Math.max(1, bytes.length);
      const other = valid[from] as Buffer;
      const middle = {
        set: Buffer.from([byte]),
        drop: Buffer.alloc(0),
        repeat: Buffer.concat([bytes.subarray(at, at + length), bytes.subarray(at, at + length)]),
        splice: other.subarray(at % other.length, (at % other.length) + length),
      }[kind];
      bytes = Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(at + (kind === "set" ? 1 : length))]);
    }
    return bytes;
  });
  const seen = new Map<number, number>();
  const before = process.memoryUsage().rss;
  await fc.assert(
    fc.asyncProperty(mutated, async (bytes) => {
      const { status, json } = await post(bytes);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      if (status === 200) return;
      // The mutation has shortened the timeout.
      if (status === 504) return expect(json).toMatchObject({ error: { code: "DEADLINE_PASSED" } });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(json).toMatchObject({ error: { code: expect.stringMatching(/^[A-Z_]+$/), message: expect.stringMatching(/./) } });
    }),
    { numRuns: 1000 },
  );
  expect(seen.get(400) ?? 0).toBeGreaterThan(500);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
});

test("afterwards the server still works", async () => {
  const answer = await post(JSON.stringify({ text: sentence }));
  expect(answer.status).toBe(200);
  expect((answer.json as { entities: unknown[] }).entities).toHaveLength(3);
});
