import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultLimits } from "../options.ts";
import { ModelRegistry } from "./model-registry.ts";

const folder = fileURLToPath(new URL("../../../../examples/model", import.meta.url));

/** Threads of this process that have not ended; new ones are reported after the current task. */
const alive = new Set<Worker>();
const note = (thread: Worker): void => {
  alive.add(thread);
  thread.once("exit", () => alive.delete(thread));
};
beforeAll(() => void process.on("worker", note));
afterAll(() => void process.off("worker", note));

const threads = async (): Promise<number> => {
  await nextTurn();
  return alive.size;
};

const open = async (...names: string[]): Promise<ModelRegistry> =>
  ModelRegistry.open(
    names.map((name) => ({ name, folder })),
    { compute: { threads: 1 }, limits: defaultLimits, logger: pino({ level: "silent" }) },
  );

test("a model that is reloaded while its registry closes is closed with it", async () => {
  const registry = await open("a", "b");
  const first = registry.reload("a");
  const closing = registry.close();
  const others = Promise.all([registry.reload("b"), registry.reload("b")]);
  await closing;
  await first;
  await others;
  expect(await threads()).toBe(0);
});

test("a replaced model is closed with its last request, or with the registry", async () => {
  const registry = await open("a");
  const leases = [registry.lease("a"), registry.lease("a")];
  await registry.reload("a");
  expect(registry.lease("a").served).not.toBe(leases[0]?.served);
  leases[0]?.release();
  leases[0]?.release();
  expect(await threads()).toBe(2);
  leases[1]?.release();
  await expect.poll(threads).toBe(1);
  registry.lease("a");
  await registry.reload("a");
  expect(await threads()).toBe(2);
  await registry.close();
  expect(await threads()).toBe(0);
});
