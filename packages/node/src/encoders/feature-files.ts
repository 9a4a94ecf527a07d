import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { fileFailure } from "../files/file-failure.ts";
import { cacheFolder } from "./cache-folder.ts";

/** A file of features in the cache. */
export interface FeatureFile {
  readonly path: string;
  /** The folder that it is in: one for each encoder and way of computing. */
  readonly group: string;
  readonly bytes: number;
  /** When it was last used, in milliseconds since 1970. */
  readonly used: number;
}

/** How much the features in the cache may take unless `WEFT_CACHE_LIMIT` says otherwise: 20 GiB. */
const defaultLimitBytes = 20 * 2 ** 30;

/** The folder of features in the cache. */
export function featureFolder(cache: string = cacheFolder()): string {
  return join(cache, "features");
}

/** The files of features in the cache, those that were not used for the longest time first. */
export async function listFeatureFiles(cache: string = cacheFolder()): Promise<FeatureFile[]> {
  const root = featureFolder(cache);
  const groups = await readdir(root).catch(() => []);
  const found = await Promise.all(
    groups.map(async (group) => {
      const names = await readdir(join(root, group)).catch(() => []);
      return Promise.all(names.map(async (name) => fileAt(join(root, group, name), group)));
    }),
  );
  return found
    .flat()
    .filter((file) => file !== undefined)
    .sort((x, y) => x.used - y.used || (x.path < y.path ? -1 : 1));
}

async function fileAt(path: string, group: string): Promise<FeatureFile | undefined> {
  try {
    const status = await stat(path);
    return status.isFile() ? { path, group, bytes: status.size, used: status.mtimeMs } : undefined;
  } catch {
    return undefined; // removed meanwhile
  }
}

/**
 * Removes features until they take no more than a limit, those first that were not used for the
 * longest time.
 *
 * @param limitBytes 0 removes all
 * @returns what was removed
 * @throws {FileError} FILE_DENIED or similar
 */
export async function trimFeatures(limitBytes: number, cache: string = cacheFolder()): Promise<FeatureFile[]> {
  const all = await listFeatureFiles(cache);
  let left = all.reduce((total, { bytes }) => total + bytes, 0);
  const removed: FeatureFile[] = [];
  for (const file of all) {
    if (left <= limitBytes) break;
    try {
      await rm(file.path, { force: true });
    } catch (cause) {
      throw fileFailure(cause, file.path, "write");
    }
    left -= file.bytes;
    removed.push(file);
  }
  return removed;
}

/**
 * How many bytes the features in the cache may take: `WEFT_CACHE_LIMIT`, else 20 GiB.
 *
 * @throws {UsageError} if the variable is no size
 */
export function cacheLimit(environment: NodeJS.ProcessEnv = process.env): number {
  const text = environment["WEFT_CACHE_LIMIT"];
  if (text === undefined || text === "") return defaultLimitBytes;
  return parseBytes(text, "WEFT_CACHE_LIMIT");
}

/**
 * Reads a size: `500MB`, `1.5 GiB`, `0`.
 *
 * @param what the option or variable that gives it
 * @throws {UsageError} if it is none
 */
export function parseBytes(text: string, what: string): number {
  const [, amount = "", prefix = "", binary = ""] = /^(\d+(?:\.\d+)?) ?([kmgt]?)(i?)b?$/i.exec(text.trim()) ?? [];
  if (amount === "") throw new UsageError(`${what} is ${JSON.stringify(text)}`, "expected a size such as 500MB, 20GiB or 0");
  return Math.round(Number(amount) * (binary === "" ? 1000 : 1024) ** " kmgt".indexOf(prefix.toLowerCase() || " "));
}
