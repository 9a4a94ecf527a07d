import { spawn } from "node:child_process";

const usualLimitMs = 10 * 60 * 1000;

/**
 * Runs the cases A B B A ..., so that a machine that slows down affects all of them. A failed case
 * is not run again.
 */
export async function runInTurn(cases, rounds, report) {
  const samples = new Map(cases.map((one) => [one, []]));
  const failures = [];
  for (let round = 1; round <= rounds; round++) {
    for (const one of round % 2 === 1 ? cases : cases.toReversed()) {
      const label = [one.group, one.name].filter(Boolean).join(", ");
      if (one.skip !== undefined || failures.some((failure) => failure.case === one)) continue;
      try {
        const sample = await runCase(one);
        samples.get(one).push(sample);
        report(`round ${round}: ${label}: ${sample.sentences_per_second}`);
      } catch (error) {
        failures.push({ case: one, name: label, reason: error.message });
        report(`round ${round}: ${label}: failed: ${error.message}`);
      }
    }
  }
  return { samples, failures: failures.map(({ name, reason }) => ({ name, reason })) };
}

function runCase({ command, args, env, limitMs = usualLimitMs }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: limitMs });
    let output = "";
    let complaints = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (complaints += chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== 0) return reject(new Error(`exited with ${signal ?? code}: ${errorLine(complaints)}`));
      try {
        const sample = JSON.parse(lastLine(output));
        if (!(sample.sentences_per_second > 0)) throw new Error("no sentences_per_second");
        resolve(sample);
      } catch (error) {
        reject(new Error(`its last line is not a measurement (${error.message}): ${lastLine(output)}`));
      }
    });
  });
}

/** The line that names an error; Node prints a trace and its version behind it. */
const errorLine = (text) => text.split("\n").find((line) => /^\w*Error\b/.test(line)) ?? lastLine(text);

const lastLine = (text) => text.trimEnd().split("\n").at(-1) ?? "";
