import { existsSync, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { FileError } from "../errors.ts";
import { fileFailure } from "../files/file-failure.ts";
import { isPackageName, packageFolder, shippedPackageFolder } from "../files/find-package.ts";
import { readJsonFile } from "../files/json-file.ts";

/** The package with the vectors that `auto` chooses. */
export const shippedVectors = "@weft-nlp/vectors-en";

/** A file of word vectors, and what is known of it from its package. */
export interface VectorsPlace {
  readonly file: string;
  readonly name: string;
  readonly licence: string | undefined;
}

/**
 * What the setting `vectors` stands for, independent of the folder of the configuration: `auto`,
 * `off`, the path of a file or a folder, or the name of a package. A name that is also a path means
 * the path. A package is searched as Node searches it, and found as a folder.
 *
 * @param path where the setting would lie as a path
 */
export function resolveVectors(vectors: string, path: string): string {
  if (vectors === "auto" || vectors === "off" || vectors === shippedVectors || existsSync(path)) {
    return existsSync(path) && vectors !== "auto" && vectors !== "off" ? path : vectors;
  }
  if (!isPackageName(vectors, extensions)) return path;
  return packageFolder(vectors, dirname(path)) ?? packageFolder(vectors, process.cwd()) ?? vectors;
}

/**
 * Finds the file that `vectors` names.
 *
 * @param vectors a path, or the name of an installed package
 * @throws {FileError} FILE_MISSING, PACKAGE_MISSING or similar
 */
export async function locateVectors(vectors: string): Promise<VectorsPlace> {
  const folder = folderOf(vectors);
  if (folder !== undefined) return inFolder(folder);
  const found = await stat(vectors).catch((cause: unknown) => {
    if (isPackageName(vectors, extensions)) throw missingPackage(vectors, cause);
    throw fileFailure(cause, vectors, "read");
  });
  return found.isDirectory() ? inFolder(vectors) : { file: vectors, name: basename(vectors), licence: undefined };
}

/** The folder of a package, if `vectors` names one and no path. */
function folderOf(vectors: string): string | undefined {
  if (existsSync(vectors) || !isPackageName(vectors, extensions)) return undefined;
  const found = packageFolder(vectors, process.cwd());
  if (found !== undefined || vectors !== shippedVectors) return found;
  return shippedPackageFolder(shippedVectors);
}

/** The file that a package calls its main one, else the only file of vectors in a folder. */
async function inFolder(folder: string): Promise<VectorsPlace> {
  const manifest = join(folder, "package.json");
  if (existsSync(manifest)) {
    const { name, version, main, license } = Object((await readJsonFile(manifest)) as object) as Record<string, unknown>;
    if (typeof main === "string" && extensions.has(extname(main)) && isFile(join(folder, main))) {
      const title = typeof name === "string" ? `${name}${typeof version === "string" ? ` ${version}` : ""}` : basename(folder);
      return { file: join(folder, main), name: title, licence: typeof license === "string" ? license : undefined };
    }
  }
  const files = (await readdir(folder)).filter(
    (name) => extensions.has(extname(name)) && !/^(package|tsconfig).*\.json$/.test(name),
  );
  const [only] = files;
  if (only !== undefined && files.length === 1) return { file: join(folder, only), name: only, licence: undefined };
  throw new FileError("FILE_MISSING", {
    at: { source: folder },
    message: `expected one file of word vectors in this folder, found ${files.length === 0 ? "none" : files.sort().join(", ")}`,
    hint: "name the file itself in vectors",
  });
}

const extensions = new Set([".txt", ".vec", ".bin", ".json", ".gz"]);

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function missingPackage(name: string, cause: unknown): FileError {
  return new FileError("PACKAGE_MISSING", {
    at: { source: name, path: "vectors" },
    message: "there is neither a file nor an installed package of this name",
    hint: `check the path, or install the package: npm install ${name}`,
    cause,
  });
}
