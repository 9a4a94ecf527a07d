import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Answer, send, sentence, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-label-studio-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = { "content-type": "application/json" };
const post = async (url: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  send(url, { headers: { ...json, ...headers }, body: JSON.stringify(value) });

// "Company" takes what the model calls ORG; PRODUCT and most relations have no label here.
const config = `<View>
  <Relations><Relation value="founded"/><Relation value="based in" predicted_values="based_in"/></Relations>
  <Labels name="mentions" toName="story">
    <Label value="PER"/><Label value="Company" predicted_values="ORG, PRODUCT"/><Label value="loc" background="green"/>
  </Labels>
  <Text name="story" value="$article"/>
</View>`;

interface Result {
  readonly id?: string;
  readonly type: string;
  readonly from_id?: string;
  readonly to_id?: string;
  readonly labels?: readonly string[];
  readonly score?: number;
  readonly value?: { readonly start: number; readonly end: number; readonly text: string; readonly labels: readonly string[] };
}
interface Prediction {
  readonly model_version: string;
  readonly score: number;
  readonly result: readonly Result[];
}

const request = (tasks: readonly object[]): object => ({
  tasks,
  model_version: null,
  project: "7.1716899712",
  label_config: config,
  params: { login: null, password: null, context: null },
});

test("predictions use the names of the labelling configuration", async () => {
  const { url } = await startServer({ labelStudio: true });
  const prefix = "/label-studio";
  for (const place of ["", prefix]) expect((await send(`${url}${place}/health`)).json).toMatchObject({ status: "UP" });
  const setup = await post(`${url}${prefix}/setup`, { project: "7.1716899712", schema: config, hostname: "", access_token: "x" });
  const answer = await post(
    `${url}${prefix}/predict`,
    request([
      { id: 1, data: { article: `🚀 ${sentence}` } },
      { id: 2, data: {} },
    ]),
  );
  expect(answer.status).toBe(200);
  const { results } = answer.json as { results: readonly Prediction[] };
  expect(results).toHaveLength(2);
  expect(results[1]).toMatchObject({ score: 0, result: [] });
  const [{ model_version, score, result } = { model_version: "", score: 0, result: [] as Result[] }] = results;
  expect((setup.json as { model_version: string }).model_version).toBe(model_version);
  expect(score).toBeGreaterThan(0.5);
  const regions = result.filter(({ type }) => type === "labels");
  expect(regions.map(({ value }) => [value?.text, value?.labels])).toEqual([
    ["Mara Voss", ["PER"]],
    ["Kettle Robotics", ["Company"]],
    ["Bremen", ["loc"]],
  ]);
  expect(regions[0]).toMatchObject({ from_name: "mentions", to_name: "story", value: { start: 3, end: 12 } });
  const relations = result.filter(({ type }) => type === "relation");
  expect(relations.length).toBeGreaterThan(0);
  for (const { labels } of relations) expect(["founded", "based in"]).toContain(labels?.[0]);
});

test("a configuration without spans of text is refused with what is expected", async () => {
  const { url } = await startServer();
  const images = '<View><Image name="i" value="$i"/><Choices name="c" toName="i"><Choice value="x"/></Choices></View>';
  const { status, text } = await post(`${url}/label-studio/setup`, { project: "1.1", schema: images });
  expect([status, text]).toEqual([400, expect.stringContaining("no <Labels> for a <Text>") as string]);
  expect((await post(`${url}/label-studio/setup`, { project: "1.1", schema: "<View" })).status).toBe(400);
  expect((await post(`${url}/predict`, request([]))).status).toBe(404);
});

const region = (id: string, start: number, words: string, label: string): object => ({
  id,
  ...{ from_name: "mentions", to_name: "story", type: "labels" },
  value: { start, end: start + words.length, text: words, labels: [label] },
});
const event = (action: string, id: number, article: string, result: readonly object[]): object => ({
  action,
  annotation: { id: 10 * id, completed_by: 1, was_cancelled: false, result },
  task: { id, data: { article } },
  project: { id: 7, title: "News", label_config: config },
});

test("finished tasks become corrected sentences, and a second annotation replaces the first", async () => {
  const { url } = await startServer({ corrections: join(folder, "collected") });
  const text = "Mara Voss left. Ada founded Acme.";
  const spans = [region("a", 0, "Mara Voss", "PER"), region("b", 16, "Ada", "PER"), region("c", 28, "Acme", "Company")];
  const arrow = { type: "relation", from_id: "b", to_id: "c", direction: "right", labels: ["founded"] };
  const first = await post(`${url}/label-studio/webhook`, event("ANNOTATION_CREATED", 1, text, spans.slice(0, 1)));
  expect([first.status, first.json]).toMatchObject([201, { result: { project: "label-studio-7", sentences: 2, omitted: [] } }]);
  await Promise.all([
    post(`${url}/label-studio/webhook`, event("ANNOTATION_UPDATED", 1, text, [...spans, arrow])),
    post(`${url}/label-studio/webhook`, event("ANNOTATION_CREATED", 2, "Oslo is cold.", [region("o", 0, "Oslo", "loc")])),
  ]);
  const { files, sentences } = (await send(`${url}/v1/corrections/label-studio-7/export`)).json as {
    files: readonly { content: string }[];
    sentences: number;
  };
  expect(sentences).toBe(3);
  const lines = (files[0]?.content ?? "").trimEnd().split("\n");
  const read = lines.map(
    (line) => JSON.parse(line) as { text: string; entities: { text: string; type: string }[]; relations: object[] },
  );
  const found = read.map(({ text, entities, relations }) => [
    text,
    entities.map(({ text, type }) => `${text} ${type}`),
    relations,
  ]);
  expect(found).toEqual([
    ["Mara Voss left.", ["Mara Voss PER"], []],
    ["Ada founded Acme.", ["Ada PER", "Acme ORG"], [{ head: 0, tail: 1, type: "founded" }]],
    ["Oslo is cold.", ["Oslo LOC"], []],
  ]);
});

test("a mention that cuts a word replaces the sentence; events of no use and bad tasks change nothing", async () => {
  const { url } = await startServer({ corrections: join(folder, "cut") });
  const webhook = `${url}/label-studio/webhook`;
  await post(webhook, event("ANNOTATION_CREATED", 3, "Ada left.", [region("a", 0, "Ada", "PER")]));
  await post(webhook, event("ANNOTATION_UPDATED", 3, "Ada left.", [region("a", 0, "Ad", "PER")]));
  const bad = event("ANNOTATION_CREATED", 4, "Ada left.", [region("a", 50, "Ada", "PER")]);
  expect((await post(webhook, bad)).json).toMatchObject({
    result: { sentences: 0, omitted: [expect.stringContaining("task-4")] },
  });
  expect((await post(webhook, { action: "PROJECT_UPDATED", project: { id: 7 } })).json).toEqual({ status: "Unknown event" });
  const { sentences, files } = (await send(`${url}/v1/corrections/label-studio-7/export`)).json as {
    sentences: number;
    files: readonly { content: string }[];
  };
  expect(sentences).toBe(1);
  expect(files[0]?.content).toContain('"text":"Ad"');
});

test("a training starts from the collected tasks, and a server without a folder says how to get one", async () => {
  const places = { corrections: join(folder, "trained"), runs: join(folder, "runs"), allowTraining: true };
  const { url } = await startServer({ ...places, labelStudio: true });
  const tasks = ["Ada left.", "Mara left."].map((article, index) => ({
    id: index + 1,
    data: { article },
    annotations: [{ result: [region("a", 0, article.split(" ")[0] ?? "", "PER")] }],
  }));
  const started = await post(`${url}/train`, { annotations: tasks, project: "9.1", label_config: config, params: {} });
  expect([started.status, started.json]).toMatchObject([201, { sentences: 2, job: "label-studio-9-1" }]);
  await send(`${url}/v1/corrections/label-studio-9/train`, { method: "DELETE" });
  const { url: bare } = await startServer({ labelStudio: true });
  const refused = await post(`${bare}/webhook`, event("ANNOTATION_CREATED", 1, "Ada left.", []));
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("--corrections FOLDER") as string]);
});

test("a token opens the routes as a bearer token or as a password, for what it permits", async () => {
  const tokens = [{ token: "reader", scope: "read" } as const];
  const { url } = await startServer({ tokens, labelStudio: true, corrections: join(folder, "tokens") });
  const basic = (password: string): string => `Basic ${Buffer.from(`weft:${password}`).toString("base64")}`;
  expect((await post(`${url}/predict`, request([]))).status).toBe(401);
  expect((await post(`${url}/predict`, request([]), { authorization: basic("wrong") })).status).toBe(401);
  for (const authorization of [basic("reader"), "Bearer reader"]) {
    expect((await post(`${url}/predict`, request([]), { authorization })).json).toEqual({ results: [] });
    expect((await post(`${url}/webhook`, event("ANNOTATION_CREATED", 1, "Ada.", []), { authorization })).status).toBe(403);
  }
});
