import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, expect, test } from "vitest";
import { weft, weftPath } from "./weft-command.ts";

const model = fileURLToPath(new URL("../../examples/model", import.meta.url));

let client: Client;
beforeAll(async () => {
  client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [weftPath, "mcp", model, "--threads", "1", "--quiet"] }),
  );
});
afterAll(async () => client.close());

interface Extracted {
  readonly entities: readonly { readonly text: string; readonly startChar: number; readonly endChar: number }[];
  readonly relations: readonly { readonly head: number; readonly tail: number; readonly type: string }[];
  readonly triples: readonly {
    readonly head: { readonly text: string };
    readonly relation: string;
    readonly tail: { readonly text: string };
  }[];
}

const text = "Marta Lindqvist was born in Oslo and lives in Paris.";

test("the tools say what they take and return", async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(["extract", "schema"]);
  for (const tool of tools) expect(tool.outputSchema?.["type"]).toBe("object");
  expect(tools[0]?.description).toContain("born_in");
  expect(Object.keys(tools[0]?.inputSchema.properties ?? {})).toEqual(["text", "threshold", "minConfidence"]);
});

test("extract gives what weft extract gives, as text too", async () => {
  const { content, structuredContent, isError } = await client.callTool({ name: "extract", arguments: { text } });
  expect(isError).not.toBe(true);
  const found = structuredContent as Extracted | undefined;
  expect(JSON.parse((content[0] as { text: string }).text)).toEqual(found);
  const { out } = await weft(["extract", model], { input: text });
  const { entities, relations } = JSON.parse(out) as Extracted;
  expect(found?.entities.map(({ startChar, endChar }) => [startChar, endChar])).toEqual(
    entities.map(({ startChar, endChar }) => [startChar, endChar]),
  );
  expect(found?.relations).toEqual(relations);
  expect(found?.triples).toHaveLength(relations.length);
  const [first] = found?.triples ?? [];
  expect([first?.head.text, first?.relation, first?.tail.text]).toEqual(["Marta Lindqvist", "born_in", "Oslo"]);
});

test("schema names the types and the model", async () => {
  const { structuredContent } = await client.callTool({ name: "schema", arguments: {} });
  expect(structuredContent).toMatchObject({
    findsEntities: true,
    entityTypes: expect.arrayContaining(["PER", "LOC"]) as string[],
    relationTypes: expect.arrayContaining(["born_in"]) as string[],
    model: { name: "examples", digest: expect.stringMatching(/^sha256:/) as string },
  });
});

test("a wrong call is answered, and the next one works", async () => {
  const wrong = await client.callTool({ name: "extract", arguments: { text, treshold: 0.5 } });
  expect(wrong.isError).toBe(true);
  expect(JSON.stringify(wrong.content)).toContain("treshold");
  const empty = await client.callTool({ name: "extract", arguments: { text: " \n" } });
  expect(empty.structuredContent).toEqual({ entities: [], relations: [], triples: [] });
});

test("it ends with its input, and a missing model is an error before any protocol", async () => {
  expect((await weft(["mcp", model, "--threads", "1", "--quiet"])).code).toBe(0);
  const { code, out, err } = await weft(["mcp", "no-such-model"]);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("no-such-model");
});
