import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const notOurs = new Set(["node_modules", "dist", "generated", "runs", ".git", ".cache", "coverage"]);
const pages = markdownFiles(root);
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

test("there are pages to check", () => {
  expect(pages).toEqual(expect.arrayContaining(["README.md", "CONTRIBUTING.md", "docs/architecture.md"]));
});

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");

  test("every relative link leads to a file, and to a heading where it names one", () => {
    const broken = relativeLinks(text).filter((link) => !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });

  test("every npm command exists", () => {
    const unknown = npmScripts(text).filter((name) => !(name in scripts));
    expect(unknown).toEqual([]);
  });
});

test("CONTRIBUTING.md explains every npm script", () => {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  expect(Object.keys(scripts).filter((name) => !npmScripts(text).includes(name))).toEqual([]);
});

test("the README's test command is the one that continuous integration runs", () => {
  const commands = readFileSync(join(root, ".ci/run"), "utf8");
  expect(npmScripts(readFileSync(join(root, "README.md"), "utf8"))).toContain("test");
  expect(commands.split("\n")).toContain("npm test");
});

test("links are found in text, images and reference definitions, and not in code", () => {
  const text = "[a](x.md) ![b](<i j.svg>) [c](https://e.org) `[d](no.md)`\n```\n[e](no.md)\n```\n[f]: y.md#part\n";
  expect(relativeLinks(text)).toEqual(["x.md", "i j.svg", "y.md#part"]);
});

test("a heading's anchor is lower case with hyphens", () => {
  expect(anchors("# One `two`, three\n## One `two`, three\n")).toEqual(new Set(["one-two-three", "one-two-three-1"]));
});

function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownFiles(path);
    return entry.name.endsWith(".md") ? [relative(root, path)] : [];
  });
}

function relativeLinks(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  const inline = [...prose.matchAll(/\]\((?:<([^>]*)>|([^()\s]*(?:\([^()\s]*\)[^()\s]*)*))(?:\s+"[^"]*")?\)/g)];
  const definitions = [...prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)];
  return [...inline, ...definitions].map((match) => match[1] ?? match[2] ?? "").filter((link) => !/^[a-z][a-z+.-]*:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = decodeURIComponent(link).split("#");
  const target = path === "" ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || !target.endsWith(".md") || anchors(readFileSync(target, "utf8")).has(anchor);
}

/** The anchors that GitHub generates for the headings of a page. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const [, title = ""] of text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    const slug = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    found.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return found;
}

/** The scripts that a page tells its reader to run: `npm test`, `npm run build`. */
function npmScripts(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run(?: --silent| -s)? ([\w:-]+)|(test)\b)/g)].map((match) => match[1] ?? match[2] ?? "");
}
