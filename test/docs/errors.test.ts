import { existsSync, readFileSync } from "node:fs";
import { WeftError } from "@weft-nlp/core";
import { expect, test } from "vitest";
import { errorCodesOf, errorTable, replaceGenerated } from "../../scripts/generated-docs.mjs";
import { packages } from "../../scripts/layers.mjs";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/errors.md", root), "utf8");
const withErrors = Object.keys(packages).filter((name) => existsSync(new URL(`packages/${name}/src/errors.ts`, root)));

test("core is among the packages that have errors", () => {
  expect(withErrors).toContain("core");
});

test.each(withErrors)("docs/errors.md has every code of %s with its meaning, in order, and no other", async (name) => {
  const codes = errorCodesOf((await import(new URL(`packages/${name}/src/errors.ts`, root).pathname)) as Record<string, unknown>);
  const [, section = ""] = page.split(`<!-- generated: errors ${name} -->`);
  const rows = (section.split("<!-- end -->")[0] ?? "").matchAll(/^\| `([A-Z0-9_]+)` \| (.*) \|$/gm);
  expect([...rows].map(([, code, meaning]) => [code, meaning?.replaceAll("\\|", "|")])).toEqual(Object.entries(codes));
});

test.each(withErrors)("every error of %s has one root", async (name) => {
  const module = (await import(new URL(`packages/${name}/src/errors.ts`, root).pathname)) as Record<string, unknown>;
  const classes = Object.values(module).filter((value) => typeof value === "function" && value.name.endsWith("Error"));
  expect(classes.length).toBeGreaterThan(0);
  for (const error of classes as (typeof WeftError)[]) {
    expect(error === WeftError || error.prototype instanceof WeftError, error.name).toBe(true);
  }
});

test("a generated part is replaced between its markers and nothing else changes", () => {
  const before = "a\n<!-- generated: errors x -->\nold\n<!-- end -->\nb\n";
  const after = replaceGenerated(before, "errors x", errorTable({ ONE_CODE: "this | that" }));
  expect(after).toBe(
    "a\n<!-- generated: errors x -->\n\n| Code | What it means |\n|---|---|\n| `ONE_CODE` | this \\| that |\n\n<!-- end -->\nb\n",
  );
  expect(replaceGenerated(after, "errors x", errorTable({ ONE_CODE: "this | that" }))).toBe(after);
});

test("a page without the markers is an error", () => {
  expect(() => replaceGenerated("text", "errors x", "")).toThrow('no markers for "errors x"');
});
