import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built command, as it is installed. */
export const weftPath = fileURLToPath(new URL("../../packages/weft/bin/weft.js", import.meta.url));

if (!existsSync(new URL("../../packages/weft/dist/cli/main.js", import.meta.url))) {
  throw new Error("these tests start the built command; run npm run build first");
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  /** The signal to send when the command has begun to read; its standard input stays open. */
  readonly signal?: NodeJS.Signals;
}

/** Runs `weft` in its own process, without a terminal, and waits for its end. */
export async function weft(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return node([weftPath, ...args], options);
}

/** Runs a Node script in the same way. */
export async function node(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { input, env, cwd, uid, signal } = options;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  // A failed command no longer reads its input.
  child.stdin.on("error", () => undefined);
  if (signal === undefined) child.stdin.end(input ?? "");
  // Twice what a socket holds: the write completes when the command has begun to read.
  else child.stdin.write(`${" ".repeat(255)}\n`.repeat(1 << 11), () => child.kill(signal));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

/** Runs a shell command line in which `weft` is the command under test. */
export async function shell(line: string, cwd: string): Promise<Ended> {
  const child = spawn(
    "bash",
    ["-c", `weft() { ${JSON.stringify(process.execPath)} ${JSON.stringify(weftPath)} "$@"; }\n${line}`],
    { cwd },
  );
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}
