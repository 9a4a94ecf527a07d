import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { extract, modelFolder, send, sentence } from "../server/test-server.ts";
import { weftPath } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-serve-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
  /** The contents of standard error so far. */
  readonly log: () => string;
  readonly ended: Promise<number | null>;
}

async function serve(...args: string[]): Promise<Serving> {
  const child = spawn(process.execPath, [weftPath, "serve", ...args, "--port", "0", "--threads", "1", "--json"], {
    cwd: folder,
    env: { PATH: process.env["PATH"] },
  });
  children.push(child);
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const { kind, url, pid } = JSON.parse(line) as { kind: string; url: string; pid: number };
    expect([kind, pid]).toEqual(["ready", child.pid]);
    return { child, url, log: () => log, ended };
  }
  throw new Error(`the server ended before it was ready: ${log}`);
}

test.skipIf(process.platform === "win32")(
  "SIGHUP reloads the models; one that cannot be read stays as it was, and the log says why",
  async () => {
    const model = join(folder, "model");
    cpSync(modelFolder, model, { recursive: true });
    const { child, url, log, ended } = await serve(`m=${model}`, "--no-watch");
    const threshold = async (): Promise<number | undefined> =>
      ((await send(`${url}/v1/models`)).json as { models: { threshold: number }[] }).models[0]?.threshold;
    expect(await threshold()).toBe(0.5);
    const config = readFileSync(join(model, "config.json"), "utf8");
    writeFileSync(join(model, "config.json"), config.replace('"threshold": 0.5', '"threshold": 0.75'));
    child.kill("SIGHUP");
    await expect.poll(threshold).toBe(0.75);
    writeFileSync(join(model, "config.json"), "{");
    child.kill("SIGHUP");
    await expect.poll(log).toContain("a model could not be read");
    expect(log()).toContain("ARCHIVE_INVALID");
    expect(await threshold()).toBe(0.75);
    expect((await extract(url, { text: sentence })).status).toBe(200);
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect(log()).not.toContain("Mara");
  },
);

test.skipIf(process.platform !== "linux")("a SIGHUP during the first loading of models does not end the server", async () => {
  const starting = serve(`a=${modelFolder}`, `b=${modelFolder}`, `c=${modelFolder}`);
  const child = children.at(-1) as ChildProcess;
  // Signal 1 is the lowest bit of the mask of signals that a process handles.
  const listens = (): boolean => {
    const [, caught = "0"] = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
    return (Number.parseInt(caught.slice(-1), 16) & 1) === 1;
  };
  await expect.poll(listens, { interval: 1 }).toBe(true);
  child.kill("SIGHUP");
  const { url, ended } = await starting;
  expect((await send(`${url}/readyz`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await ended).toBe(143);
});
