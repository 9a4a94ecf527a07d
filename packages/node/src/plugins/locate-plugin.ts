import { realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FileError } from "../errors.ts";
import { readJsonFile } from "../files/json-file.ts";

/**
 * The file of a plugin.
 *
 * A name that is also a path in the folder means the path. A package is searched as Node searches
 * it: in `node_modules` of the folder and of those above.
 *
 * @throws {FileError} FILE_MISSING or PACKAGE_MISSING
 */
export async function locatePlugin(spec: string, folder: string): Promise<string> {
  const path = spec.startsWith("file:") ? fileURLToPath(spec) : resolve(folder, spec);
  const kind = await kindOf(path);
  if (kind === "file") return realpath(path);
  if (kind === "folder") return entryOf(path, ".", spec);
  if (/^\.{1,2}([\\/]|$)|^file:/.test(spec) || isAbsolute(spec)) throw missingFile(spec, path);
  const [, name = spec, inner = ""] = /^((?:@[^/]+\/)?[^/]+)(.*)$/.exec(spec) ?? [];
  for (let place = folder; ; place = dirname(place)) {
    const candidate = join(place, "node_modules", name);
    if ((await kindOf(candidate)) === "folder") return entryOf(candidate, `.${inner}`, spec);
    if (dirname(place) === place) break;
  }
  throw new FileError("PACKAGE_MISSING", {
    at: { source: spec },
    message: "there is neither a file nor an installed package of this name",
    hint: "check the path; a package must be installed in the working folder or one above it",
  });
}

/** The module that a package gives for `.` or for a subpath. */
async function entryOf(folder: string, subpath: string, spec: string): Promise<string> {
  const manifest = join(folder, "package.json");
  const { exports, main } = ((await kindOf(manifest)) === "file" ? await readJsonFile(manifest) : {}) as {
    readonly exports?: unknown;
    readonly main?: string;
  };
  const target = exports === undefined ? undefined : targetOf(exports, subpath);
  const usual = subpath === "." ? (main ?? "index.js") : subpath;
  const path = join(folder, target ?? usual);
  if ((await kindOf(path)) !== "file") throw missingFile(spec, path);
  return realpath(path);
}

/** What `exports` of a package.json leads to when an ES module imports the subpath. */
function targetOf(exports: unknown, subpath: string): string | undefined {
  if (typeof exports === "object" && exports !== null && !Array.isArray(exports)) {
    const entries = Object.entries(exports);
    const isTable = entries.some(([key]) => key.startsWith("."));
    if (isTable) return withConditions(entries.find(([key]) => key === subpath)?.[1]);
  }
  return subpath === "." ? withConditions(exports) : undefined;
}

function withConditions(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    if (!conditions.has(condition)) continue;
    const found = withConditions(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Those that hold for an import in Node. */
const conditions = new Set(["node", "import", "module-sync", "default"]);

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}

function missingFile(spec: string, path: string): FileError {
  return new FileError("FILE_MISSING", {
    at: { source: spec },
    message: `there is no plugin here: ${path} does not exist`,
    hint: "name the plugin's module, the folder of its package, or an installed package",
  });
}
