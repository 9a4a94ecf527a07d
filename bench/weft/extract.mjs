// One case of `npm run bench -- extract`: runs the command on a file in a separate process. Prints
// one line of JSON; the measure is lines per second of wall time, of the processor time of all
// threads, or of that of the main thread, under the name that the harness reads.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readOptions } from "../lib/options.mjs";

const { options } = readOptions(process.argv.slice(2));
const { command, measure, threads, model, file } = options;
const lines = readFileSync(file, "utf8").trimEnd().split("\n").length;
const begun = performance.now();
const times = await run();
const wall = (performance.now() - begun) / 1000;
const seconds = { wall, ...times }[measure];
console.log(
  JSON.stringify({ sentences_per_second: lines / seconds, lines, wall, ...times, main_share: times.main / times.processor }),
);

/** @returns {Promise<{ processor: number, main: number }>} seconds of processor time */
function run() {
  const hook = new URL("../lib/processor-time.mjs", import.meta.url).href;
  const args = ["--import", hook, command, "extract", model, file, "--threads", threads];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let written = 0;
    let complaints = "";
    child.stdout.on("data", (chunk) => (written += chunk.toString("latin1").split("\n").length - 1));
    child.stderr.on("data", (chunk) => (complaints += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const times = /^processor (.*)$/m.exec(complaints)?.[1];
      if (code !== 0 || times === undefined) reject(new Error(`the command exited with ${code}: ${complaints}`));
      else if (written !== lines) reject(new Error(`${written} lines came out, expected ${lines}`));
      else resolve(JSON.parse(times));
    });
  });
}
