import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startRegistry } from "./local-registry.mjs";

/**
 * A whole release against a registry on this machine. Everything is in a temporary folder, which is
 * removed at the end.
 *
 * @param {string} root the checkout; what is not committed is part of the rehearsal
 */
export async function rehearse(root) {
  const folder = mkdtempSync(join(tmpdir(), "weft-release-"));
  const checkout = join(folder, "checkout");
  /** @type {Awaited<ReturnType<typeof startRegistry>> | undefined} */
  let registry;
  const begun = performance.now();
  try {
    registry = await step("start a registry", () => startRegistry(join(folder, "registry")));
    const { env } = registry;
    await step("copy the checkout", () => copyCheckout(root, checkout));
    await step("npm ci", () => run(checkout, "npm", ["ci", "--no-audit", "--no-fund"]));
    const version = await step("raise the versions", () => raise(checkout));
    await step("build", () => run(checkout, "npm", ["run", "--silent", "build"]));
    const native = join(folder, "native");
    if (existsSync(join(checkout, "packages/native/build/here/weft.node"))) {
      await step("package the native kernels", () =>
        run(checkout, process.execPath, ["scripts/build-native.mjs", "--quiet", "--package", "--out", native]),
      );
    }
    const staged = join(folder, "staged");
    const more = existsSync(native) ? [native] : [];
    await step("lay out the packages", () => run(checkout, process.execPath, ["scripts/stage-packages.mjs", staged, ...more]));
    for (const name of readdirSync(staged)) {
      await step(`publish ${name}`, () =>
        run(join(staged, name), "npm", ["publish", "--ignore-scripts", "--provenance=false"], env),
      );
    }
    const project = join(folder, "project");
    mkdirSync(project);
    const [install = "", program = "", output = ""] = quickstart(readFileSync(join(root, "README.md"), "utf8"));
    await step(install, () => run(project, "npm", install.split(" ").slice(1), env));
    await step("run the Quickstart", () => {
      writeFileSync(join(project, "quickstart.mjs"), program);
      expectSame(run(project, process.execPath, ["quickstart.mjs"]), output);
    });
    await step("npx weft --version", () => expectSame(run(project, "npx", ["weft", "--version"], env).trim(), version));
    await step("npx weft doctor", () => void run(project, "npx", ["weft", "doctor"], env));
    console.error(
      `rehearsed ${version}: ${((performance.now() - begun) / 1000).toFixed(0)} s, ${readdirSync(staged).length} packages`,
    );
  } finally {
    await registry?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @template T
 * @param {string} words
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
async function step(words, work) {
  const started = performance.now();
  const result = await work();
  console.error(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${words}`);
  return result;
}

/**
 * Runs a program and returns its output. What it said is shown only if it fails.
 *
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} words
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(cwd, command, words, env = process.env) {
  try {
    // What npm tells its scripts about this project is not meant for another one.
    const own = Object.fromEntries(
      Object.entries(env).filter(([name]) => !/^npm_(?!config_)|^npm_config_(local_)?prefix$/.test(name)),
    );
    return execFileSync(command, words, { cwd, env: own, encoding: "utf8", stdio: "pipe", shell: process.platform === "win32" });
  } catch (error) {
    const { stdout = "", stderr = "" } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    throw new Error(`${command} ${words.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/**
 * The files of the checkout that git knows or would take, as they are now.
 *
 * @param {string} root
 * @param {string} target
 */
function copyCheckout(root, target) {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" }).split("\n");
  for (const file of files.filter((name) => name !== "" && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    copyFileSync(join(root, file), join(target, file));
  }
  // Changesets looks for the root of a repository.
  run(target, "git", ["init", "--quiet", "--initial-branch=main"]);
}

/**
 * Raises the versions as the changesets say, or by a patch if there is none.
 *
 * @param {string} checkout
 */
function raise(checkout) {
  const folder = join(checkout, ".changeset");
  if (!readdirSync(folder).some((name) => name.endsWith(".md") && name !== "README.md")) {
    writeFileSync(join(folder, "rehearsal.md"), '---\n"weft-nlp": patch\n---\n\nA rehearsal.\n');
  }
  run(checkout, process.execPath, ["node_modules/@changesets/cli/bin.js", "version"]);
  return JSON.parse(readFileSync(join(checkout, "packages/weft/package.json"), "utf8")).version;
}

/**
 * The first command, program and output of the README.
 *
 * @param {string} page
 */
function quickstart(page) {
  const [, install = ""] = /^(npm install [^#\n]*?)\s*(?:#.*)?$/m.exec(page) ?? [];
  const [, program = "", output = ""] = /^```ts\n([\s\S]*?)^```\n\s*^```text\n([\s\S]*?)^```$/m.exec(page) ?? [];
  if (install === "" || program === "") throw new Error("README.md has no Quickstart");
  return [install, program, output];
}

/**
 * @param {string} found
 * @param {string} expected
 */
function expectSame(found, expected) {
  if (found !== expected) throw new Error(`expected\n${expected}\nand got\n${found}`);
}
