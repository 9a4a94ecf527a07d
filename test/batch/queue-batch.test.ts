import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Store, startStore, storeKinds, whyNoStore } from "../../scripts/store-services.mjs";
import { weft, weftPath } from "../e2e/weft-command.ts";

// The short form of scripts/queue-faults.mjs.

const folder = mkdtempSync(join(tmpdir(), "weft-queue-batch-"));
const model = fileURLToPath(new URL("../../examples/model", import.meta.url));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ends a worker at a record, as a defect in native code would. */
const plugin = `
const trim = String.prototype.trim;
String.prototype.trim = function () {
  if (process.connected && this.includes("FATAL")) process.kill(process.pid, "SIGKILL");
  return trim.call(this);
};
export function register() {}
`;
const fatal = 2;
const shards = 8;
const perShard = 4;

const batch = async (...args: string[]) => weft(["batch", ...args], { cwd: folder });

beforeAll(async () => {
  const texts = Array.from(
    { length: shards * perShard },
    (_, k) => `${k === fatal ? "FATAL " : ""}Mara Voss founded Kettle ${k}.\n`,
  );
  writeFileSync(join(folder, "in.txt"), texts.join(""));
  writeFileSync(join(folder, "plugin.mjs"), plugin);
  const cut = ["--records", String(perShard), "--plugin", "plugin.mjs", "--buckets", "0"];
  const planned = await batch("plan", "in.txt", "--model", model, ...cut, "--out", "plan");
  if (planned.code !== 0) throw new Error(planned.err);
});

describe.each(storeKinds)("a batch on a queue on %s", (kind) => {
  const missing = whyNoStore(kind);
  const why = missing === undefined ? "" : ` (${missing})`;
  test.skipIf(missing !== undefined)(
    `gives each record once, though a worker, the store and every worker of one record are killed${why}`,
    async () => {
      const store: Store = await startStore(kind);
      try {
        cpSync(join(folder, "plan"), join(folder, kind), { recursive: true });
        const args = ["run", kind, "--queue", store.url, "--lease", "2", "--threads", "1"];
        const first = spawn(process.execPath, [weftPath, "batch", ...args], { cwd: folder, stdio: "ignore" });
        await untilIt(() => files(`${kind}/attempts`) > 0, first);
        first.kill("SIGKILL");
        const second = batch(...args);
        await untilIt(() => files(`${kind}/manifest`) > 1);
        await store.kill();
        await store.start();
        const { code, err } = await second;
        expect([code, err]).toEqual([3, expect.stringContaining("quarantined")]);
        expect((await batch("verify", kind)).code).toBe(0);
        await batch("collect", kind, "--out", `${kind}.jsonl`, "--quarantine", `${kind}-bad.jsonl`);
        expect(lines(`${kind}-bad.jsonl`).map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([fatal + 1]);
        const found = lines(`${kind}.jsonl`).map((line) => JSON.parse(line) as { id: string; text: string });
        const others = Array.from({ length: shards * perShard }, (_, k) => k).filter((k) => k !== fatal);
        expect(found.map(({ id, text }) => `${id} ${text}`)).toEqual(
          others.map((k) => `in.txt:${k + 1} Mara Voss founded Kettle ${k}.`),
        );
      } finally {
        await store.stop();
      }
    },
  );
});

test("a queue and a part of an array exclude each other, and a wrong address is named", async () => {
  expect(await batch("run", "plan", "--queue", "redis://127.0.0.1:1", "--shard", "0/2")).toMatchObject({ code: 2 });
  const { code, err } = await batch("run", "plan", "--queue", "redis://:secret@127.0.0.1:1");
  expect([code, err]).toEqual([1, expect.stringMatching(/redis:\/\/:…@127\.0\.0\.1:1: .*ECONNREFUSED.*QUEUE_UNREACHABLE/)]);
  expect(err).not.toContain("secret");
});

async function untilIt(holds: () => boolean, child?: ChildProcess): Promise<void> {
  while (!holds() && (child === undefined || child.exitCode === null)) await wait(5);
}

function files(path: string): number {
  const place = join(folder, path);
  if (!existsSync(place)) return 0;
  return readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

function lines(name: string): string[] {
  return readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
}
