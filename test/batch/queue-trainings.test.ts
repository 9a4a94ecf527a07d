import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openQueue } from "@weft-nlp/batch/queue";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStore, storeKinds, whyNoStore } from "../../scripts/store-services.mjs";
import { writeTinyCorpus } from "../e2e/tiny-corpus.ts";
import { weft, weftPath } from "../e2e/weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-queue-trainings-"));
const run = async (...args: string[]) => weft(args, { cwd: folder });
const read = (path: string): string => readFileSync(join(folder, path), "latin1");
const settings = ["--deterministic", "--set", "training.epochs=3", "--seeds", "2", "--checkpoint-seconds", "0"];

beforeAll(async () => {
  writeTinyCorpus(folder);
  const trained = await run("repeat", "weft.yaml", ...settings, "--threads", "1", "--run", "here");
  if (trained.code !== 0) throw new Error(trained.err);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(storeKinds)("trainings on a queue on %s", (kind) => {
  const missing = whyNoStore(kind);
  const why = missing === undefined ? "" : ` (${missing})`;
  test.skipIf(missing !== undefined)(
    `give the bytes of weft repeat, though a worker is killed while it trains${why}`,
    async () => {
      const store = await startStore(kind);
      try {
        const work = ["worker", "--queue", store.url, "--threads", "1", "--lease", "2"];
        const first = spawn(process.execPath, [weftPath, ...work], { cwd: folder, stdio: "ignore" });
        const training = run("repeat", "weft.yaml", ...settings, "--run", kind, "--queue", store.url);
        const begun = () => ["seed-1", "seed-2"].some((seed) => existsSync(join(folder, kind, seed, "events.jsonl")));
        while (!begun()) await wait(2);
        first.kill("SIGKILL");
        const second = spawn(process.execPath, [weftPath, ...work], { cwd: folder, stdio: "ignore" });
        const { code, err } = await training;
        expect([code, err]).toEqual([0, expect.not.stringContaining("failed")]);
        for (const file of ["model/model.safetensors", "events.jsonl", "report.json", "config.yaml"]) {
          for (const seed of ["seed-1", "seed-2"]) {
            expect(read(`${kind}/${seed}/${file}`), `${seed}/${file}`).toBe(read(`here/${seed}/${file}`));
          }
        }
        expect(read(`${kind}/report.json`)).toBe(read("here/report.json"));
        second.kill("SIGTERM");
        expect(await new Promise((resolve) => second.on("close", resolve))).toBe(143);
      } finally {
        await store.stop();
      }
    },
  );
});

const here = storeKinds.find((kind) => whyNoStore(kind) === undefined);
test.skipIf(here === undefined)(
  `a training that fails says why where it was asked for, and what others write into the queue does nothing${here === undefined ? " (no store)" : ""}`,
  async () => {
    const store = await startStore(here ?? "redis");
    try {
      const work = ["worker", "--queue", store.url, "--threads", "1"];
      const worker = spawn(process.execPath, [weftPath, ...work], { cwd: folder, stdio: "ignore" });
      const wrong = ["--seeds", "1", "--set", "vectors=train.jsonl", "--run", "bad"];
      const bad = await run("repeat", "weft.yaml", ...wrong, "--queue", store.url);
      expect([bad.code, bad.err]).toEqual([1, expect.stringContaining("VECTORS_INVALID")]);
      worker.kill("SIGTERM");
      await new Promise((resolve) => worker.on("close", resolve));
      const queue = await openQueue(store.url, "trainings", { attempts: 1 });
      const compute = {};
      await queue.add([{ id: "strange", data: { run: { name: "x", folder: join(folder, "strange"), config: {} }, compute } }]);
      const last = await run(...work, "--until-empty");
      expect([last.code, last.err]).toEqual([1, expect.stringContaining("JOB_INVALID")]);
      expect(existsSync(join(folder, "strange"))).toBe(false);
      await queue.close();
    } finally {
      await store.stop();
    }
  },
);
