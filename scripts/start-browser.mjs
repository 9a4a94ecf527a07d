import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import chromiumPackage from "@sparticuz/chromium";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const systemBrowser = "/usr/bin/chromium";

/**
 * Root cannot use the sandbox. Without font hinting, letters are placed exactly where the layout
 * says.
 */
const flags = ["--no-sandbox", "--font-render-hinting=none"];

/**
 * The browser from the npm package or, if its libraries are missing, the system's.
 *
 * @param {readonly string[]} more flags of Chromium besides ours
 * @returns {Promise<import("playwright-core").Browser>}
 */
export async function startBrowser(more = []) {
  /** @type {string[]} */
  const reasons = [];
  for (const find of [packedBrowser, async () => systemBrowser]) {
    try {
      return await chromium.launch({ executablePath: await find(), args: [...flags, ...more] });
    } catch (error) {
      reasons.push((error instanceof Error ? error.message : String(error)).split("\n", 3).join(" "));
    }
  }
  throw new Error(`no browser starts on this machine: ${reasons.join("; ")}`);
}

/**
 * Unpacks the browser once for all processes. Any of them may be the first, so each unpacks under
 * its own name and then moves the result into place.
 */
async function packedBrowser() {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/@sparticuz/chromium/package.json"), "utf8"));
  const kept = join(root, ".cache", `chromium-${version}`);
  const executable = join(kept, "chromium");
  if (existsSync(executable)) return executable;
  mkdirSync(join(root, ".cache"), { recursive: true });
  const own = mkdtempSync(join(root, ".cache", "chromium-"));
  const temporary = process.env["TMPDIR"];
  try {
    process.env["TMPDIR"] = own;
    await chromiumPackage.executablePath();
    renameSync(own, kept);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(executable)) throw error;
  } finally {
    if (temporary === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = temporary;
  }
  return executable;
}
