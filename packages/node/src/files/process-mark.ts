import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Names a process so that a later one with the same number is not mistaken for it. */
export interface ProcessMark {
  readonly host: string;
  readonly pid: number;
  /**
   * When it started: clock ticks since the system's start, as Linux counts them. Absent on other
   * systems, where the number alone has to do.
   */
  readonly start?: string | undefined;
}

/** What is known of a process: `unknown` on another machine, where it cannot be checked. */
export type ProcessState = "alive" | "gone" | "unknown";

let own: ProcessMark | undefined;

/** The mark of this process. */
export function ownMark(): ProcessMark {
  own ??= markOf(process.pid);
  return own;
}

/** The mark of a process that runs on this machine. */
export function markOf(pid: number): ProcessMark {
  const start = statusOf(pid)?.start;
  return { host: hostname(), pid, ...(start === undefined ? {} : { start }) };
}

/** Whether the process with this mark still runs. A later one with its number is another. */
export function processState({ host, pid, start }: ProcessMark): ProcessState {
  if (host !== hostname()) return "unknown";
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process exists but belongs to another user.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return "gone";
  }
  const status = statusOf(pid);
  if (status === undefined) return "alive";
  if (status.ended || (start !== undefined && status.start !== start)) return "gone";
  return "alive";
}

/** Whether a value, such as the contents of a lock, is a mark. */
export function isMark(value: unknown): value is ProcessMark {
  if (typeof value !== "object" || value === null) return false;
  const { host, pid, start } = value as Record<string, unknown>;
  const named = typeof host === "string" && Number.isSafeInteger(pid) && (pid as number) > 0;
  return named && (start === undefined || typeof start === "string");
}

/** This process in a file's name: `1234-88412-1f0c9a2e`. */
export function markInName(mark: ProcessMark = ownMark()): string {
  return `${mark.pid}-${mark.start ?? "0"}-${hostInName(mark.host)}`;
}

/** The process of a mark in a file's name; `undefined` if it is of another machine. */
export function markFromName(name: string): ProcessMark | undefined {
  const [, pid, start, host] = /^(\d+)-(\d+)-([0-9a-f]{8})$/.exec(name) ?? [];
  if (pid === undefined || start === undefined || host !== hostInName(hostname())) return undefined;
  return { host: hostname(), pid: Number(pid), ...(start === "0" ? {} : { start }) };
}

function hostInName(host: string): string {
  return createHash("sha256").update(host).digest("hex").slice(0, 8);
}

/**
 * What Linux says of a process, `undefined` on other systems: fields 3 and 22 of
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html.
 */
function statusOf(pid: number): { readonly start: string; readonly ended: boolean } | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in parentheses, may hold spaces and parentheses.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const start = fields[19];
    return start === undefined ? undefined : { start, ended: fields[0] === "Z" || fields[0] === "X" };
  } catch {
    return undefined;
  }
}
