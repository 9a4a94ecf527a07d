/**
 * Lays out the packages as they are published: the files that npm would pack, without leftovers of
 * removed sources, with a manifest for users.
 *
 * `node scripts/stage-packages.mjs FOLDER [NATIVE]` writes one folder for each package. NATIVE is
 * where `node scripts/build-native.mjs --all --out NATIVE` left the kernels of all platforms.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * @typedef {{ name: string, version: string, private?: boolean, [key: string]: unknown }} Manifest
 * @typedef {{ name: string, version: string, folder: string, files: string[] }} Staged
 */

/** The folders of the packages that are published, in the order of their dependencies. */
export function publishedFolders() {
  /** @type {{ workspaces: string[] }} */
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return workspaces.filter((folder) => readManifest(join(root, folder)).private !== true);
}

/**
 * @param {string} out is emptied first
 * @param {string} [native] where `build-native.mjs` left packages: those of the platforms are
 *   published too
 * @returns {Staged[]} in the order in which they can be published
 */
export function stagePackages(out, native) {
  rmSync(out, { recursive: true, force: true });
  const platforms = native === undefined ? [] : readdirSync(native).filter((name) => name.startsWith("native-"));
  const built = platforms.map((name) => {
    cpSync(join(/** @type {string} */ (native), name), join(out, name), { recursive: true });
    const folder = join(out, name);
    return finish(folder, "packages/native", readManifest(folder), readdirSync(folder));
  });
  const packages = listFiles(publishedFolders()).map(({ directory, files }) => {
    const source = join(root, directory);
    const folder = join(out, basename(source));
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(source, file), join(folder, file));
    }
    // The list of platforms is in the manifest that `build-native.mjs` wrote.
    const isMain = native !== undefined && basename(source) === "native";
    return finish(folder, directory, readManifest(isMain ? join(native, "native") : source), files);
  });
  return [...built, ...packages];
}

/**
 * @param {string} folder
 * @param {string} directory of its sources in the repository
 * @param {Manifest} manifest
 * @param {string[]} files
 * @returns {Staged}
 */
function finish(folder, directory, manifest, files) {
  const { name, version } = writeManifest(folder, directory, manifest);
  return { name, version, folder, files };
}

/**
 * What `npm pack` would pack, less what has no source any more: a build leaves the outputs of
 * removed files where they are.
 *
 * @param {string[]} folders
 */
function listFiles(folders) {
  const workspaces = folders.flatMap((folder) => ["--workspace", folder]);
  const said = execFileSync("npm", ["pack", "--json", "--dry-run", "--ignore-scripts", ...workspaces], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    shell: process.platform === "win32",
    maxBuffer: 2 ** 26,
  });
  /** @type {{ name: string, files: { path: string }[] }[]} */
  const packed = Object.values(JSON.parse(said));
  return folders.map((directory) => {
    const source = join(root, directory);
    const { name } = readManifest(source);
    const files = packed.find((one) => one.name === name)?.files ?? [];
    return { directory, files: files.map(({ path }) => path).filter((path) => !isLeftover(source, path)) };
  });
}

/**
 * @param {string} source the folder of a package
 * @param {string} path of a file in it
 */
function isLeftover(source, path) {
  const [, bundle, module] = /^dist\/(start\/|page\/|arcs\/)?(.+?)(?:\.d)?\.[jt]s$/.exec(path) ?? [];
  if (path.endsWith(".map")) return true;
  return module !== undefined && bundle === undefined && !existsSync(join(source, `src/${module}.ts`));
}

/**
 * A manifest without what only this repository can use, and with the address of the repository
 * where it is known.
 *
 * @param {string} folder
 * @param {string} directory
 * @param {Manifest} manifest
 */
function writeManifest(folder, directory, manifest) {
  /** @type {Manifest} */
  const published = { ...manifest, ...repositoryFields(directory), ...withoutSources(manifest) };
  for (const field of ["scripts", "devDependencies"]) delete published[field];
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, undefined, 2)}\n`);
  return published;
}

/**
 * The condition `weft-source` names files that are not published.
 *
 * @param {Record<string, unknown>} manifest
 */
function withoutSources(manifest) {
  const cleaned = ["exports", "imports"].flatMap((field) =>
    manifest[field] === undefined
      ? []
      : [[field, JSON.parse(JSON.stringify(manifest[field], (key, value) => (key === "weft-source" ? undefined : value)))]],
  );
  return Object.fromEntries(cleaned);
}

/**
 * `repository`, `homepage` and `bugs`, which npm needs for provenance: from the root manifest, or
 * else from the workflow that publishes.
 *
 * @param {string} directory
 */
function repositoryFields(directory) {
  /** @type {{ repository?: { url: string } }} */
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: path } = process.env;
  const url = repository?.url ?? (server && path ? `git+${server}/${path}.git` : undefined);
  if (url === undefined) return {};
  const page = url.replace(/^git\+/, "").replace(/\.git$/, "");
  return {
    repository: { type: "git", url, directory },
    homepage: `${page}#readme`,
    bugs: `${page}/issues`,
  };
}

/**
 * @param {string} folder
 * @returns {Manifest}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, native] = process.argv.slice(2);
  if (out === undefined) {
    console.error("usage: node scripts/stage-packages.mjs FOLDER [FOLDER OF NATIVE PACKAGES]");
    process.exit(2);
  }
  for (const { name, version, folder } of stagePackages(resolve(out), native)) console.log(`${name}@${version} ${folder}`);
}
