import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const weftPath = fileURLToPath(new URL("../../packages/weft/bin/weft.js", import.meta.url));

export interface Killed {
  /** The exit code; null if the system ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The lines of standard output from the training's start on: its events. */
  readonly lines: readonly string[];
  readonly err: string;
}

/**
 * When to signal a training: a while after this many lines of output. Counts lines because
 * durations depend on the machine.
 */
export interface Stop {
  readonly signal: NodeJS.Signals;
  readonly afterLines: number;
  readonly andMs?: number;
}

/** Runs `weft train … --json` until its end or the signal. */
export async function trainJson(args: readonly string[], cwd: string, stop?: Stop): Promise<Killed> {
  const child = spawn(process.execPath, [weftPath, "train", ...args, "--json"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err, seen] = ["", "", 0];
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const before = seen;
    out += text;
    seen = eventLines(out).length;
    if (stop !== undefined && before < stop.afterLines && seen >= stop.afterLines) {
      setTimeout(() => child.kill(stop.signal), stop.andMs ?? 0);
    }
  });
  const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on("close", (...how) => resolve(how)),
  );
  return { code, signal: by, lines: eventLines(out), err };
}

function eventLines(out: string): string[] {
  const lines = out.split("\n").slice(0, -1);
  return lines[0]?.includes('"kind":"vectors"') === true ? lines.slice(1) : lines;
}
