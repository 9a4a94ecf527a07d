// A server in a separate process, and clients in this one. Prints a measurement as its last line.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { closedLoop, openLoop, quantile } from "../lib/http-load.mjs";
import { readOptions } from "../lib/options.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const { options } = readOptions(process.argv.slice(2));
const model = options.model ?? path("../../examples/model");
const bodies = readFileSync(path("../../examples/corpus/test.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line))
  .map(({ text, tokens }) => JSON.stringify({ text: text ?? tokens.join(" ") }));

const server = await startServer(
  options.soak === undefined ? [] : ["--deadline", options.deadline ?? "1000", "--queue", "100000"],
);
try {
  const url = `${server.url}/v1/extract`;
  // The JIT compilers need some thousands of requests before the server reaches full speed.
  const started = performance.now();
  for (let warm = 0; warm < 4000 && performance.now() - started < 20_000; ) {
    warm += (await closedLoop({ url, bodies, clients: 32, seconds: 1 })).answers.length;
  }
  if (options.soak === undefined) await measure(url);
  else await soak(url, Number(options.soak));
} finally {
  server.child.kill("SIGTERM");
}

async function measure(url) {
  const before = processorMs();
  const { answers, took } = await closedLoop({
    url,
    bodies,
    clients: Number(options.clients ?? 64),
    seconds: Number(options.seconds ?? 4),
  });
  const processor_ms = (processorMs() - before) / answers.length;
  const wrong = answers.filter(({ status }) => status !== 200);
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${answers.length} requests were answered ${wrong[0].status}`);
  const times = answers.map(({ ms }) => ms);
  const latency_ms = { p50: quantile(times, 0.5), p95: quantile(times, 0.95), p99: quantile(times, 0.99) };
  console.log(
    JSON.stringify({ sentences_per_second: answers.length / took, latency_ms, processor_ms, rss_mb: memoryMb("VmHWM") }),
  );
}

/**
 * Runs at twice the server's capacity for minutes: memory stays level, every request gets an
 * answer, and accepted ones get it in time.
 */
async function soak(url, minutes) {
  const { answers, took } = await closedLoop({ url, bodies, clients: 64, seconds: 8 });
  const capacity = answers.length / took;
  const deadline = Number(options.deadline ?? 1000);
  const rate = 2 * capacity;
  console.error(
    `capacity ${capacity.toFixed(0)} requests/s; now ${rate.toFixed(0)} a second for ${minutes} min, deadline ${deadline} ms`,
  );
  const memory = [];
  const { statuses, accepted, sent, skipped } = await openLoop({
    url,
    bodies,
    rate,
    seconds: minutes * 60,
    connections: Number(options.connections ?? 4000),
    onSecond: (second, { underWay, statuses: soFar }) => {
      memory.push(memoryMb("VmRSS"));
      if (second % 10 === 0)
        console.error(`${second} s: ${memory.at(-1)} MB, ${underWay} under way, ${JSON.stringify(Object.fromEntries(soFar))}`);
    },
  });
  const part = (from, to) => memory.slice(Math.floor(from * memory.length), Math.floor(to * memory.length));
  const mean = (values) => Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
  const result = {
    capacity: Math.round(capacity),
    rate: Math.round(rate),
    sent,
    not_sent_for_want_of_connections: skipped,
    statuses: Object.fromEntries(statuses),
    unanswered: statuses.get(0) ?? 0,
    accepted_ms: {
      p50: quantile(accepted, 0.5),
      p99: quantile(accepted, 0.99),
      max: accepted.reduce((max, ms) => Math.max(max, ms), 0),
    },
    memory_mb: { second_fifth: mean(part(0.2, 0.4)), last_fifth: mean(part(0.8, 1)), max: Math.max(...memory) },
  };
  console.error(JSON.stringify(result, undefined, 1));
  console.log(
    JSON.stringify({
      ...result,
      sentences_per_second: accepted.length / (minutes * 60),
      latency_ms: { p50: result.accepted_ms.p50, p95: quantile(accepted, 0.95), p99: result.accepted_ms.p99 },
      rss_mb: memoryMb("VmHWM"),
    }),
  );
}

function memoryMb(field) {
  const [, kb = "0"] =
    new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kb) / 1024);
}

/**
 * Processor time of the server so far, over all threads, excluding other processes.
 */
function processorMs() {
  const fields = readFileSync(`/proc/${server.child.pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function startServer(extra) {
  const batch = ["batch", "batch-wait", "threads"].flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, options[name]],
  );
  const args = [
    path("../../packages/weft/bin/weft.js"),
    "serve",
    model,
    "--port",
    "0",
    "--json",
    "--log-level",
    "error",
    ...batch,
    ...extra,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  // Stopping the measurement stops the server.
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      child.kill();
      process.exit(1);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the server exited with ${code}`)));
    child.stdout.once("data", (line) => resolve({ child, url: JSON.parse(line).url }));
  });
}
