/**
 * Makes a built site work in any folder, at any path, and opened as a file.
 *
 * VitePress writes one base path into pages and scripts. Here it becomes relative in pages and, in
 * scripts, what their own address says. Inline scripts move into a file, so a strict content policy
 * can forbid them.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { notFoundPage } from "./not-found.mjs";

const base = "/__weft_base__/";
const anyBase = new RegExp(base, "g");

/** @param {string} site the folder of the built site */
export function makeRelative(site) {
  const files = readdirSync(site, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll(sep, "/"));
  for (const file of files.filter((name) => name.endsWith(".js")))
    rewrite(join(site, file), (text) => relativeScript(text, file));
  for (const file of files.filter((name) => name.endsWith(".css"))) {
    rewrite(join(site, file), (text) => text.replaceAll(anyBase, rootFrom(file)));
  }
  /** @type {Map<string, string>} */
  const inline = new Map();
  writeFileSync(join(site, "404.html"), notFoundPage);
  for (const file of files.filter((name) => name.endsWith(".html") && name !== "404.html")) {
    rewrite(join(site, file), (text) => relativePage(text, file, inline));
  }
  for (const [name, text] of inline) writeFileSync(join(site, name), text);
  writeFileSync(join(site, "start.js"), startScript);
  // The names of pages for a site that changes under an open page; nothing asks for it here.
  const left = files.filter((name) => /\.(js|css|html)$/.test(name) && readFileSync(join(site, name), "utf8").includes(base));
  if (left.length > 0) throw new Error(`these files still name the base path: ${left.join(", ")}`);
}

/**
 * Starts the application of a page, unless the page was opened as a file: browsers refuse modules
 * there, and the page is complete without them.
 */
const startScript = `if (location.protocol === "file:") {
  document.documentElement.classList.add("from-file");
} else {
  const { modules, preload } = document.currentScript.dataset;
  const from = document.currentScript.src;
  const addresses = (paths) => paths.split(" ").filter((path) => path !== "").map((path) => new URL(path, from).href);
  for (const href of addresses(preload)) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  }
  const inOrder = addresses(modules);
  const run = async () => {
    for (const address of inOrder) await import(address);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", run, { once: true });
  else run();
}
`;

/**
 * @param {string} text
 * @param {string} file
 * @param {Map<string, string>} inline scripts that were inline, by their new names
 */
function relativePage(text, file, inline) {
  const up = rootFrom(file);
  /** @type {string[]} */
  const preload = [];
  /** @type {string[]} */
  const modules = [];
  return (
    text
      .replaceAll(/<link rel="modulepreload" href="([^"]+)">\s*/g, (_, href) => {
        preload.push(href.replace(base, ""));
        return "";
      })
      .replaceAll(/<script type="module" src="([^"]+)"><\/script>\s*/g, (_, src) => {
        modules.push(src.replace(base, ""));
        return modules.length === 1 ? "<!--start-->" : "";
      })
      .replaceAll(/<script([^>]*)>([^<]+)<\/script>/g, (_, attributes, content) => {
        const name = `inline-${createHash("sha256").update(content).digest("hex").slice(0, 8)}.js`;
        inline.set(name, content);
        return `<script${attributes.replace(/ id="[^"]*"/, "")} src="${up}${name}"></script>`;
      })
      .replace("<!--start-->", () => {
        const data = `data-modules="${modules.join(" ")}" data-preload="${preload.join(" ")}"`;
        return `<script src="${up}start.js" ${data}></script>\n    `;
      })
      .replaceAll(anyBase, up)
      // A folder opened as a file shows a list of its files.
      .replaceAll(/( href="(?![a-z]+:)(?:[^"#]*\/))(#[^"]*)?"/g, (_, folder, anchor = "") => `${folder}index.html${anchor}"`)
  );
}

/**
 * A script in which each string with the base path takes it from the script's own address.
 *
 * @param {string} text
 * @param {string} file
 */
function relativeScript(text, file) {
  if (!text.includes(base)) return text;
  /** @type {{ start: number, end: number, text: string }[]} */
  const changes = [];
  visit(parseAst(text), (node) => {
    const source = text.slice(node.start, node.end);
    if (!source.includes(base)) return;
    if (node.type === "TemplateElement") changes.push({ ...node, text: source.replaceAll(base, "${__site}") });
    if (node.type === "Literal" && typeof node.value === "string") {
      const parts = node.value.split(base).map((part) => JSON.stringify(part));
      changes.push({ ...node, text: `(${parts.join("+__site+")})` });
    }
  });
  let changed = text;
  for (const { start, end, text: replacement } of changes.sort((a, b) => b.start - a.start)) {
    changed = `${changed.slice(0, start)}${replacement}${changed.slice(end)}`;
  }
  return `const __site=new URL("${rootFrom(file)}",import.meta.url).pathname;${changed}`;
}

/**
 * @param {unknown} node
 * @param {(node: { type: string, start: number, end: number, value?: unknown }) => void} see
 */
function visit(node, see) {
  if (Array.isArray(node)) for (const each of node) visit(each, see);
  else if (typeof node === "object" && node !== null) {
    if ("type" in node && typeof node.type === "string" && "start" in node) {
      see(/** @type {{ type: string, start: number, end: number, value?: unknown }} */ (node));
    }
    for (const each of Object.values(node)) visit(each, see);
  }
}

/** From a file of the site to its root: `./` or `../` as often as needed. */
function rootFrom(/** @type {string} */ file) {
  const depth = posix
    .dirname(file)
    .split("/")
    .filter((part) => part !== ".").length;
  return depth === 0 ? "./" : "../".repeat(depth);
}

/**
 * @param {string} path
 * @param {(text: string) => string} change
 */
function rewrite(path, change) {
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  if (changed !== text) writeFileSync(path, changed);
}
