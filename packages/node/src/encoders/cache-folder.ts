import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * The folder of what Weft can fetch or compute again: `WEFT_CACHE`, or `weft` in the system's
 * folder for caches (`XDG_CACHE_HOME`, `LOCALAPPDATA` on Windows, else `.cache` in the home
 * folder).
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment["WEFT_CACHE"];
  if (own !== undefined && own !== "") return resolve(own);
  const usual = environment["XDG_CACHE_HOME"] || (process.platform === "win32" ? environment["LOCALAPPDATA"] : undefined);
  return join(usual || join(homedir(), ".cache"), "weft");
}
