import { hostname } from "node:os";
import { join } from "node:path";
import { FileError } from "../errors.ts";
import { breakLock, type Lock, takeLock } from "../files/lock-file.ts";

/**
 * Keeps other processes from training in a folder. A process that was killed leaves the lock, which
 * the next one takes over.
 *
 * @throws {FileError} FILE_IN_USE if another training runs there
 */
export async function lockRun(folder: string): Promise<Lock> {
  const path = lockPath(folder);
  return takeLock(path, folder, ({ host, pid }) => {
    const message = `process ${pid} on ${host} trains in this folder`;
    const hint = `wait for it or stop it, or choose another folder with --run; if it has ended, remove ${path}`;
    return new FileError("FILE_IN_USE", { at: { source: folder }, message, hint });
  });
}

/**
 * Removes the lock of a training on another machine, which cannot be checked from here. Only for
 * callers that know by other means that the training has ended.
 */
export async function breakForeignLock(folder: string): Promise<void> {
  await breakLock(lockPath(folder), ({ host }) => host !== hostname());
}

function lockPath(folder: string): string {
  return join(folder, ".lock");
}
