/**
 * Keeps a server at a multiple of its load while its worker threads end one after the other.
 * Measures what it can do first. Then checks every answer against the one it gave alone, counts
 * statuses, and compares times and memory with what docs/server.md promises.
 *
 * `node scripts/server-soak.mjs --seconds 600 --load 2 --kill-every 20`
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    load: { type: "string", default: "2" },
    "kill-every": { type: "string", default: "20" },
    deadline: { type: "string", default: "30000" },
    threads: { type: "string", default: "2" },
    model: { type: "string", default: join(root, "examples/model") },
  },
});
const seconds = Number(values.seconds);
const deadlineMs = Number(values.deadline);
const killEveryMs = 1000 * Number(values["kill-every"]);

/**
 * @typedef {{ status: number, text: string, ms: number, retryAfter: string | undefined }} Answer
 */

const agent = new Agent({ keepAlive: true });
const server = await startServer();
try {
  const bodies = requestBodies();
  const expected = [];
  for (const body of bodies) {
    const { status, text } = await ask(body);
    if (status !== 200) throw new Error(`the server answered ${status} to a request that came alone: ${text}`);
    expected.push(text);
  }
  const rate = await capacity(bodies);
  console.log(
    `alone it answers ${rate.toFixed(0)} requests a second; it gets ${(rate * Number(values.load)).toFixed(0)} for ${seconds} s`,
  );
  const found = await soak(bodies, expected, rate * Number(values.load));
  report(found);
} finally {
  agent.destroy();
  server.process.kill("SIGTERM");
}

/** Starts `weft serve`; SIGUSR2 ends its oldest worker thread. */
async function startServer() {
  const hook = `const threads = new Set();
    process.on("worker", (thread) => { threads.add(thread); thread.once("exit", () => threads.delete(thread)); });
    process.on("SIGUSR2", () => void [...threads][0]?.terminate());`;
  const options = ["serve", values.model, "--port", "0", "--json", "--log-level", "silent", "--deadline", values.deadline];
  const args = [
    "--import",
    `data:text/javascript,${encodeURIComponent(hook)}`,
    join(root, "packages/weft/bin/weft.js"),
    ...options,
  ];
  const child = spawn(process.execPath, [...args, "--threads", values.threads], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.kind === "ready") return { process: child, url: new URL(event.url) };
  }
  throw new Error("the server did not start");
}

/** Requests of many sizes: sentences, articles and lists of them. */
function requestBodies() {
  const lines = readFileSync(join(root, "examples/corpus/test.jsonl"), "utf8").trim().split("\n");
  const sentences = lines.map((line) => /** @type {{ text: string }} */ (JSON.parse(line)).text);
  const textOf = (/** @type {number} */ from, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, k) => sentences[(from + k) % sentences.length]).join(" ");
  return Array.from({ length: 100 }, (_, k) => {
    if (k % 20 === 19) return JSON.stringify({ documents: Array.from({ length: 40 }, (_, i) => textOf(7 * k + i, 2)) });
    return JSON.stringify({ text: textOf(7 * k, k % 4 === 3 ? 10 + (k % 11) : 1 + (k % 3)) });
  });
}

/**
 * @param {string} body
 * @returns {Promise<Answer>} status 0 if no answer came
 */
function ask(body) {
  const started = performance.now();
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(new URL("/v1/extract", server.url), { method: "POST", agent, headers }, (answer) => {
      /** @type {Buffer[]} */
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", () => undefined);
      answer.on("close", () => {
        const status = answer.complete ? (answer.statusCode ?? 0) : 0;
        const ms = performance.now() - started;
        resolve({ status, text: Buffer.concat(parts).toString(), ms, retryAfter: answer.headers["retry-after"] });
      });
    });
    sent.on("error", () => resolve({ status: 0, text: "", ms: performance.now() - started, retryAfter: undefined }));
    sent.end(body);
  });
}

/**
 * @param {string[]} bodies
 * @returns {Promise<number>} requests a second with 16 clients, the best of three rounds
 */
async function capacity(bodies) {
  let best = 0;
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    let done = 0;
    const client = async (/** @type {number} */ first) => {
      for (let k = first; performance.now() - started < 5000; k++, done++) await ask(bodies[k % bodies.length] ?? "");
    };
    await Promise.all(Array.from({ length: 16 }, (_, k) => client(6 * k)));
    best = Math.max(best, (1000 * done) / (performance.now() - started));
  }
  return best;
}

/**
 * Sends at a fixed rate, whatever comes back.
 *
 * @param {string[]} bodies @param {string[]} expected @param {number} rate
 */
async function soak(bodies, expected, rate) {
  /** @type {Map<number, number[]>} */
  const times = new Map();
  const memory = /** @type {number[]} */ ([]);
  const wrong = { answers: 0, refusals: 0 };
  let ends = 0;
  const note = (/** @type {Answer} */ { status, text, ms, retryAfter }, /** @type {string | undefined} */ right) => {
    const list = times.get(status) ?? [];
    times.set(status, list);
    list.push(ms);
    if (status === 200 && text !== right) {
      wrong.answers++;
      if (wrong.answers === 1) console.log(`wrong: ${text.slice(0, 2000)}\nright: ${right?.slice(0, 2000)}`);
    }
    if (status === 503 && !(Number(retryAfter) >= 1)) wrong.refusals++;
  };
  const lag = monitorEventLoopDelay();
  lag.enable();
  const killer = setInterval(() => {
    ends++;
    server.process.kill("SIGUSR2");
  }, killEveryMs);
  const watcher = setInterval(() => void residentBytes().then((bytes) => memory.push(bytes)), 1000);
  /** @type {Set<Promise<void>>} */
  const open = new Set();
  const started = performance.now();
  for (let sent = 0; performance.now() - started < 1000 * seconds; await sleep(5)) {
    for (; sent < ((performance.now() - started) * rate) / 1000; sent++) {
      const k = sent % bodies.length;
      const one = ask(bodies[k] ?? "").then((answer) => note(answer, expected[k]));
      open.add(one);
      void one.finally(() => open.delete(one));
    }
  }
  clearInterval(killer);
  clearInterval(watcher);
  await Promise.all(open);
  console.log(
    `the client's own event loop: 99 % below ${(lag.percentile(99) / 1e6).toFixed(0)} ms, max ${(lag.max / 1e6).toFixed(0)} ms`,
  );
  return { times, memory, wrong, ends };
}

async function residentBytes() {
  const answer = await fetch(new URL("/metrics", server.url));
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(await answer.text())?.[1]);
}

/** @param {Awaited<ReturnType<typeof soak>>} found */
function report({ times, memory, wrong, ends }) {
  for (const [status, list] of [...times].toSorted(([a], [b]) => a - b)) {
    const [half, high] = [0.5, 0.99].map((share) => quantile(list, share).toFixed(0));
    console.log(`${status}: ${list.length} answers, median ${half} ms, 99 % in ${high} ms`);
  }
  const fifth = memory.length / 5;
  const fifths = Array.from({ length: 5 }, (_, k) =>
    quantile(memory.slice(Math.floor(k * fifth), Math.floor((k + 1) * fifth)), 0.5),
  );
  console.log(
    `${ends} worker threads ended; memory by fifths, MB: ${fifths.map((bytes) => (bytes / 1e6).toFixed(0)).join(", ")}`,
  );
  const grown = (fifths[4] ?? 0) / (fifths[1] ?? 1) - 1;
  const slowest = quantile(times.get(200) ?? [], 0.99);
  const checks = {
    "no wrong answer": wrong.answers === 0,
    "every 503 names a time to retry": wrong.refusals === 0,
    "only 200 and 503": [...times.keys()].every((status) => status === 200 || status === 503),
    [`99 % of the accepted in less than ${deadlineMs / 2} ms`]: slowest < deadlineMs / 2,
    [`memory in the last fifth within 5 % of the second: ${(100 * grown).toFixed(1)} %`]: grown < 0.05,
  };
  for (const [what, holds] of Object.entries(checks)) console.log(`${holds ? "ok    " : "FAILED"} ${what}`);
  if (!Object.values(checks).every(Boolean)) process.exitCode = 1;
}

/** @param {readonly number[]} list @param {number} share */
function quantile(list, share) {
  return list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(share * list.length))] ?? Number.NaN;
}
