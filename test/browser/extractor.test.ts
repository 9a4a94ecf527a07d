import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { buildModel, extract, packModel } from "@weft-nlp/core/inference";
import { models } from "@weft-nlp/core/models";
import { eightSentences, openTinyEncoder, tagged, withLastRelations } from "@weft-nlp/core/testing";
import { documentFromText } from "@weft-nlp/core/text";
import { buildLexicon, lexiconSettings } from "@weft-nlp/core/vocabulary";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Extractor } from "weft-nlp";
import { vectorsOf } from "../../packages/core/src/testing/example-vectors.ts";
import type * as WeftBrowser from "../../packages/weft/src/browser/index.ts";
import { launch, noBrowser, root } from "./browser.ts";

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
/** A page that has the library under a name, since functions sent to it can import nothing. */
const shell =
  '<!doctype html><title>page</title><script type="module">import * as weft from "/index.js"; window.weft = weft;</script>';
const text = "Mara Voss founded Kettle Robotics in Bremen and still leads it.";

interface PageScope {
  readonly weft: typeof WeftBrowser;
}

describe.skipIf(noBrowser !== "")(`weft-nlp/browser${noBrowser}`, () => {
  const asked: string[] = [];
  let server: Server;
  let browser: Browser;
  let address: string;
  /** Files in place of those of the model, as if another had been put at the same address. */
  let replaced: Readonly<Record<string, string | Uint8Array>> = {};

  beforeAll(async () => {
    server = createServer((request, answer) => {
      const path = (request.url ?? "/").split("?")[0] ?? "/";
      asked.push(path);
      const folder = path.startsWith("/model/") ? join(root, "examples/model") : join(root, "packages/weft/dist/page");
      try {
        const name = path.split("/").at(-1) ?? "";
        const body = path === "/" ? shell : (replaced[name] ?? readFileSync(join(folder, name)));
        answer.setHeader("content-type", types[extname(path)] ?? (path === "/" ? "text/html" : "application/octet-stream"));
        answer.end(body);
      } catch {
        answer.writeHead(404).end();
      }
    });
    await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  const fresh = async (): Promise<Page> => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(address);
    await page.waitForFunction("window.weft !== undefined");
    return page;
  };

  test("opens with progress, finds what Node finds, and opens again without a request for the model", async () => {
    const page = await fresh();
    const open = async () =>
      page.evaluate(async (sentence) => {
        const { Extractor, recordOf } = (globalThis as unknown as PageScope).weft;
        const steps: WeftBrowser.Progress[] = [];
        const extractor = await Extractor.open("/model", { onProgress: (progress) => steps.push(progress) });
        const record = recordOf(await extractor.text(sentence));
        const many = [];
        for await (const document of extractor.documents(Array.from({ length: 130 }, (_, index) => `${sentence} ${index}`))) {
          many.push(document.text);
        }
        extractor.close();
        return { record, many, facts: extractor.facts, checksum: extractor.checksum, last: steps.at(-1), steps: steps.length };
      }, text);
    const first = await open();
    const onNode = await Extractor.open(join(root, "examples/model"), { threads: 1, kernels: "baseline" });
    const { entities, relations } = await onNode.text(text);
    await onNode.close();
    expect(first.record.entities.map(({ start, end, type }) => [start, end, type])).toEqual(
      entities.map(({ start, end, type }) => [start, end, type]),
    );
    expect(first.record.relations.map(({ head, tail, type }) => [head, tail, type])).toEqual(
      relations.map(({ head, tail, type }) => [head, tail, type]),
    );
    expect(first.many).toEqual(Array.from({ length: 130 }, (_, index) => `${text} ${index}`));
    expect(first.facts).toMatchObject({ kind: "rin", kernels: expect.stringMatching(/relaxed|baseline/) as string });
    expect(first.steps).toBeGreaterThan(1);
    expect(first.last?.loaded).toBe(first.last?.total);
    const files = asked.filter((path) => path.startsWith("/model/")).toSorted();
    expect(files).toEqual(["/model/config.json", "/model/model.safetensors", "/model/vocab.json"]);
    const kernels = asked.filter((path) => path.endsWith(".wasm"));
    expect(kernels).toHaveLength(1);
    asked.length = 0;
    const second = await open();
    expect(asked.filter((path) => path.startsWith("/model"))).toEqual([]);
    expect(second).toEqual({ ...first, steps: 1 });
  });

  test("a checksum that differs, a missing model and an abort are errors that say so", async () => {
    const page = await fresh();
    const attempt = async (url: string, options: { checksum?: string; abort?: boolean; cache?: "reload" }) =>
      page.evaluate(
        async ([place, { checksum, abort, cache }]) => {
          const { Extractor, WeftError } = (globalThis as unknown as PageScope).weft;
          const controller = new AbortController();
          if (abort === true) controller.abort();
          try {
            const extractor = await Extractor.open(place, { signal: controller.signal, checksum, cache });
            extractor.close();
            return "opened";
          } catch (error) {
            return error instanceof WeftError ? `${error.code} ${error.summary}` : (error as Error).name;
          }
        },
        [url, options] as const,
      );
    expect(await attempt("/model/", { checksum: "sha256:0" })).toMatch(/^ARCHIVE_INVALID the model has the checksum sha256:8e9c/);
    expect(await attempt("/nowhere/", {})).toBe("ARCHIVE_INVALID the server answered 404");
    expect(await attempt("/model/", { abort: true })).toBe("AbortError");
    expect(await attempt("/model/", {})).toBe("opened");
    const config = readFileSync(join(root, "examples/model/config.json"), "utf8");
    replaced = { "config.json": "{}" };
    expect(await attempt("/model/", {})).toBe("opened");
    for (const [text, words] of [
      ["{}", 'format: Invalid input: expected "weft-model"'],
      [config.replace('"hiddenSize": ', '"hiddenSize": 1e9, "_": '), /^hiddenSize: Too big: expected number to be <=4096/],
      [config.replace('"hiddenSize": ', '"hidenSize": '), 'Unrecognized key: "hidenSize"'],
      ["[".repeat(100_000), /^expected a value or \], found the end/],
    ] as const) {
      replaced = { "config.json": text };
      const found = await attempt("/model/", { cache: "reload" });
      expect(found).toMatch(/^ARCHIVE_INVALID /);
      expect(found.slice("ARCHIVE_INVALID ".length)).toMatch(words);
    }
    replaced = {};
  });

  test("code that few models need is fetched with the first that needs it", async () => {
    const sentences = withLastRelations(tagged(eightSentences));
    const { settings } = models.get("rin");
    const tiny = await openTinyEncoder({ layers: 1 });
    const encoder = { name: tiny.name, checksum: tiny.checksum, train: "on" };
    const built = buildModel(
      {
        ...{ name: "rin", settings: settings.parse({ inputs: { encoder, words: { size: 2 } } }), threshold: 0.3 },
        lexicon: buildLexicon(sentences, lexiconSettings.parse({}), {}, vectorsOf(["paris"])),
        constraints: { onePerPair: "unordered", relations: {}, entityTypes: "joint", nodes: 100, beam: 4 },
      },
      { build: "baseline", encoders: [tiny] },
    );
    replaced = packModel(built) as unknown as Record<string, Uint8Array>;
    const page = await fresh();
    asked.length = 0;
    const sentence = eightSentences[0]?.tokens.join(" ") ?? "";
    const found = await page.evaluate(async (one) => {
      const { Extractor, recordOf } = (globalThis as unknown as PageScope).weft;
      const extractor = await Extractor.open("/model", { cache: false });
      const { entities, relations } = recordOf(await extractor.text(one));
      extractor.close();
      return {
        entities: entities.length,
        pairs: relations.map(({ head, tail }) => (head < tail ? [head, tail] : [tail, head]).join(" ")),
      };
    }, sentence);
    replaced = {};
    const { value: here } = await extract(built, [documentFromText("1", sentence)], {}).next();
    expect(found.entities).toBe(here?.entities.length);
    expect(found.pairs).not.toEqual([]);
    expect(found.pairs.length).toBe(here?.relations.length);
    expect(new Set(found.pairs).size).toBe(found.pairs.length);
    expect(asked.filter((path) => path.startsWith("/model/"))).toHaveLength(5);
    // By the first word of a file's name, since a hash follows.
    const fetched = asked.filter((path) => path.endsWith(".js")).map((path) => /\w+/.exec(path)?.[0]);
    expect(new Set(fetched)).toEqual(new Set(["decode", "extract", "pretrained", "tokenizers"]));
    expect(fetched).toHaveLength(4);
  });

  test("what is under way is rejected when the extractor closes or the caller stops", async () => {
    const page = await fresh();
    const names = await page.evaluate(async () => {
      const { Extractor } = (globalThis as unknown as PageScope).weft;
      const extractor = await Extractor.open("/model", { cache: false });
      const controller = new AbortController();
      const nameOf = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => "",
          (error: unknown) => (error as Error).name,
        );
      const stopped = nameOf(extractor.text("Ada ".repeat(2000), { signal: controller.signal }));
      controller.abort();
      const closed = nameOf(extractor.text("Ada left."));
      extractor.close();
      return [await stopped, await closed, await nameOf(extractor.text("Ada left."))];
    });
    expect(names).toEqual(["AbortError", "AbortError", "AbortError"]);
  });
});
