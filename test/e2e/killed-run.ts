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
  /** From its first line to its end. */
  readonly ms: number;
}

/** Runs `weft train … --json` and ends it by a signal so many milliseconds after the training has begun; without one, waits for its end. */
export async function trainAndKill(
  args: readonly string[],
  { cwd, signal, afterMs = 0 }: { cwd: string; signal?: NodeJS.Signals; afterMs?: number },
): Promise<Killed> {
  const child = spawn(process.execPath, [weftPath, "train", ...args, "--json"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  let begun = 0;
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (out === "") {
      begun = performance.now();
      if (signal !== undefined) setTimeout(() => child.kill(signal), afterMs);
    }
    out += text;
  });
  const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on("close", (...how) => resolve(how)),
  );
  return { code, signal: by, lines: out.split("\n").slice(0, -1), err, ms: performance.now() - begun };
}
