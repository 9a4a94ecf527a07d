/// <reference lib="dom" />
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pino } from "pino";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer } from "../server/test-server.ts";
import { launch, noBrowser } from "./browser.ts";

/** A page of another site, in a real browser, against a server that may correct and train. */
describe.skipIf(noBrowser !== "")(`a foreign page${noBrowser === "" ? "" : ` (${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "weft-foreign-"));
  const corrections = join(folder, "corrections");
  const log: { route?: string; method?: string; status?: number }[] = [];
  const logger = pino(
    { level: "info" },
    new Writable({ write: (line, _encoding, done) => (log.push(JSON.parse(String(line)) as object), done()) }),
  );
  let browser: Browser | undefined;
  let site: Server | undefined;
  let port = 0;
  beforeAll(async () => {
    // Names that an attacker makes to resolve to this machine.
    browser = await launch(["--host-resolver-rules=MAP *.example 127.0.0.1"]);
    const { url } = await startServer({ corrections, runs: folder, allowTraining: true, logger });
    port = Number(new URL(url).port);
    site = createServer((_request, response) => response.setHeader("content-type", "text/html").end("<title>foreign</title>"));
    await new Promise<void>((listening) => site?.listen(0, "127.0.0.1", listening));
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (address: string): Promise<Page> => {
    const page = await (browser as Browser).newPage();
    await page.goto(address);
    return page;
  };
  const project = JSON.stringify({ name: "stolen", texts: ["Ada left."], model: null });
  const made = (): string[] => {
    try {
      return readdirSync(corrections);
    } catch {
      return [];
    }
  };

  test("under a name that resolves to the server reads and writes nothing", async () => {
    const page = await open(`http://rebound.example:${port}/`);
    const statuses = await page.evaluate(async (body) => {
      const headers = { "content-type": "application/json" };
      const answers = [
        await fetch("/v1/models"),
        await fetch("/v1/corrections"),
        await fetch("/v1/corrections", { method: "POST", headers, body }),
        await fetch("/v1/corrections/stolen/train", { method: "POST", headers, body: "{}" }),
      ];
      return answers.map(({ status }) => status);
    }, project);
    expect(statuses).toEqual([403, 403, 403, 403]);
    expect(made()).toEqual([]);
  });

  test("of another origin cannot read an answer, nor change anything", async () => {
    const page = await open(`http://foreign.example:${((site as Server).address() as AddressInfo).port}/`);
    const read = await page.evaluate(async (address) => {
      const answer = await fetch(`${address}/v1/corrections`).catch(() => undefined);
      return answer?.status;
    }, `http://127.0.0.1:${port}`);
    expect(read).toBeUndefined();
    const before = log.length;
    await page.evaluate(
      async ({ address, body }) => {
        // Without a preflight: the browser sends these before it hides the answer.
        await fetch(`${address}/v1/corrections`, { method: "POST", mode: "no-cors", body }).catch(() => undefined);
        // With a preflight, which the server does not grant.
        const headers = { "content-type": "application/json" };
        await fetch(`${address}/v1/corrections`, { method: "POST", headers, body }).catch(() => undefined);
        const form = document.createElement("form");
        Object.assign(form, { action: `${address}/v1/corrections`, method: "post", enctype: "text/plain" });
        const field = document.createElement("input");
        Object.assign(field, { name: `${body.slice(0, -1)}, "x": "`, value: `"}` });
        form.append(field);
        document.body.append(form);
        form.submit();
      },
      { address: `http://127.0.0.1:${port}`, body: project },
    );
    await page.waitForURL(/\/v1\/corrections$/);
    expect(await page.textContent("body")).toContain("NOT_ALLOWED");
    const sent = log.slice(before).filter(({ method }) => method === "POST");
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.every(({ status }) => status === 403)).toBe(true);
    expect(made()).toEqual([]);
  });
});
