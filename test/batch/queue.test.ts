import { openQueue, parseQueueUrl } from "@weft-nlp/batch/queue";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Store, startStore, storeKinds, whyNoStore } from "../../scripts/store-services.mjs";

describe.each(storeKinds)("a queue on %s", (kind) => {
  const missing = whyNoStore(kind);
  let store: Store;
  beforeAll(async () => {
    if (missing === undefined) store = await startStore(kind);
  });
  afterAll(async () => store?.stop());
  const why = missing === undefined ? "" : ` (${missing})`;

  test.skipIf(missing !== undefined)(
    `does each job once, however often it is added, and keeps those that fail${why}`,
    async () => {
      const queue = await openQueue(store.url, "once", { attempts: 2 });
      const jobs = Array.from({ length: 30 }, (_, index) => ({ id: `job-${index}`, data: { index } }));
      await queue.add(jobs);
      await queue.add(jobs);
      expect(await queue.counts()).toEqual({ waiting: 30, active: 0, failed: 0 });
      const done: string[] = [];
      const failures: boolean[] = [];
      const worker = queue.work(
        async ({ id }) => {
          if (id === "job-7") throw new Error("seven cannot be done");
          done.push(id);
          return Promise.resolve();
        },
        { jobs: 3, onFailed: (_, __, last) => failures.push(last) },
      );
      await expect.poll(async () => queue.counts()).toEqual({ waiting: 0, active: 0, failed: 1 });
      expect(done.toSorted()).toEqual(
        jobs
          .map(({ id }) => id)
          .filter((id) => id !== "job-7")
          .toSorted(),
      );
      await expect.poll(() => failures).toEqual([false, true]);
      expect(await queue.stateOf("job-7")).toEqual({ state: "failed", failure: "seven cannot be done" });
      expect(await queue.stateOf("job-8")).toEqual({ state: "missing" });
      await worker.stop();
      await queue.retryFailed();
      expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
      await queue.close();
    },
  );

  test.skipIf(missing !== undefined)(
    `gives back the job of a worker that stops, goes on after its store was killed, and says if it is gone${why}`,
    async () => {
      const queue = await openQueue(store.url, "stopped");
      await queue.add([{ id: "long", data: {} }]);
      let takenTwice = false;
      const first = queue.work(async (job, signal) => {
        await job.progress({ share: 0.5 });
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
      });
      await expect.poll(async () => queue.stateOf("long")).toEqual({ state: "active", progress: { share: 0.5 } });
      await first.stop();
      expect(await queue.stateOf("long")).toMatchObject({ state: "waiting" });
      await store.kill();
      await store.start();
      const second = queue.work(async ({ lost }) => {
        takenTwice = true;
        expect(lost).toBe(0);
        return Promise.resolve();
      });
      await expect.poll(() => takenTwice).toBe(true);
      await second.stop();
      await queue.close();
      await store.kill();
      await expect(openQueue(store.url, "stopped")).rejects.toMatchObject({ code: "QUEUE_UNREACHABLE" });
    },
  );
});

test("addresses have a scheme that names a store, and never show a password", () => {
  expect(parseQueueUrl("valkeys://:secret@host:1/2")).toEqual({
    store: "redis",
    url: "rediss://:secret@host:1/2",
    shown: "valkeys://:…@host:1/2",
  });
  expect(parseQueueUrl("postgresql://me:s3:c@host/db?password=x&sslmode=require").shown).toBe(
    "postgresql://me:…@host/db?password=…&sslmode=require",
  );
  for (const wrong of ["localhost:6379", "http://host", "redis:", "redis://[", "amqp://me:secret@host"]) {
    expect(() => parseQueueUrl(wrong), wrong).toThrow(expect.objectContaining({ code: "QUEUE_URL_INVALID" }));
    expect(() => parseQueueUrl(wrong), wrong).not.toThrow(/secret/);
  }
});
