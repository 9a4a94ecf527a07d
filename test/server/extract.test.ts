import { request } from "node:http";
import type { Extraction } from "@weft-nlp/api";
import { extraction } from "@weft-nlp/api/contracts";
import { Extractor } from "@weft-nlp/node";
import { beforeAll, expect, test } from "vitest";
import { extract, modelFolder, type RunningServer, send, sentence, startServer } from "./test-server.ts";

let running: RunningServer;
beforeAll(async () => {
  running = await startServer({ limits: { bodyBytes: 1 << 20, textUnits: 20_000, documents: 100, lineBytes: 50_000 } });
});

const surfaces = ({ entities }: Extraction): string[] => entities.map(({ text }) => text);

test("one text gives one result, which fits its schema and equals the library's", async () => {
  const { status, json } = await extract(running.url, { text: sentence, id: "a" });
  expect(status).toBe(200);
  const found: Extraction = extraction.strict().parse(json);
  expect(found.id).toBe("a");
  expect(surfaces(found)).toEqual(["Mara Voss", "Kettle Robotics", "Bremen"]);
  for (const { start, end, startChar, endChar, text } of found.entities) {
    expect(found.text.slice(startChar, endChar)).toBe(text);
    expect([found.offsets[start]?.[0], found.offsets[end - 1]?.[1]]).toEqual([startChar, endChar]);
  }
  const extractor = await Extractor.open(modelFolder, { threads: 1 });
  const { entities, relations } = await extractor.text(sentence);
  await extractor.close();
  const rounded = <Item extends { confidence?: number | undefined }>(items: readonly Item[]): object[] =>
    items.map((item) => ({ ...item, confidence: expect.closeTo(item.confidence ?? 1, 5) }));
  expect(found.relations).toEqual(rounded(relations));
  expect(found.entities.map(({ start, end, type, confidence }) => ({ start, end, type, confidence }))).toEqual(rounded(entities));
  expect(found.relations.length).toBeGreaterThan(1);
});

test("offsets count UTF-16 units, also after characters of two units", async () => {
  const { json } = await extract(running.url, { text: `🧵🪡 ${sentence}` });
  const found: Extraction = json;
  expect(surfaces(found)).toContain("Kettle Robotics");
  for (const { startChar, endChar, text } of found.entities) expect(found.text.slice(startChar, endChar)).toBe(text);
});

test("the caller's tokens are kept, alone or within a text", async () => {
  const tokens = ["Mara", "Voss", "founded", "Kettle", "Robotics", "."];
  const alone: Extraction = (await extract(running.url, { tokens })).json;
  expect(alone.text).toBe("Mara Voss founded Kettle Robotics .");
  expect(alone.tokens).toEqual(tokens);
  const within: Extraction = (await extract(running.url, { tokens, text: "Mara Voss founded  Kettle Robotics." })).json;
  expect([within.tokens[3], within.offsets[3]]).toEqual(["Kettle", [19, 25]]);
  const apart = await extract(running.url, { tokens, text: "something else" });
  expect(apart).toMatchObject({ status: 400, json: { error: { code: "SPAN_MISALIGNED", at: { path: "tokens[0]" } } } });
  const two: Extraction = (
    await extract(running.url, {
      tokens,
      sentences: [
        [0, 3],
        [3, 6],
      ],
    })
  ).json;
  expect(two.sentences).toEqual([
    [0, 3],
    [3, 6],
  ]);
});

test("many texts come back in order, strings and objects, and an empty list gives an empty list", async () => {
  const documents = Array.from({ length: 100 }, (_, index) =>
    index % 2 === 0 ? `${sentence} ${index}` : { id: `${index}`, text: `No ${index}.` },
  );
  const { status, json } = await extract(running.url, { documents });
  expect(status).toBe(200);
  const found: Extraction[] = (json as { documents: Extraction[] }).documents;
  expect(found.map(({ text }) => text)).toEqual(documents.map((each) => (typeof each === "string" ? each : each.text)));
  expect(found.map(({ id }) => id)).toEqual(documents.map((each) => (typeof each === "string" ? undefined : each.id)));
  expect((await extract(running.url, { documents: [] })).json).toEqual({ documents: [] });
  expect((await extract(running.url, { text: "" })).json).toMatchObject({
    text: "",
    tokens: [],
    sentences: [],
    entities: [],
    relations: [],
  });
});

test("options work as documented", async () => {
  const at = async (options: object): Promise<Extraction> =>
    (await extract(running.url, { text: `${sentence} ${sentence}`, ...options })).json;
  const plain = await at({});
  expect(plain.sentences).toHaveLength(2);
  expect((await at({ splitSentences: false })).sentences).toHaveLength(1);
  expect((await at({ threshold: 0.01 })).relations.length).toBeGreaterThan(plain.relations.length);
  expect((await at({ threshold: 1 })).relations).toEqual([]);
  const sure = await at({ minConfidence: 0.99 });
  expect(sure.entities.length).toBeLessThan(plain.entities.length);
  for (const { confidence } of [...sure.entities, ...sure.relations]) expect(confidence).toBeGreaterThanOrEqual(0.99);
  const windows = await at({ splitSentences: false, window: 16, overlap: 4 });
  expect(windows.omissions).toMatchObject([{ path: "sentences[0]" }]);
  expect((await at({ model: "example" })).entities).toEqual(plain.entities);
});

test.each<[string, unknown, number, string, string | undefined]>([
  ["neither text nor tokens", {}, 400, "REQUEST_INVALID", "text"],
  ["an unknown field", { txt: "a" }, 400, "REQUEST_INVALID", "txt"],
  ["a wrong type", { text: 3 }, 400, "REQUEST_INVALID", "text"],
  ["a wrong type among many", { documents: ["a", { text: 3 }] }, 400, "REQUEST_INVALID", "documents[1].text"],
  ["an unknown field among many", { documents: ["a", { txt: "3" }] }, 400, "REQUEST_INVALID", "documents[1].txt"],
  ["text and documents", { text: "a", documents: [] }, 400, "REQUEST_INVALID", "text"],
  ["sentences without tokens", { text: "a", sentences: [[0, 1]] }, 400, "REQUEST_INVALID", "sentences"],
  ["sentences that do not cover all tokens", { tokens: ["a", "b"], sentences: [[0, 1]] }, 400, "FIELD_INVALID", undefined],
  ["an invalid threshold", { text: "a", threshold: 2 }, 400, "REQUEST_INVALID", "threshold"],
  ["an overlap as wide as the window", { text: "a", window: 8, overlap: 8 }, 400, "SETTING_INVALID", "overlap"],
  ["an unknown model", { text: "a", model: "exampel" }, 404, "MODEL_UNKNOWN", "model"],
  ["a text that is too long", { text: "a ".repeat(10_001) }, 413, "REQUEST_TOO_LARGE", "text"],
  ["too many tokens", { tokens: Array.from({ length: 20_000 }, () => "a") }, 413, "REQUEST_TOO_LARGE", "text"],
  ["too many texts", { documents: Array.from({ length: 101 }, () => "a") }, 413, "REQUEST_TOO_LARGE", "documents"],
  ["a body that is too long", { text: "a".repeat(1 << 20) }, 413, "REQUEST_TOO_LARGE", undefined],
  ["a list", ["a"], 400, "REQUEST_INVALID", undefined],
  ["nothing", null, 400, "REQUEST_INVALID", undefined],
])("%s is refused with a reason", async (_, value, status, code, path) => {
  const answer = await extract(running.url, value);
  expect(answer.status).toBe(status);
  const { error } = answer.json as { error: { code: string; message: string; at?: { path?: string } } };
  expect(error.code).toBe(code);
  if (path !== undefined) expect(error.at?.path).toBe(path);
  expect(error.message).not.toBe("");
});

test("a misspelt model gets a suggestion", async () => {
  const { json } = await extract(running.url, { text: "a", model: "exampel" });
  expect(json).toMatchObject({ error: { hint: "did you mean example?" } });
});

test("a stream is answered line by line, in order, with errors in place", async () => {
  const lines = [
    JSON.stringify(sentence),
    "",
    '{"id":"b","text":"b","x":1}',
    "nonsense",
    '{"id":"c","tokens":["Ada"]}',
    `"${"a ".repeat(30_000)}"`,
    '"end"',
  ];
  const { status, headers, text } = await send(`${running.url}/v1/extract?minConfidence=0.5&model=example`, {
    headers: { "content-type": "application/x-ndjson" },
    body: lines.join("\n"),
  });
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
  const found = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Extraction & { line: number; error?: { code: string } });
  expect(found.map(({ error, line, text }) => (error === undefined ? text : `${line} ${error.code}`))).toEqual([
    sentence,
    "3 REQUEST_INVALID",
    "4 JSON_INVALID",
    "Ada",
    "6 REQUEST_TOO_LARGE",
    "end",
  ]);
  expect(found[1]).toMatchObject({ line: 3 });
  expect(found[3]?.id).toBe("c");
});

test("a stream answers a line before the next one arrives", async () => {
  const answers: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const sent = request(
      `${running.url}/v1/extract`,
      { method: "POST", headers: { "content-type": "application/x-ndjson" } },
      (response) => {
        response.setEncoding("utf8").on("data", (part: string) => {
          answers.push(part);
          if (answers.length < 3) sent.write(`"line ${answers.length}"\n`);
          else sent.end();
        });
        response.on("end", resolve);
      },
    );
    sent.on("error", reject);
    sent.write('"line 0"\n');
  });
  expect(answers.map((answer) => (JSON.parse(answer) as Extraction).text)).toEqual(["line 0", "line 1", "line 2"]);
});

test("a long stream is answered completely", async () => {
  const lines = Array.from({ length: 3000 }, (_, index) =>
    JSON.stringify({ id: `${index}`, text: `Ada met Bo in Rome ${index}.` }),
  );
  const { text } = await send(`${running.url}/v1/extract`, {
    headers: { "content-type": "application/x-ndjson" },
    body: lines.join("\n"),
  });
  const ids = text
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as Extraction).id);
  expect(ids).toEqual(Array.from({ length: 3000 }, (_, index) => `${index}`));
});

test("options of a stream belong in its query, those of a JSON request in its body", async () => {
  const stream = await send(`${running.url}/v1/extract?threshold=much`, {
    headers: { "content-type": "application/x-ndjson" },
    body: '"a"',
  });
  expect(stream).toMatchObject({
    status: 400,
    json: { error: { code: "REQUEST_INVALID", at: { path: "querystring.threshold" } } },
  });
  const json = await send(`${running.url}/v1/extract?threshold=0.5`, {
    headers: { "content-type": "application/json" },
    body: '{"text":"a"}',
  });
  expect(json).toMatchObject({ status: 400, json: { error: { at: { path: "querystring.threshold" } } } });
});

test("concurrent clients get the same answers as alone", async () => {
  const texts = Array.from({ length: 40 }, (_, index) =>
    index % 3 === 0 ? sentence : `Ada Lovelace lived in London in ${1800 + index}. `.repeat(1 + (index % 4)),
  );
  const options = (index: number): object => (index % 5 === 0 ? { threshold: 0.2 } : {});
  const alone: unknown[] = [];
  for (const [index, text] of texts.entries()) alone.push(nearly((await extract(running.url, { text, ...options(index) })).json));
  const together = await Promise.all(texts.map(async (text, index) => extract(running.url, { text, ...options(index) })));
  expect(together.map(({ json }) => json as unknown)).toEqual(alone);
});

/** In another batch sums run in another order, so the last digits of a confidence may differ. */
function nearly(found: Extraction): unknown {
  const close = <Item extends { confidence?: number | undefined }>(item: Item): object => ({
    ...item,
    confidence: expect.closeTo(item.confidence ?? Number.NaN, 4),
  });
  return { ...found, entities: found.entities.map(close), relations: found.relations.map(close) };
}
