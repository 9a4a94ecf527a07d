/**
 * Lays out the pages of the site in `apps/docs/generated`: the text of `docs/` and of the site's
 * own pages, at the addresses that they will have. Links that lead out of `docs/` lead to pages
 * that show the file or folder, so the site needs no repository next to it.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = join(root, "apps/docs/generated");
/** Longer files are named, not shown. */
const shownBytes = 20_000;

/** A link whose words are the name of the file that it leads to. */
const byFile = /\[(?:docs\/)?[\w/-]+\.md\]\(([\w./-]+\.md)((?:#[^)\s]*)?)\)/g;

/** Pages with an address of their own; those of `docs/` are added by listing. */
const ownPages = {
  "apps/docs/pages/index.md": "index",
  "apps/docs/pages/demo.md": "demo",
  "CHANGELOG.md": "changelog",
  "CONTRIBUTING.md": "contributing",
  "SECURITY.md": "security",
  "README.md": "readme",
};

/**
 * @returns {number} how many pages there are
 */
export function stagePages() {
  for (const name of existsSync(target) ? readdirSync(target) : []) {
    if (name !== "api") rmSync(join(target, name), { recursive: true });
  }
  /** From the path of a source to the address of its page. @type {Map<string, string>} */
  const addresses = new Map(Object.entries(ownPages).filter(([path]) => existsSync(join(root, path))));
  for (const path of tracked("docs")) {
    if (path.endsWith(".md")) addresses.set(path, path.slice("docs/".length, -".md".length).replace(/\/README$/, "/index"));
  }
  // Pages that show a file may link to more of them, so the list grows while it is read.
  const waiting = [...addresses.keys()];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const address = /** @type {string} */ (addresses.get(path));
    const text = withLinks(sourceOf(path), path, address, (linked) => {
      const known = addresses.get(linked) ?? addresses.get(`${linked}/README.md`);
      if (known !== undefined) return known;
      const added = `source/${linked.replace(/\.md$/, "").replaceAll(".", "-")}`;
      addresses.set(linked, added);
      waiting.push(linked);
      return added;
    });
    write(`${address}.md`, text);
  }
  copyAssets();
  if (existsSync(join(target, "api/index.md"))) tidyReference();
  return addresses.size;
}

/** The Markdown of a page: that of a Markdown file, or what shows another file or a folder. */
function sourceOf(/** @type {string} */ path) {
  if (path.endsWith(".md")) return readFileSync(join(root, path), "utf8");
  const heading = `---\noutline: false\nsearch: false\n---\n\n# ${path}\n\n`;
  if (!statSync(join(root, path)).isDirectory()) return `${heading}${shown(path)}`;
  const files = tracked(path);
  const readme = `${path}/README.md`;
  const about = files.includes(readme) ? `[About this folder](README.md)\n\n` : "";
  const parts = files.filter((file) => file !== readme).map((file) => `## ${file.slice(path.length + 1)}\n\n${shown(file)}`);
  // Links of a folder's page are relative to what lies in it.
  return `${heading}${about}${parts.join("\n")}`;
}

function shown(/** @type {string} */ path) {
  const bytes = readFileSync(join(root, path));
  if (bytes.length > shownBytes || bytes.includes(0)) return `${(bytes.length / 1000).toFixed(0)} kB, not shown here.\n`;
  const language = { mjs: "js", py: "python", ts: "ts", js: "js", jsx: "jsx", json: "json", jsonl: "json", html: "html" }[
    posix.extname(path).slice(1)
  ];
  return `\`\`\`\`\`${language ?? (/\.ya?ml$/.test(path) ? "yaml" : "text")}\n${bytes.toString("utf8").trimEnd()}\n\`\`\`\`\`\n`;
}

/**
 * A page whose relative links lead to the addresses of the site. Code is left alone.
 *
 * @param {string} text
 * @param {string} path of its source, in the repository
 * @param {string} address of its page
 * @param {(path: string) => string} addressOf of the page for a source
 */
function withLinks(text, path, address, addressOf) {
  const folder = existsSync(join(root, path)) && statSync(join(root, path)).isDirectory() ? path : posix.dirname(path);
  /** @param {string} link */
  const moved = (link) => {
    const [file = "", anchor] = link.split("#");
    if (/^[a-z][a-z+.-]*:|^[/#]/.test(link)) return link;
    const linked = posix.join(folder, decodeURIComponent(file)).replace(/\/$/, "");
    if (linked.startsWith("..") || !existsSync(join(root, linked)))
      throw new Error(`${path} links to ${link}, which is not there`);
    // Pictures and schemas are files of the site, at the address that they have in `docs/`.
    if (/\.(svg|png|json)$/.test(linked) && linked.startsWith("docs/")) return linked.slice("docs".length);
    const to = `${addressOf(linked)}.md`;
    const relative = posix.relative(posix.dirname(address), to);
    const whole = relative.startsWith(".") ? relative : `./${relative}`;
    return anchor === undefined ? whole : `${whole}#${anchor}`;
  };
  /** @param {string} link */
  const titleAt = (link) => {
    const [, title] = /^# (.+)$/m.exec(readFileSync(join(root, posix.join(folder, link)), "utf8")) ?? [];
    return title ?? link;
  };
  return text
    .split(/^((?:`{3,}|~{3,})[\s\S]*?^(?:`{3,}|~{3,})$)/m)
    .map((part, index) => (index % 2 === 1 ? part : linksMoved(part, moved, titleAt)))
    .join("");
}

/**
 * @param {string} prose
 * @param {(link: string) => string} moved
 * @param {(link: string) => string} titleAt
 */
function linksMoved(prose, moved, titleAt) {
  return prose
    .split(/(`[^`\n]*`)/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            // The repository calls a page by its file, and the site by its title.
            .replaceAll(byFile, (_, link, anchor) => `[${titleAt(link)}](${link}${anchor})`)
            .replaceAll(/(\]\()([^()\s]+)((?:\s+"[^"]*")?\))/g, (_, open, link, close) => `${open}${moved(link)}${close}`)
            .replaceAll(/^(\[[^\]]+\]:\s+)(\S+)/gm, (_, open, link) => `${open}${moved(link)}`),
    )
    .join("");
}

/** Pictures, the schemas that pages link to, and what the demo runs. */
function copyAssets() {
  const open = join(target, "public");
  mkdirSync(open, { recursive: true });
  cpSync(join(root, "docs/images"), join(open, "images"), { recursive: true });
  copyFileSync(join(root, "apps/web/public/icon.svg"), join(open, "icon.svg"));
  for (const name of readdirSync(join(root, "docs"))) {
    if (name.endsWith(".json")) copyFileSync(join(root, "docs", name), join(open, name));
  }
  cpSync(join(root, "packages/weft/dist/page"), join(open, "weft"), { recursive: true });
  mkdirSync(join(open, "arcs"));
  copyFileSync(join(root, "packages/weft/dist/arcs/weft-arcs.js"), join(open, "arcs/weft-arcs.js"));
  mkdirSync(join(open, "model"));
  for (const name of ["config.json", "vocab.json", "model.safetensors"]) {
    copyFileSync(join(root, "examples/model", name), join(open, "model", name));
  }
}

/** TypeDoc's list of entries becomes the first page of the reference. */
function tidyReference() {
  const folder = join(target, "api");
  const [, list] = /^## Modules\n([\s\S]*)$/m.exec(readFileSync(join(folder, "index.md"), "utf8")) ?? [];
  const about =
    "# API\n\nEvery export of the packages that programs import, from the comments in their sources. What several\nentries export is described once, and the others link to it.\n";
  if (list !== undefined) write("api/index.md", `${about}${list}`);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".md")) write(`api/${name}`, withAnchors(readFileSync(join(folder, name), "utf8")));
  }
}

/**
 * TypeDoc numbers an anchor if another export differs from it in capitals only, even one that the
 * page does not show.
 */
function withAnchors(/** @type {string} */ text) {
  const headings = [...text.matchAll(/^#+ ([\w.]+)/gm)].map(([, name = ""]) => name.toLowerCase());
  return text.replaceAll(/\]\(#(\w+)-1\)/g, (link, name) =>
    headings.filter((each) => each === name).length === 1 ? `](#${name})` : link,
  );
}

/** Files that are in the repository, or would be after `git add`. */
function tracked(/** @type {string} */ folder) {
  return execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", folder], { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "" && existsSync(join(root, path)))
    .sort();
}

function write(/** @type {string} */ file, /** @type {string} */ text) {
  mkdirSync(dirname(join(target, file)), { recursive: true });
  writeFileSync(join(target, file), text);
}
