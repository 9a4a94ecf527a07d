import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { markFromName, markInName, processState } from "./process-mark.ts";

/**
 * A name beside a file or folder for what is being written. It holds the process that writes, so
 * that what a killed process leaves can be distinguished from work in progress.
 */
export function temporaryName(path: string): string {
  const name = `.${basename(path).slice(0, 180)}.${markInName()}.${randomBytes(4).toString("hex")}.tmp`;
  return join(dirname(path), name);
}

const swept = new Map<string, Promise<void>>();

/** Like `sweepFolder`, but only the first time that this process writes into the folder. */
export async function sweepOnce(folder: string): Promise<void> {
  const sweep = swept.get(folder) ?? sweepFolder(folder);
  swept.set(folder, sweep);
  await sweep;
}

/**
 * Removes the temporary files and folders that processes of this machine left in a folder when they
 * were killed. Leaves those of running processes, of other machines and of other programs.
 */
export async function sweepFolder(folder: string): Promise<void> {
  // A folder that cannot be read or changed stays as it is: what is written next reports it.
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const process = /^\..+\.(\d+-\d+-[0-9a-f]{8})\.[0-9a-f]{8}\.tmp$/.exec(name)?.[1];
    const mark = process === undefined ? undefined : markFromName(process);
    if (mark === undefined || processState(mark) !== "gone") continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
