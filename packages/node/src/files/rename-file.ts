import { rename } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { systemCodeOf } from "./file-failure.ts";

/**
 * Renames a file or a folder, as `rename` of `node:fs` does.
 *
 * On Windows this fails while another program has one of the two open, as virus scanners, indexers
 * and editors do for a moment; there it is retried for two seconds.
 *
 * @param system for tests
 */
export async function renameFile(
  from: string,
  to: string,
  system: System = { platform: process.platform, rename },
): Promise<void> {
  for (const ms of system.platform === "win32" ? pausesMs : []) {
    try {
      return await system.rename(from, to);
    } catch (cause) {
      if (!busyCodes.has(systemCodeOf(cause))) throw cause;
    }
    await pause(ms);
  }
  await system.rename(from, to);
}

interface System {
  readonly platform: NodeJS.Platform;
  readonly rename: typeof rename;
}

/** What Windows reports for a file in use; it uses the first two for missing rights too. */
const busyCodes = new Set<string | undefined>(["EACCES", "EPERM", "EBUSY"]);

const pausesMs = [10, 20, 40, 80, 150, 300, 600, 800];
