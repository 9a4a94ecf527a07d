/**
 * Checks comments and Markdown for prose wider than 100 columns, for turns of phrase that are not
 * plain English, and for sentences that Markdown reads as lists. Code may be wider.
 *
 * Skips tables, links, code, generated parts of pages, and files that come from elsewhere.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const columns = 100;

/** Turns of phrase that no native engineer would write, and what to write instead. */
const foreign = [
  [/\bwhere left out\b/i, "defaults to"],
  [/\banew\b/i, "again"],
  [/\bnobody\b/i, "say who: the caller, the user, no one"],
  [/\bwhoever\b/i, "say who: the caller, the user"],
  [/\btime and again\b/i, "repeatedly"],
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\bis said so\b/i, "is reported"],
  [/\bstands? beside\b/i, "is next to"],
];

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.(ts|tsx|mjs|md)$/.test(file) && existsSync(file))
  .filter((file) => !/fixtures\/|examples\/model\/|\.generated\.|scripts\/check-prose\.mjs$/.test(file));

const problems = files.flatMap((file) => [...problemsOf(file)]);
for (const problem of problems) console.error(problem);
console.error(`prose: ${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

/**
 * @param {string} file
 * @returns {Generator<string>}
 */
function* problemsOf(file) {
  const text = readFileSync(file, "utf8");
  for (const { line, words } of file.endsWith(".md") ? markdown(text) : comments(text)) {
    if (words.length > columns && /\s/.test(words.trim().replace(/^(\*|\/\/|[-*]|\d+\.)\s+/, ""))) {
      yield `${file}:${line}: ${words.length} columns of prose, and ${columns} is the limit`;
    }
    if (file.endsWith(".md") && /^\s*\+ /.test(words)) {
      yield `${file}:${line}: a line that starts with + is read as a list: break it elsewhere`;
    }
    for (const [pattern = / /, better] of foreign) {
      const found = /** @type {RegExp} */ (pattern).exec(words.replaceAll(/`[^`]*`/g, ""));
      if (found !== null) yield `${file}:${line}: "${found[0]}" is not plain English: ${better}`;
    }
  }
}

/** @param {string} text */
function* markdown(text) {
  let code = false;
  let generated = false;
  for (const [index, words] of text.split("\n").entries()) {
    if (/^\s*```/.test(words)) code = !code;
    if (words.startsWith("<!-- generated")) generated = true;
    if (words.startsWith("<!-- end")) generated = false;
    if (!code && !generated && !/^\s*(\||<|!\[|#|```)/.test(words)) yield { line: index + 1, words };
  }
}

/** @param {string} text */
function* comments(text) {
  let inside = false;
  for (const [index, words] of text.split("\n").entries()) {
    const opens = /^\s*\/\*\*?(\s|$)/.test(words);
    if (inside || opens || /^\s*\/\/ /.test(words)) yield { line: index + 1, words };
    if (opens || inside) inside = !/\*\//.test(words);
  }
}
