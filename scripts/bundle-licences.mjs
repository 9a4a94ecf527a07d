import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What packages contain of others without naming it in their own licence.
 *
 * @type {Record<string, string>}
 */
const embedded = {
  unpdf: "contains pdf.js (https://mozilla.github.io/pdf.js), Copyright Mozilla Foundation, Apache-2.0; see LICENSE",
};

/**
 * The licences of the packages whose code is in the bundle.
 *
 * @param {readonly string[]} modules
 */
export function licences(modules) {
  const packages = new Set(
    modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id.replaceAll("\\", "/"))?.[0] ?? []),
  );
  const texts = [...packages].sort().map((place) => {
    const { name, version, license } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
    const file = readdirSync(place).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? "" : `\n${readFileSync(join(place, file), "utf8").trim()}\n`;
    const more = embedded[name] === undefined ? "" : `${embedded[name]}\n`;
    return `${name} ${version}, ${license}\n${more}${text}`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
