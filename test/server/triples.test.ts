import { request } from "node:http";
import type { Extraction } from "@weft-nlp/api";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { beforeAll, expect, test } from "vitest";
import { readCsv, readRdf } from "../../packages/node/src/testing/read-back.ts";
import { type Answer, extract, type RunningServer, send, sentence, startServer } from "./test-server.ts";

let running: RunningServer;
beforeAll(async () => void (running = await startServer({ limits: { documents: 3 } })));

const post = async (value: unknown): Promise<Answer> =>
  send(`${running.url}/v1/triples`, { headers: { "content-type": "application/json" }, body: JSON.stringify(value) });

/** A line of Weft's JSONL with everything that a triple format must escape. */
const record = {
  id: 'a "quoted" id',
  tokens: ["O'Hara,", "<&>", "leads", "Acme\tLtd"],
  entities: [
    { start: 0, end: 2, type: "PER" },
    { start: 3, end: 4, type: "ORG" },
  ],
  relations: [{ head: 0, tail: 1, type: "leads", confidence: 0.75 }],
};

test("every single-file format is listed, and has the declared type", async () => {
  const { json } = await send(`${running.url}/v1/triples`);
  const { formats } = json as { formats: { name: string; mediaType: string }[] };
  expect(formats.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["jsonl", "tsv", "csv", "graphml", "cypher", "ntriples", "turtle", "parquet"]),
  );
  expect(formats.map(({ name }) => name)).not.toContain("neo4j");
  for (const { name, mediaType } of formats) {
    const { status, headers, text } = await post({ format: name, documents: [record] });
    expect([name, status, headers["content-type"]?.toString().split(";")[0]]).toEqual([name, 200, mediaType]);
    expect(text).toContain("leads");
    expect((await post({ format: name, documents: [] })).status).toBe(200);
  }
});

test("tables, RDF and Parquet preserve the triple", async () => {
  const [header = [], row = [], ...rest] = readCsv((await post({ format: "csv", documents: [record] })).text);
  expect(rest).toEqual([]);
  const cells = Object.fromEntries(header.map((name, index) => [name, row[index]]));
  // The name of an entity is one line without tabs in every format.
  expect(cells).toMatchObject({
    head: "O'Hara, <&>",
    relation: "leads",
    tail: "Acme Ltd",
    confidence: "0.75",
    document: record.id,
  });
  const quads = readRdf((await post({ format: "ntriples", documents: [record] })).text, "N-Triples");
  expect(quads.some(({ predicate }) => predicate.value === "urn:weft:relation/leads")).toBe(true);
  expect(readRdf((await post({ format: "turtle", documents: [record] })).text, "Turtle")).toHaveLength(quads.length);
  const bytes = await fetch(`${running.url}/v1/triples`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ format: "parquet", documents: [record, record] }),
  });
  const rows = await parquetReadObjects({ file: await bytes.arrayBuffer() });
  expect(rows).toMatchObject([{ head: "O'Hara, <&>", tail: "Acme Ltd" }, { relation: "leads" }]);
});

test("an answer of /v1/extract is accepted unchanged", async () => {
  const { json } = await extract(running.url, { documents: [sentence, { id: "b", text: `Wow 🥨!\n${sentence}` }] });
  const { documents } = json as { documents: Extraction[] };
  const { status, text } = await post({ format: "tsv", documents });
  expect(status).toBe(200);
  const [header = "", ...rows] = text.trimEnd().split("\n");
  const columns = header.split("\t");
  const found = rows.map((row) => Object.fromEntries(row.split("\t").map((cell, index) => [columns[index], cell])));
  const expected = documents.flatMap(({ id, entities, relations }, index) =>
    relations.map(({ head, tail, type, confidence }) => ({
      document: id ?? `text-${index}`,
      head: entities[head]?.text,
      relation: type,
      tail: entities[tail]?.text,
      confidence: String(confidence),
      headStart: String(entities[head]?.startChar),
    })),
  );
  expect(expected.length).toBeGreaterThan(3);
  expect(found).toMatchObject(expected);
});

test("a long request lets others run, and is cancelled when its client disconnects", async () => {
  const { url } = await startServer();
  const tokens = Array.from({ length: 60 }, (_, k) => `word${k}`);
  const entities = Array.from({ length: 20 }, (_, k) => ({ start: 3 * k, end: 3 * k + 2, type: `T${k % 3}` }));
  const relations = Array.from({ length: 40 }, (_, k) => ({ head: k % 20, tail: (k + 1 + (k % 7)) % 20, type: `r${k}` }));
  const documents = Array.from({ length: 800 }, (_, k) => ({ id: `d${k}`, tokens, entities, relations }));
  const sending = { headers: { "content-type": "application/json" }, body: JSON.stringify({ format: "turtle", documents }) };
  let done = false;
  const answer = send(`${url}/v1/triples`, sending).finally(() => (done = true));
  let answered = 0;
  while (!done) {
    await send(`${url}/healthz`);
    answered++;
  }
  expect((await answer).status).toBe(200);
  // Without turns, the server would answer one request before it and one after it.
  expect(answered).toBeGreaterThan(5);
  const leaving = request(`${url}/v1/triples`, { method: "POST", headers: sending.headers });
  await new Promise<void>((sent) => leaving.on("error", () => undefined).end(sending.body, sent));
  // Waits for one of its first turns.
  await send(`${url}/healthz`);
  leaving.destroy();
  const metrics = async (): Promise<string> => (await send(`${url}/metrics`)).text;
  await expect.poll(metrics).toMatch(/route="\/v1\/triples",method="POST",status="499"\} 1/);
});

test.each<[string, unknown, number, string, string]>([
  ["an unknown format", { format: "xml", documents: [] }, 400, "REQUEST_INVALID", "format"],
  ["an inherited name as a format", { format: "constructor", documents: [] }, 400, "REQUEST_INVALID", "format"],
  ["a format of several files", { format: "neo4j", documents: [] }, 400, "REQUEST_INVALID", "format"],
  ["no documents", { format: "tsv" }, 400, "REQUEST_INVALID", "documents"],
  ["a field that does not exist", { format: "tsv", documents: [], path: "/etc/passwd" }, 400, "REQUEST_INVALID", "path"],
  ["too many documents", { format: "tsv", documents: [record, record, record, record] }, 413, "REQUEST_TOO_LARGE", "documents"],
  ["a text instead of a document", { format: "tsv", documents: ["text"] }, 400, "REQUEST_INVALID", "documents[0]"],
  ["a document without words", { format: "tsv", documents: [record, {}] }, 400, "FIELD_MISSING", "documents[1]"],
  [
    "a relation without an end",
    { format: "tsv", documents: [{ ...record, relations: [{ head: 0, tail: 7, type: "x" }] }] },
    400,
    "RELATION_END_MISSING",
    "documents[0].relations[0].tail",
  ],
  [
    "a result whose tokens lie outside its text",
    { format: "tsv", documents: [{ text: "a", tokens: [{ start: 0, end: 9 }], sentences: [], entities: [], relations: [] }] },
    400,
    "SPAN_OUTSIDE",
    "documents[0]",
  ],
  [
    "not a result",
    { format: "tsv", documents: [{ text: 3, tokens: [{ start: 0, end: 1 }] }] },
    400,
    "FIELD_INVALID",
    "documents[0].text",
  ],
])("%s is refused with a place", async (_, body, status, code, path) => {
  const answer = await post(body);
  expect(answer.json).toMatchObject({ error: { code, at: { path: expect.stringContaining(path) as string } } });
  expect(answer.status).toBe(status);
});

test("other requests are answered while a large Parquet file is written, group by group, from one document", async () => {
  const relations = Array.from({ length: 80_000 }, (_, k) => ({ head: k % 2, tail: (k + 1) % 2, type: `r${k}` }));
  const body = JSON.stringify({ format: "parquet", documents: [{ ...record, relations }] });
  let done = false;
  const asked = fetch(`${running.url}/v1/triples`, { method: "POST", headers: { "content-type": "application/json" }, body })
    .then(async (answer) => answer.arrayBuffer())
    .finally(() => (done = true));
  let answered = 0;
  while (!done) {
    expect((await send(`${running.url}/healthz`)).status).toBe(200);
    answered++;
  }
  const file = await asked;
  // Written in one go, it would let one or two requests through.
  expect(answered).toBeGreaterThan(3);
  const groups = parquetMetadata(file).row_groups.map((group) => Number(group.num_rows));
  expect(groups.slice(0, -1).every((rows) => rows === groups[0])).toBe(true);
  expect(groups.length).toBeGreaterThan(10);
  const rows = await parquetReadObjects({ file });
  expect(rows.map((row) => row["relation"])).toEqual(relations.map(({ type }) => type));
});
