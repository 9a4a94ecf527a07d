import { request } from "node:http";
import { Writable } from "node:stream";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Contract, contracts } from "@weft-nlp/api/contracts";
import { pino } from "pino";
import { beforeAll, expect, test } from "vitest";
import { extract, type RunningServer, send, sentence, startServer } from "./test-server.ts";

const lines: { readonly request?: string; readonly status?: number }[] = [];
const sink = new Writable({
  write(chunk: Buffer, _encoding, done) {
    lines.push(JSON.parse(chunk.toString()) as { request: string });
    done();
  },
});
let running: RunningServer;
beforeAll(async () => {
  running = await startServer({ logger: pino({ level: "info" }, sink), data: [] });
});

test("an error is a problem with its code, under the id that the log has", async () => {
  const { status, headers, json } = await extract(running.url, { text: sentence, model: "exampel" });
  const id = String(headers["x-request-id"]);
  expect(headers["content-type"]).toMatch(/^application\/problem\+json\b/);
  expect(json).toEqual({
    error: {
      code: "MODEL_UNKNOWN",
      message: "there is no model with this name",
      hint: "did you mean example?",
      at: { path: "model" },
    },
    type: "urn:weft:error:MODEL_UNKNOWN",
    title: "Not Found",
    status,
    detail: "there is no model with this name",
    instance: `urn:uuid:${id}`,
    code: "MODEL_UNKNOWN",
  });
  await expect.poll(() => lines.find(({ request }) => request === id)?.status).toBe(404);
  const given = "11111111-2222-4333-8444-555555555555";
  const next = await extract(running.url, { text: sentence }, { "x-request-id": given });
  expect([given, id]).not.toContain(next.headers["x-request-id"]);
});

test.each([
  ["DELETE", "/v1/extract", "POST"],
  ["POST", "/v1/models", "GET, HEAD"],
  ["PUT", "/v1/corrections/a", "GET, PATCH, DELETE, HEAD"],
])("%s %s is refused with the methods of the path", async (method, path, allow) => {
  const { status, headers, json } = await send(`${running.url}${path}`, { method });
  expect({ status, allow: headers["allow"] }).toEqual({ status: 405, allow });
  expect(json).toMatchObject({ error: { code: "METHOD_UNKNOWN", hint: `it takes ${allow.replaceAll(", ", " and ")}` } });
});

test("a body that curl sends as a form gets a hint", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const { status, json } = await send(`${running.url}/v1/extract`, { method: "POST", headers, body: '{"text": "a"}' });
  expect({ status, json }).toMatchObject({ status: 415, json: { error: { hint: expect.stringContaining("curl -d needs -H") } } });
});

test.each([
  ["gzip;q=0.5, br", "br", brotliDecompressSync],
  ["gzip", "gzip", gunzipSync],
  ["br;q=0, identity", null, (bytes: Buffer) => bytes],
] as const)("accept-encoding: %s gets %s", async (accepted, encoding, unpack) => {
  // Node's fetch would unpack the answer.
  const body = JSON.stringify({ documents: Array.from({ length: 8 }, () => sentence) });
  const bytes = await new Promise<{ readonly encoding: string | null; readonly body: Buffer }>((resolve) => {
    const headers = { "content-type": "application/json", "accept-encoding": accepted };
    request(`${running.url}/v1/extract`, { method: "POST", headers }, (answer) => {
      const parts: Buffer[] = [];
      expect(answer.headers["vary"]).toContain("accept-encoding");
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => resolve({ encoding: answer.headers["content-encoding"] ?? null, body: Buffer.concat(parts) }));
    }).end(body);
  });
  expect(bytes.encoding).toBe(encoding);
  expect((JSON.parse(unpack(bytes.body).toString()) as { documents: object[] }).documents).toHaveLength(8);
});

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly example: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example: unknown }>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Readonly<Record<string, { readonly example?: unknown }>> }>
  >;
}

test.each(Object.entries<Contract>(contracts))(
  "%s is described with examples that its contract accepts",
  async (name, contract) => {
    const { json } = await send(`${running.url}/openapi.json`);
    const { paths } = json as { paths: Record<string, Record<string, Described>> };
    const found = paths[contract.path]?.[contract.method.toLowerCase()] as Described;
    expect(found.operationId).toBe(name);
    const { parameters = [], requestBody, responses } = found;
    for (const [place, schema] of [
      ["path", contract.params],
      ["query", contract.query],
    ] as const) {
      const examples = parameters.filter((each) => each.in === place).map((each) => [each.name, String(each.example)]);
      if (schema !== undefined) expect(schema.safeParse(Object.fromEntries(examples)).error).toBeUndefined();
    }
    expect(parameters.some((each) => each.name === "If-Match")).toBe(contract.ifMatch === true);
    if (contract.body !== undefined)
      expect(contract.body.safeParse(requestBody?.content["application/json"]?.example).error).toBeUndefined();
    for (const [status, schema] of Object.entries(contract.responses ?? {})) {
      const [content] = Object.values(responses[status]?.content ?? {});
      expect(schema.safeParse(content?.example).error, status).toBeUndefined();
    }
    for (const status of ["400", "500", "503"]) expect(responses[status]?.description).toBeTruthy();
  },
);
