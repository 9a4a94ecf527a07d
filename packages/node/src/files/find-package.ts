import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";

/**
 * Whether a text can be the name of an npm package. A name with the extension of a file is a file.
 */
export function isPackageName(text: string, fileExtensions: ReadonlySet<string> = noExtensions): boolean {
  return /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(text) && !fileExtensions.has(extname(text));
}

const noExtensions: ReadonlySet<string> = new Set();

/** The folder of an installed package, searched as Node searches it; undefined if there is none. */
export function packageFolder(name: string, from: string): string | undefined {
  for (let place = from; ; place = dirname(place)) {
    const candidate = join(place, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (dirname(place) === place) return undefined;
  }
}

/** The folder of a package that comes with Weft; undefined if it was not installed. */
export function shippedPackageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
