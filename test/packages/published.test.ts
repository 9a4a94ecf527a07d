import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkSizes, problemsOf } from "../../scripts/check-packages.mjs";

const scratch = mkdtempSync(join(tmpdir(), "weft-published-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const right = {
  "package.json": {
    ...{ name: "@weft-nlp/tensor", version: "1.0.0", description: "a package", keywords: ["nlp"], license: "Apache-2.0" },
    ...{ type: "module", sideEffects: false, engines: { node: ">=20.19" }, files: ["index.js", "index.d.ts"] },
    exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
  },
  "index.js": "export const one = 1;\n",
  "index.d.ts": "export declare const one: number;\n",
  "README.md": "# A package\n\n[Weft]\n\n[Weft]: https://www.npmjs.com/package/weft-nlp\n",
  LICENSE: "Apache-2.0\n",
  NOTICE: "Weft\n",
};

/** A package that is right but for some files. */
function packageWith(changes: Readonly<Record<string, unknown>>) {
  const folder = mkdtempSync(join(scratch, "package-"));
  for (const [name, content] of Object.entries({ ...right, ...changes })) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.includes(".") || name === name.toUpperCase(),
  );
  return { name: "@weft-nlp/tensor", version: "1.0.0", folder, files };
}

const manifest = right["package.json"];

test("a package that is right has no problem", async () => {
  expect(await problemsOf(packageWith({}))).toEqual([]);
});

test.each([
  ["no licence", { LICENSE: undefined }, "has no LICENSE"],
  ["no notice", { NOTICE: undefined }, "has no NOTICE"],
  ["no description", { "package.json": { ...manifest, description: undefined } }, "its manifest has no description"],
  ["a source map", { "index.js.map": "{}" }, "contains index.js.map"],
  [
    "the name of a source map",
    { "index.js": "export const one = 1;\n//# sourceMappingURL=index.js.map\n" },
    "index.js names a source map",
  ],
  [
    "a link that npm does not show",
    { "README.md": "[Weft](../../README.md)\n" },
    "README.md links to a file that npm does not show",
  ],
  [
    "a range of a peer that leaves its versions out",
    { "package.json": { ...manifest, peerDependencies: { "@duckdb/node-api": ">=1" } } },
    "which is not in >=1",
  ],
  ["an entry without its file", { "index.js": undefined }, "index.js"],
  ["an entry without types", { "index.d.ts": undefined, "other.d.ts": "export {};\n" }, "index.d.ts"],
])("%s is reported", async (_, changes, problem) => {
  expect((await problemsOf(packageWith(changes))).join("\n")).toContain(problem);
});

test("a package above its budget is reported, and a size that moved", () => {
  const noise = Array.from({ length: 400_000 }, (_, k) => ((k * 2654435761) >>> 7).toString(36)).join("");
  expect(checkSizes([packageWith({ "index.js": `// ${noise}\n` })], false).join("\n")).toMatch(
    /its budget is 150 kB[\s\S]*docs\/packages.md says/,
  );
  expect(checkSizes([{ ...packageWith({}), name: "@weft-nlp/unknown" }], false)).toEqual([
    expect.stringContaining("docs/packages.md has no row for @weft-nlp/unknown"),
  ]);
});
