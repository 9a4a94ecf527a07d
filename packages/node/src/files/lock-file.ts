import { createHash, randomBytes } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileFailure, systemCodeOf } from "./file-failure.ts";
import { isMark, ownMark, type ProcessMark, processState } from "./process-mark.ts";
import { temporaryName } from "./temporary-files.ts";

/** Held until it is released. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a lock that belongs to this process: a small file with its mark. The lock of a process that
 * no longer runs is taken over. That of a process of another machine is respected, since it cannot
 * be checked.
 *
 * @param path the file; its folder must exist
 * @param source what the lock is for, for error messages
 * @param busy makes the error for a lock that another process holds, or this one
 * @throws {FileError} when the system refuses
 */
export async function takeLock(path: string, source: string, busy: (holder: ProcessMark) => Error): Promise<Lock> {
  const own = ownText();
  try {
    for (let tries = 1; !(await create(path, own)); tries++) {
      const found = await contents(path);
      if (found === undefined) continue;
      const holder = runningHolder(found);
      if (holder !== undefined) throw busy(holder);
      const remover = await removeIfSame(path, found);
      if (remover === undefined) continue;
      if (tries >= maxTries) throw busy(remover);
      await pause(pauseMs);
    }
  } catch (cause) {
    throw fileFailure(cause, source, "write");
  }
  return { release: async () => void (await removeIfSame(path, own).catch(() => undefined)) };
}

/**
 * Removes a lock if its holder is one that the caller knows to be gone.
 *
 * @param isGone decides for the mark in the lock
 */
export async function breakLock(path: string, isGone: (holder: ProcessMark) => boolean): Promise<void> {
  const found = await contents(path);
  const holder = found === undefined ? undefined : holderIn(found);
  if (found !== undefined && holder !== undefined && isGone(holder)) await removeIfSame(path, found);
}

/** @returns false if the file exists */
async function create(path: string, text: string): Promise<boolean> {
  const temporary = temporaryName(path);
  const handle = await open(temporary, "wx");
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
  try {
    // A link appears with its contents, so no process reads half of a lock.
    await link(temporary, path);
    return true;
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw cause;
    return await createPlainly(path, text);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** For file systems without hard links. */
async function createPlainly(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, "wx");
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") return false;
    throw cause;
  }
}

async function contents(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw cause;
  });
}

function holderIn(text: string): ProcessMark | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMark(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes a lock with these contents, unless another process is about to.
 *
 * Several processes may find the same stale lock, and a slow one must not remove what the first has
 * put in its place. So each first takes a lock on the removal, named after the contents: while it
 * is held, no other removes them, and a lock with other contents stays.
 *
 * @returns the process that is removing them, if there is one
 */
export async function removeIfSame(path: string, text: string): Promise<ProcessMark | undefined> {
  const removal = `${path}.${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
  if (!(await create(removal, ownText()))) {
    const found = await contents(removal);
    return found === undefined ? undefined : (runningHolder(found) ?? (await removeIfSame(removal, found)));
  }
  try {
    if ((await contents(path)) === text) await rm(path, { force: true });
  } finally {
    await rm(removal, { force: true });
  }
  return undefined;
}

/** How often and how long to wait for a process that removes a stale lock. */
const maxTries = 400;
const pauseMs = 5;

/** What a lock of this process holds; different each time. */
function ownText(): string {
  return `${JSON.stringify({ ...ownMark(), key: randomBytes(8).toString("hex") })}\n`;
}

/** The process of a lock, unless it has ended. */
function runningHolder(text: string): ProcessMark | undefined {
  const holder = holderIn(text);
  return holder === undefined || processState(holder) === "gone" ? undefined : holder;
}
