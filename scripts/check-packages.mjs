/**
 * Checks the packages as they are published: publint, the types of every entry as Node and bundlers
 * resolve them, licences, links, source maps, metadata, and sizes against the budgets in
 * `docs/packages.md`.
 *
 * `node scripts/check-packages.mjs [--write]`; `--write` puts the sizes into that page.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { checkPackage, Package } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { readManifest, stagePackages } from "./stage-packages.mjs";

/** @typedef {import("./stage-packages.mjs").Staged} Staged */

/** @type {{ packages: Record<string, { version?: string } | undefined> }} */
const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const page = fileURLToPath(new URL("../docs/packages.md", import.meta.url));
/** Sizes differ a little between builds: names of bundled parts contain hashes. */
const drift = 0.05;

/**
 * Everything that is wrong with one package but its size.
 *
 * @param {Staged} staged
 * @returns {Promise<string[]>}
 */
export async function problemsOf(staged) {
  const manifest = readManifest(staged.folder);
  const { messages } = await publint({ pkgDir: staged.folder, pack: false, strict: true });
  return [
    ...messages.map((message) => formatMessage(message, manifest, { color: false }) ?? message.code),
    ...(await typeProblems(staged)),
    ...fileProblems(staged),
  ].map((problem) => `${staged.name}: ${problem}`);
}

/**
 * Only modules are published, so only what modules see counts.
 *
 * @param {Staged} staged
 */
async function typeProblems({ name, version, folder, files }) {
  if (!files.some((file) => file.endsWith(".d.ts"))) return [];
  const place = `/node_modules/${name}/`;
  const contents = Object.fromEntries(
    files.filter((file) => /\.([jt]s|json)$/.test(file)).map((file) => [place + file, readFileSync(join(folder, file))]),
  );
  const result = await checkPackage(new Package(contents, name, version));
  if (result.types === false) return ["has no types"];
  return result.problems.flatMap((problem) => {
    const seenBy = "resolutionKind" in problem ? problem.resolutionKind : "node16-esm";
    if (seenBy !== "node16-esm" && seenBy !== "bundler") return [];
    return [`${problem.kind}${"entrypoint" in problem ? ` at ${problem.entrypoint}` : ""} (${seenBy})`];
  });
}

/** @param {Staged} staged */
function* fileProblems({ folder, files }) {
  for (const needed of ["LICENSE", "NOTICE", "README.md"]) if (!files.includes(needed)) yield `has no ${needed}`;
  const manifest = readManifest(folder);
  for (const field of ["description", "keywords", "license", "engines", "files", "sideEffects"]) {
    if (manifest[field] === undefined && !(field === "sideEffects" && files.includes("weft.node")))
      yield `its manifest has no ${field}`;
  }
  // npm finds a prerelease in no range but this one, and refuses to install the two together.
  for (const [peer, range] of Object.entries(manifest["peerDependencies"] ?? {})) {
    const version = lock.packages[`node_modules/${peer}`]?.version ?? "";
    if (version.includes("-") && range !== "*") yield `the peer ${peer} is ${version} here, which is not in ${range}; use *`;
  }
  for (const file of files) {
    if (/\.(map|tsbuildinfo)$|\.test\.|^src\//.test(file)) yield `contains ${file}`;
    if (!/\.([jt]s|md|json|txt)$/.test(file)) continue;
    const text = readFileSync(join(folder, file), "utf8");
    if (/^\/\/# sourceMappingURL=(?!data:)/m.test(text)) yield `${file} names a source map`;
    if (file === "README.md" && /\]\(\.{0,2}\/|\]\((?![a-z]+:|#)/.test(text))
      yield `${file} links to a file that npm does not show`;
  }
}

/**
 * Bytes, gzipped as one stream, which is what a download takes to a few per cent, and as they lie
 * on disk.
 *
 * @param {Staged} staged
 */
function sizesOf({ folder, files }) {
  const contents = files.toSorted().map((file) => readFileSync(join(folder, file)));
  return {
    download: gzipSync(Buffer.concat(contents)).length,
    disk: files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
  };
}

/**
 * The table of `docs/packages.md`: `| name | contents | download kB | disk kB | budget kB |`.
 *
 * @param {readonly Staged[]} packages
 * @param {boolean} write
 * @returns {string[]} what is too large, and rows that are out of date
 */
export function checkSizes(packages, write) {
  const text = readFileSync(page, "utf8");
  const problems = [];
  let updated = text;
  for (const staged of packages) {
    const row = text.split("\n").find((line) => line.startsWith(`| \`${staged.name}\` |`));
    const [, name = "", contents = "", download = "", disk = "", budget = ""] = row?.split("|").map((cell) => cell.trim()) ?? [];
    const sizes = sizesOf(staged);
    const [downloadKb, diskKb] = [sizes.download, sizes.disk].map((bytes) => Math.ceil(bytes / 1000));
    if (row === undefined) {
      problems.push(`docs/packages.md has no row for ${staged.name} (${downloadKb} kB to download, ${diskKb} kB on disk)`);
      continue;
    }
    if (!(sizes.download <= numberOf(budget) * 1000))
      problems.push(`${staged.name}: ${downloadKb} kB, and its budget is ${budget} kB`);
    const old = [download, disk].map(numberOf);
    const moved = [downloadKb, diskKb].some((now = 0, k) => Math.abs(now - (old[k] ?? 0)) > Math.max(1, drift * now));
    if (moved && write) {
      const cells = [name, contents, ...[downloadKb, diskKb].map((kb) => kb?.toLocaleString("en")), budget];
      updated = updated.replace(row, `| ${cells.join(" | ")} |`);
    } else if (moved) {
      problems.push(
        `${staged.name}: docs/packages.md says ${download} and ${disk} kB, and it has ${downloadKb} and ${diskKb}; run with --write`,
      );
    }
  }
  if (updated !== text) writeFileSync(page, updated);
  return problems;
}

/** @param {string} text `1,234` */
const numberOf = (text) => Number(text.replaceAll(",", ""));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), "weft-packages-"));
  try {
    const packages = stagePackages(join(folder, "staged"));
    const problems = (await Promise.all(packages.map(problemsOf))).flat();
    problems.push(...checkSizes(packages, process.argv.includes("--write")));
    for (const problem of problems) console.error(problem);
    console.error(`packages: ${packages.length} checked, ${problems.length} problems`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
