import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readTokens } from "weft-nlp/server";
import { type Answer, send, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-access-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const project = { texts: ["Ada left."], model: null };

async function create(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  const body = JSON.stringify({ ...project, name: `p${++projects}` });
  return send(`${url}/v1/corrections`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
}

let projects = 0;
const notAllowed = { status: 403, json: { error: { code: "NOT_ALLOWED" } } };

describe("a server that other machines can reach", () => {
  const start = async (): Promise<string> =>
    (await startServer({ host: "0.0.0.0", hosts: ["weft.example"], corrections: join(folder, "open"), runs: folder })).url;

  test("answers to addresses, loopback names and allowed names, and to no foreign name", async () => {
    const url = await start();
    for (const host of ["127.0.0.1", "192.168.1.7:80", "[fe80::1]", "localhost", "a.localhost", "WEFT.example:7433"]) {
      expect((await send(`${url}/v1/models`, { headers: { host } })).status, host).toBe(200);
    }
    for (const host of [
      "rebound.example",
      "127.0.0.1.rebound.example",
      "localhost.rebound.example",
      "1.2.3.4.5",
      "weft.example.",
    ]) {
      expect(await send(`${url}/v1/models`, { headers: { host } }), host).toMatchObject(notAllowed);
    }
  });

  test("only reads until it has tokens", async () => {
    const url = await start();
    expect(await create(url)).toMatchObject(notAllowed);
    expect(await send(`${url}/v1/corrections/p/train`, { method: "POST", body: "{}" })).toMatchObject(notAllowed);
    expect((await send(`${url}/v1/corrections`)).status).toBe(200);
  });
});

describe("a request that changes something", () => {
  const start = async (): Promise<string> =>
    (await startServer({ corrections: join(folder, "near"), cors: ["https://listed.example"] })).url;

  test.each([
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site", origin: "null" },
    { origin: "https://foreign.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1" },
    { origin: "https://listed.example.foreign.example" },
  ])("is refused from a page of another origin: %o", async (headers) => {
    expect(await create(await start(), headers as Record<string, string>)).toMatchObject(notAllowed);
  });

  test("is taken from the server's own page, a listed page and a program", async () => {
    const url = await start();
    for (const headers of [
      {},
      { "sec-fetch-site": "same-origin", origin: url },
      { "sec-fetch-site": "none" },
      { origin: url },
      { "sec-fetch-site": "cross-site", origin: "https://listed.example" },
    ]) {
      expect((await create(url, headers as Record<string, string>)).status, JSON.stringify(headers)).toBe(201);
    }
  });
});

test("a token permits what its scope names, and all before it", async () => {
  const path = join(folder, "tokens.txt");
  writeFileSync(path, "# who may do what\nr read\nc correct\nt  train\na admin\nall\n\n");
  const tokens = await readTokens(path);
  const { url } = await startServer({
    host: "0.0.0.0",
    tokens,
    corrections: join(folder, "scoped"),
    runs: folder,
    allowTraining: true,
  });
  const statuses = async (token: string): Promise<number[]> => {
    const headers = { authorization: `Bearer ${token}` };
    const answers = [
      await send(`${url}/v1/models`, { headers }),
      await create(url, headers),
      await send(`${url}/v1/corrections/none/train`, { method: "DELETE", headers }),
      await send(`${url}/v1/models/example/reload`, { method: "POST", headers }),
    ];
    return answers.map(({ status }) => status);
  };
  expect(await statuses("none")).toEqual([401, 401, 401, 401]);
  expect(await statuses("r")).toEqual([200, 403, 403, 403]);
  expect(await statuses("c")).toEqual([200, 201, 403, 403]);
  expect(await statuses("t")).toEqual([200, 201, 404, 403]);
  expect(await statuses("a")).toEqual([200, 201, 404, 200]);
  expect(await statuses("all")).toEqual([200, 201, 404, 200]);
});

test("a token with an unknown scope is refused with its line", async () => {
  const path = join(folder, "wrong.txt");
  writeFileSync(path, "fine read\nwrong write\n");
  await expect(readTokens(path)).rejects.toThrow(/line 2 of .*wrong\.txt/);
});
