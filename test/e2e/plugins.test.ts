import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadPlugins } from "weft-nlp";
import { countedFiles, startServer } from "../server/test-server.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-plugins-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const run = async (...args: string[]) => weft(args, { cwd: folder });

/**
 * A format of words in lines with types behind a slash, and a protocol that finds everything right.
 */
const plugin = `
  const holds = {
    record: "sentence", text: false, tokens: true, offsets: "tokens", entities: "all", entityTypes: "optional",
    relations: false, overlapping: false, duplicates: false, crossSentence: false, discontinuous: false,
    confidence: false, ids: false, pos: false, metadata: false,
  };
  function documentOf(line, id) {
    const words = line.split(" ").map((word) => word.split("/"));
    let at = 0;
    const tokens = words.map(([text]) => {
      const token = { text, start: at, end: at + text.length };
      at = token.end + 1;
      return token;
    });
    const entities = words.flatMap(([, type], start) => (type === undefined ? [] : [{ start, end: start + 1, type }]));
    const text = words.map(([word]) => word).join(" ");
    return { id, text, tokens, sentences: [{ start: 0, end: tokens.length }], entities, relations: [], metadata: {} };
  }
  export function register(registry) {
    registry.format({
      name: "slashed", title: "Slashed words", extensions: [".slashed"], holds,
      recognises: (_, fileName) => fileName.endsWith(".slashed"),
      async *read(chunks, { source } = {}) {
        let text = "";
        for await (const chunk of chunks) text += chunk;
        for (const [index, line] of text.trimEnd().split("\\n").entries()) {
          yield { kind: "document", document: documentOf(line, String(index)), at: { source, line: index + 1 } };
        }
      },
      async *write(documents) {
        for await (const { tokens, entities } of documents) {
          const types = new Map(entities.map(({ start, type }) => [start, type]));
          const words = tokens.map(({ text }, i) => (types.has(i) ? text + "/" + types.get(i) : text));
          yield { kind: "text", text: words.join(" ") + "\\n" };
        }
      },
    });
    registry.protocol({
      name: "generous", unit: "entities", directed: false, words: "Every entity of gold is right.",
      match({ entities }) {
        const gold = new Map(entities.map((entity) => [entity.start + ":", { type: entity.type, head: entity }]));
        return { gold, predicted: gold, correct: new Set(gold.keys()) };
      },
    });
  }
`;
write("slashed.mjs", plugin);
write("gold.slashed", "Ada/PER joined Acme/ORG .\nBob/PER left .\n");
write("found.slashed", "Ada joined Acme .\nBob left .\n");
const load = ["--plugin", "./slashed.mjs"];

test("commands that read data know the formats and protocols of a plugin", async () => {
  const converted = await run("convert", "gold.slashed", "gold.jsonl", ...load);
  expect(converted.code, converted.err).toBe(0);
  const back = await run("convert", "gold.jsonl", "back.out", "--to", "slashed", ...load);
  expect(back.code, back.err).toBe(0);
  const stats = await run("data", "stats", "back.out", "--format", "slashed", "--json", ...load);
  expect(JSON.parse(stats.out)).toMatchObject([{ sentences: 2, entities: 3 }]);
  const scored = await run("score", "gold.slashed", "found.slashed", "-p", "generous,ner-strict", "--json", ...load);
  const { protocols } = JSON.parse(scored.out) as { protocols: Record<string, { micro: { f1: number } }> };
  expect([protocols["generous"]?.micro.f1, protocols["ner-strict"]?.micro.f1]).toEqual([1, 0]);
  expect((await run("protocols", ...load)).out).toContain("Every entity of gold is right.");
  expect((await run("schema", ...load)).out).toContain('"generous"');
});

test("without the plugin they do not, and a plugin that is wrong stops a command before it works", async () => {
  const unknown = await run("score", "gold.slashed", "found.slashed", "-p", "generous");
  expect(unknown.code).toBe(2);
  const missing = await run("convert", "gold.slashed", "none.jsonl", "--plugin", "./gone.mjs");
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining("./gone.mjs: there is no plugin here")]);
  write("empty.mjs", "export const nothing = 1;\n");
  const empty = await run("protocols", "--plugin", "empty.mjs", "--json");
  expect(empty.code).toBe(1);
  expect(empty.out).toBe("");
  expect(JSON.parse(empty.err)).toMatchObject({
    error: { code: "SETTING_INVALID", message: "this plugin exports no function `register`" },
  });
  expect((await run("doctor", ...load)).code).toBe(2);
});

test("a server shows data in the format of a plugin, which its threads read", async () => {
  await loadPlugins(["./slashed.mjs"], folder);
  const { url } = await startServer({ data: [join(folder, "gold.slashed")] });
  expect(await countedFiles(url)).toMatchObject([{ name: "gold.slashed", counts: { sentences: 2, entities: 3, fault: null } }]);
});
