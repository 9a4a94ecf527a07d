import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { Engine } from "./engine.ts";
import { padded } from "./matrix.ts";
import { normal, type Parameter, ParameterStore } from "./parameter-store.ts";

function transposedOf(engine: Engine, { rows, stride, transposed }: Parameter): number[][] {
  const cells = engine.heap.floats(transposed, stride * padded(rows));
  return Array.from({ length: stride }, (_, i) => [...cells.subarray(i * padded(rows), (i + 1) * padded(rows))]);
}

describe.each(["plain", "baseline"] as const)("transposed copies with %s kernels", (build) => {
  test("follow the weights, padding included", () => {
    const engine = Engine.create({ build });
    const store = new ParameterStore(engine.heap, { seed: 1 });
    const gates = store.add("gates", 3, 4, normal(1), { blocks: 2 });
    const single = store.add("single", 1, 3, normal(1));
    store.add("words", 7, 5, normal(1), { kind: "table" });
    store.write(gates, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    store.write(single, [7, 8, 9]);
    engine.refreshTransposed(store);
    const empty = [0, 0, 0, 0];
    const [first, second] = [
      [1, 5, 9, 0],
      [2, 6, 10, 0],
    ];
    const [third, fourth] = [
      [3, 7, 11, 0],
      [4, 8, 12, 0],
    ];
    expect(transposedOf(engine, gates)).toEqual([first, second, empty, empty, third, fourth, empty, empty]);
    expect(transposedOf(engine, single)).toEqual([[7, 0, 0, 0], [8, 0, 0, 0], [9, 0, 0, 0], empty]);
    store.write(single, [1, 0, 0]);
    engine.refreshTransposed(store);
    expect(transposedOf(engine, single)[0]).toEqual([1, 0, 0, 0]);
  });
});

const built = fileURLToPath(new URL("../../dist/index.js", import.meta.url));

describe.skipIf(!existsSync(built))(
  "threads on one memory (skipped where dist is not built: a worker cannot load the sources)",
  () => {
    const source = `
    import { parentPort, workerData } from "node:worker_threads";
    const { Engine, ParameterStore, zeros } = await import(workerData.library);
    const engine = Engine.attach(workerData.memory, workerData.build);
    const store = new ParameterStore(engine.heap, { layout: workerData.layout });
    const weight = store.add("weight", 2, 3, zeros);
    const places = [];
    for (let k = 0; k < 200; k++) {
      const at = engine.heap.allocate(4096);
      engine.heap.floats(at, 1024).fill(workerData.id);
      places.push(at);
    }
    engine.kernels.scale({ n: 8, factor: 2, y: workerData.sums[workerData.id] });
    parentPort.postMessage({ places, weight: [...store.read(weight)] });
  `;

    test.each(["plain", "baseline"] as const)("read the same weights and never get the same space, %s kernels", async (build) => {
      const engine = Engine.create({ build, shared: true });
      const store = new ParameterStore(engine.heap, { seed: 1 });
      const weight = store.add("weight", 2, 3, normal(1));
      const sums = [0, 1, 2].map(() => engine.heap.allocate(32));
      for (const at of sums) engine.heap.floats(at, 8).fill(1.5);
      const replies = await Promise.all(
        [0, 1, 2].map(
          (id) =>
            new Promise<{ places: number[]; weight: number[] }>((resolve, reject) => {
              const workerData = {
                id,
                build,
                memory: engine.heap.memory,
                layout: store.layout,
                sums,
                library: new URL(`file://${built}`).href,
              };
              const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
                workerData,
                execArgv: [],
              });
              worker.once("message", resolve);
              worker.once("error", reject);
            }),
        ),
      );
      const places = replies.flatMap((reply) => reply.places);
      expect(new Set(places).size).toBe(600);
      for (const [id, reply] of replies.entries()) {
        expect(reply.weight).toEqual([...store.read(weight)]);
        for (const at of reply.places) expect(engine.heap.floats(at, 1024).every((value) => value === id)).toBe(true);
        expect([...engine.heap.floats(sums[id] ?? 0, 8)]).toEqual(new Array(8).fill(3));
      }
      const own = engine.heap.allocate(64);
      expect(places.every((at) => at + 4096 <= own || own + 64 <= at)).toBe(true);
    });
  },
);
