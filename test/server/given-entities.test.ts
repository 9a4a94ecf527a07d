import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainPairModel } from "../e2e/pair-model.ts";
import { type Answer, extract, modelFolder, type RunningServer, send, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-given-"));
let running: RunningServer;
beforeAll(async () => {
  const pairs = await trainPairModel(folder);
  running = await startServer({
    models: [
      { name: "pairs", folder: pairs },
      { name: "example", folder: modelFolder },
    ],
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = "Bob works for Acme in Rome.";
const bob = { startChar: 0, endChar: 3, type: "PER" };
const acme = { startChar: 14, endChar: 18, type: "ORG" };
const at = async (request: object): Promise<Answer> => extract(running.url, { text, threshold: 0.05, ...request });
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly at?: { readonly path: string };
  readonly hint?: string;
}
const refusal = ({ json }: Answer): Refusal => (json as { error: Refusal }).error;

test("entities that are given by characters or by tokens are related; without any there is nothing to relate", async () => {
  const found = (await at({ entities: [bob, acme] })).json as { entities: object[]; relations: object[] };
  expect(found.entities).toMatchObject([
    { start: 0, end: 1, startChar: 0, endChar: 3, type: "PER", text: "Bob" },
    { start: 3, end: 4, type: "ORG", text: "Acme" },
  ]);
  expect(found.relations).toMatchObject([{ head: 0, tail: 1, type: "works_for" }]);
  const tokens = ["Bob", "works", "for", "Acme", "in", "Rome", "."];
  const counted = [
    { start: 0, end: 1, type: "PER" },
    { start: 3, end: 4, type: "ORG" },
  ];
  expect((await extract(running.url, { tokens, threshold: 0.05, entities: counted })).json).toMatchObject({
    relations: [{ head: 0, tail: 1, type: "works_for" }],
  });
  expect((await at({})).json).toMatchObject({ entities: [], relations: [], losses: [] });
  expect((await at({ entities: [bob, { ...acme, type: null }] })).status).toBe(200);
});

test("a type that the model does not know is refused, by its place and with those there are", async () => {
  const one = await at({ entities: [bob, { ...acme, type: "ORGG" }] });
  expect([one.status, refusal(one)]).toMatchObject([
    400,
    {
      code: "REQUEST_INVALID",
      message: "the model knows no such type of entity",
      hint: "did you mean ORG?",
      at: { path: "entities[1].type" },
    },
  ]);
  const many = await extract(running.url, { documents: [text, { text, entities: [{ ...bob, type: "<b>" }] }] });
  expect([many.status, refusal(many)]).toMatchObject([
    400,
    { at: { path: "documents[1].entities[0].type" }, hint: "there are LOC, ORG, PER, or null" },
  ]);
  const lines = [
    { text, entities: [{ ...bob, type: "X" }] },
    { text, entities: [bob, acme] },
  ];
  const stream = await send(`${running.url}/v1/extract?threshold=0.05`, {
    headers: { "content-type": "application/x-ndjson" },
    body: lines.map((line) => JSON.stringify(line)).join("\n"),
  });
  expect(
    stream.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toMatchObject([{ line: 1, error: { code: "REQUEST_INVALID" } }, { relations: [{ type: "works_for" }] }]);
});

test("spans outside the text, backwards, or of tokens that are not given, are refused", async () => {
  for (const wrong of [
    { start: 0, end: 1 },
    { startChar: 0, endChar: 999 },
    { startChar: 4, endChar: 2 },
    { start: -1, end: 1 },
    { start: 0.5, end: 1 },
    {},
  ])
    expect([wrong, (await at({ entities: [{ type: "PER", ...wrong }] })).status]).toEqual([wrong, 400]);
});

test("an entity over the end of a sentence is said to be left out", async () => {
  const two = "Bob works for Acme. Eve lives in Rome.";
  const { json } = await extract(running.url, { text: two, entities: [bob, { startChar: 14, endChar: 23, type: "ORG" }] });
  expect(json).toMatchObject({ entities: [{ text: "Bob" }], losses: [{ path: "entities[1]" }] });
});

test("a model that finds its own entities is given none, whatever their types", async () => {
  const answer = await at({ model: "example", entities: [{ ...bob, type: "whatever" }] });
  expect([answer.status, answer.json]).toMatchObject([200, { losses: [] }]);
});
