import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Extractor } from "weft-nlp";
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
  /** Replaces `config.json`, as if another model had been put at the same address. */
  let broken = false;

  beforeAll(async () => {
    server = createServer((request, answer) => {
      const path = (request.url ?? "/").split("?")[0] ?? "/";
      asked.push(path);
      const folder = path.startsWith("/model/") ? join(root, "examples/model") : join(root, "packages/weft/dist/page");
      try {
        const body = path === "/" ? shell : readFileSync(join(folder, path.split("/").at(-1) ?? ""));
        answer.setHeader("content-type", types[extname(path)] ?? (path === "/" ? "text/html" : "application/octet-stream"));
        answer.end(broken && path.endsWith("config.json") ? "{}" : body);
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
    broken = true;
    expect(await attempt("/model/", {})).toBe("opened");
    expect(await attempt("/model/", { cache: "reload" })).toMatch(/^ARCHIVE_INVALID /);
    broken = false;
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
