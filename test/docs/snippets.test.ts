import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = ["README.md", "packages/weft/README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter(
  (page) => page.endsWith(".md"),
);

interface Snippet {
  readonly code: string;
  readonly output: string;
}

// A snippet is a `ts` block directly followed by a `text` block with its output. It runs on the
// built packages, as a reader would run it.
test.each(pages)("every snippet in %s prints what the page says", (page) => {
  for (const { code, output } of snippets(readFileSync(join(root, page), "utf8"))) expect(printed(code)).toBe(output);
});

test("a snippet is found with its output, and a block without output is no snippet", () => {
  const page = "```ts\nalone();\n```\n\nwords\n\n```ts\nconst a: number = 1;\nconsole.log(a);\n```\n\n```text\n1\n```\n";
  expect(snippets(page)).toEqual([{ code: "const a: number = 1;\nconsole.log(a);\n", output: "1\n" }]);
});

test("a snippet runs as a module that finds the packages by name", () => {
  expect(
    printed('import { WeftError } from "@weft-nlp/core";\nconst name: string = WeftError.name;\nconsole.log(await name);\n'),
  ).toBe("WeftError\n");
});

function snippets(page: string): Snippet[] {
  return [...page.matchAll(/^```ts\n((?:(?!```).*\n)*)```\n\s*^```text\n((?:(?!```).*\n)*)```$/gm)].map(
    ([, code = "", output = ""]) => ({
      code,
      output,
    }),
  );
}

function printed(code: string): string {
  const cache = join(root, ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "snippet-"));
  try {
    const file = join(folder, "snippet.mjs");
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    writeFileSync(file, ts.transpileModule(code, { compilerOptions }).outputText);
    return execFileSync(process.execPath, [file], { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
