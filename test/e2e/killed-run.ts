import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const weftPath = fileURLToPath(new URL("../../packages/weft/bin/weft.js", import.meta.url));

export interface Killed {
  /** The exit code, or nothing where the system ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said on standard output, a line each: the events of the training. */
  readonly lines: readonly string[];
  readonly err: string;
}

/**
 * When a training gets a signal: a while after it has said so many lines. Lines, since how long
 * anything takes depends on the machine.
 */
export interface Stop {
  readonly signal: NodeJS.Signals;
  readonly afterLines: number;
  readonly andMs?: number;
}

/** Runs `weft train … --json` to its end, or to the signal. */
export async function trainJson(args: readonly string[], cwd: string, stop?: Stop): Promise<Killed> {
  const child = spawn(process.execPath, [weftPath, "train", ...args, "--json"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err, seen] = ["", "", 0];
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const before = seen;
    out += text;
    seen += text.split("\n").length - 1;
    if (stop !== undefined && before < stop.afterLines && seen >= stop.afterLines) {
      setTimeout(() => child.kill(stop.signal), stop.andMs ?? 0);
    }
  });
  const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on("close", (...how) => resolve(how)),
  );
  return { code, signal: by, lines: out.split("\n").slice(0, -1), err };
}
