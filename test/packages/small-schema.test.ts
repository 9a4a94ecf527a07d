import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ArchiveError } from "@weft-nlp/core";
import { encodersOf } from "@weft-nlp/core/inference";
import { models } from "@weft-nlp/core/models";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserInput } from "../../scripts/browser-input.mjs";

/** What a hostile or a careless hand may put in the place of any value. */
const wrongs: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 0.5, 1e9, 2 ** 60, -(2 ** 60), Number.POSITIVE_INFINITY],
  ...["", "on", "off", "x", [], [1], ["a", "b"], ["a", "b", "c"], [["a", "b"]], {}, { name: "rin" }],
  JSON.parse('{ "__proto__": { "polluted": true } }'),
];

const shared = {
  format: "weft-model",
  version: 3,
  threshold: { founded: 0.4 },
  reading: { unit: "sentence", tokens: 200 },
  negatives: ["none"],
  text: { newlines: "auto", split: [] },
  members: 2,
  calibration: {
    ...{ scaling: { temperature: 1.5, shift: 0 }, rawThreshold: 0.5, protocol: "strict", data: "dev.jsonl", goal: "f1" },
  },
  constraints: {
    ...{ onePerPair: "ordered", noSelf: true, entityTypes: "joint", nodes: 10, beam: 2 },
    evidence: { onePerPair: { support: 3, violations: 0 } },
    relations: {
      founded: {
        ...{ arguments: [["PER", "ORG"]], maxPerHead: 1, symmetric: "both", inverse: "by", acyclic: true },
        evidence: { arguments: { support: 1, violations: 0 } },
      },
    },
  },
};

describe("the schemas of the browser take and refuse what those of Node do, with the same words", () => {
  const folder = mkdtempSync(join(tmpdir(), "weft-schema-"));
  const core = join(import.meta.dirname, "../../packages/core/dist");
  let inBrowser: { readonly encodersOf: typeof encodersOf; readonly models: typeof models };
  beforeAll(async () => {
    const input = { inference: join(core, "inference/index.js"), models: join(core, "models/index.js") };
    const bundle = await rolldown(browserInput(input));
    await bundle.write({ dir: folder, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
    const load = async (name: string) => (await import(pathToFileURL(join(folder, name)).href)) as typeof inBrowser;
    inBrowser = { ...(await load("inference.mjs")), ...(await load("models.mjs")) };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What reading a config.json ends with, in words. */
  const outcome = (read: typeof encodersOf, config: unknown): string => {
    // JSON has no infinity, but a number of 400 digits is one.
    const json = JSON.stringify(config, (_, value: unknown) => (value === Number.POSITIVE_INFINITY ? "INFINITY" : value));
    const bytes = new TextEncoder().encode(json.replaceAll('"INFINITY"', "1e400"));
    try {
      return JSON.stringify(read(bytes, "folder"));
    } catch (error) {
      const { code, summary, at, hint } = error as ArchiveError;
      return JSON.stringify({ code, summary, at, hint });
    }
  };

  test("config.json", () => {
    const config = { ...shared, model: { name: "rin" } };
    expect(outcome(inBrowser.encodersOf, config)).toBe("[]");
    const different: object[] = [];
    let refused = 0;
    for (const each of changesOf(config)) {
      const expected = outcome(encodersOf, each);
      const found = outcome(inBrowser.encodersOf, each);
      if (found !== expected) different.push({ expected, found });
      if (expected.includes("ARCHIVE_INVALID")) refused++;
    }
    expect(different).toEqual([]);
    expect(refused).toBeGreaterThan(500);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  test.each(models.names)("settings of %s", (name) => {
    const [here, there] = [models.get(name).settings, inBrowser.models.get(name).settings];
    const read = (settings: typeof here, value: unknown): string => {
      const { data, error } = settings.safeParse(value);
      const [{ path, message } = { path: undefined, message: undefined }] = error?.issues ?? [];
      return JSON.stringify({ data, path, message });
    };
    const standard = here.parse({}) as Record<string, unknown>;
    expect(read(there, {})).toBe(JSON.stringify({ data: standard }));
    const encoder = { name: "tiny", checksum: "0".repeat(64), layers: "mix", train: { freezeBelow: 1, rate: 0.1 } };
    const inputs = "inputs" in standard ? { inputs: { ...(standard["inputs"] as object), encoder } } : {};
    const different: object[] = [];
    let refused = 0;
    for (const each of changesOf({ ...standard, ...inputs })) {
      const [expected, found] = [read(here, each), read(there, each)];
      if (found !== expected) different.push({ expected, found });
      if (expected.includes("message")) refused++;
    }
    expect(different).toEqual([]);
    expect(refused).toBeGreaterThan(200);
  });
});

/** The value with each of its parts replaced, removed, or given a key that nothing knows. */
function* changesOf(value: unknown): Generator {
  yield* wrongs;
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) for (const other of changesOf(each)) yield value.with(index, other);
  } else if (typeof value === "object" && value !== null) {
    yield { ...value, strange: 1, stranger: 2 };
    for (const [key, each] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const other of changesOf(each)) yield { ...value, [key]: other };
    }
  }
}
