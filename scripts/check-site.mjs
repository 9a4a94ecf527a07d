/**
 * Checks the built site as a reader's browser sees it, below a path and under a strict content
 * policy: links, anchors and pictures; the console; requests to other hosts; accessibility of every
 * page, light and dark; the size of the first page; the search and the demo.
 *
 * `node scripts/check-site.mjs [PAGE.html ...]` looks at these pages only.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { serveSite } from "./site/serve.mjs";
import { startBrowser } from "./start-browser.mjs";

/** Bytes that the home page may transfer, compressed. */
const budget = 200_000;
const site = fileURLToPath(new URL("../apps/docs/dist", import.meta.url));

if (!existsSync(join(site, "index.html"))) {
  console.error("the site is not built: run npm run site");
  process.exit(2);
}
const pages = readdirSync(site, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll(sep, "/"))
  .filter((file) => file.endsWith(".html") && file !== "404.html")
  .sort();
const asked = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const looked = asked.length > 0 ? pages.filter((page) => asked.includes(page)) : pages;
if (looked.length === 0) {
  console.error(`no such page; the site has ${pages.join(", ")}`);
  process.exit(2);
}

let problems = 0;
report(deadLinks());
const server = await serveSite(site, { prefix: "/any/where/" });
const browser = await startBrowser();
try {
  for (const [index, page] of looked.entries()) {
    report(await faultsOf(page));
    if (index % 10 === 9) console.error(`site: ${index + 1} of ${looked.length} pages`);
  }
  for (const check of [firstPage, wayThrough, demo, notFound, asFile]) report(await check());
} finally {
  await browser.close();
  await server.close();
}
console.error(`site: ${looked.length} pages, ${problems} problems`);
process.exitCode = problems > 0 ? 1 : 0;

/** Problems are printed as they are found, since the pages take minutes. */
function report(/** @type {readonly string[]} */ found) {
  for (const problem of found) console.error(problem);
  problems += found.length;
}

/** Links, anchors, pictures, scripts and styles that lead nowhere, in all pages. */
function deadLinks() {
  /** @type {Map<string, Set<string>>} */
  const anchors = new Map();
  const anchorsOf = (/** @type {string} */ file) => {
    const known =
      anchors.get(file) ??
      new Set([...readFileSync(join(site, file), "utf8").matchAll(/\sid="([^"]+)"/g)].map(([, id]) => unescaped(id)));
    anchors.set(file, known);
    return known;
  };
  return pages.flatMap((page) => {
    const links = [...readFileSync(join(site, page), "utf8").matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, link]) =>
      unescaped(link),
    );
    return [...new Set(links)].flatMap((link) => {
      if (/^(https?|mailto|data):/.test(link)) return [];
      const [path = "", anchor] = link.split("#").map(decodeURIComponent);
      const file = path === "" ? page : posix.join(posix.dirname(page), path);
      const absolute = path.startsWith("/") ? ["it is absolute"] : [];
      const missing = file.startsWith("..") || !existsSync(join(site, file)) || statSync(join(site, file)).isDirectory();
      const reasons = [...absolute, ...(missing ? ["nothing is there"] : [])];
      if (
        reasons.length === 0 &&
        anchor !== undefined &&
        anchor !== "" &&
        file.endsWith(".html") &&
        !anchorsOf(file).has(anchor)
      ) {
        reasons.push("the page has no such heading");
      }
      return reasons.map((reason) => `${page}: ${link}: ${reason}`);
    });
  });
}

function unescaped(/** @type {string | undefined} */ text = "") {
  return text
    .replaceAll("&amp;", "&")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
}

/**
 * Opens a page in a fresh profile.
 *
 * @param {string} page
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
async function open(page, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, locale: "en-GB", ...options });
  const tab = await context.newPage();
  tab.setDefaultTimeout(120_000);
  /** @type {string[]} */
  const faults = [];
  tab.on("console", (message) => {
    const { url } = message.location();
    if (message.type() === "error" || message.type() === "warning") faults.push(`${message.type()}: ${message.text()} ${url}`);
  });
  tab.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
  tab.on("request", (request) => {
    if (!/^(blob|data|file):/.test(request.url()) && !request.url().startsWith(server.address))
      faults.push(`asked for ${request.url()}`);
  });
  const url = page.startsWith("file:") ? page : `${server.address}${page}`;
  await tab.goto(url);
  // The application has taken over: the switch between light and dark works from then on.
  if (!page.startsWith("file:")) await until(tab, "document.querySelector('#app')?.__vue_app__ !== undefined");
  return { tab, faults, close: async () => context.close() };
}

/**
 * Waits until an expression is true in the page. Playwright's own way evaluates code in the page,
 * which the content policy forbids.
 *
 * @param {import("playwright-core").Page} tab
 * @param {string} expression
 */
async function until(tab, expression) {
  for (let tries = 0; !(await tab.evaluate(expression)); tries++) {
    if (tries === 2400) throw new Error(`waited two minutes for ${expression}`);
    await tab.waitForTimeout(50);
  }
}

/** Faults in the console, and what axe finds, in the light page and in the dark one. */
async function faultsOf(/** @type {string} */ page) {
  const { tab, faults, close } = await open(page);
  await tab.evaluate(axe.source);
  const found = await accessibility(tab);
  // Colours that are still changing are those of neither.
  await tab.addStyleTag({ content: "*, *::before, *::after { transition: none !important; }" });
  await tab.evaluate("document.documentElement.classList.add('dark')");
  found.push(...(await accessibility(tab, "color-contrast")).map((fault) => `dark: ${fault}`));
  await close();
  return [...faults, ...found].map((fault) => `${page}: ${fault}`);
}

/**
 * @param {import("playwright-core").Page} tab
 * @param {string} [rule] one rule; defaults to WCAG 2.2 A and AA and the best practices
 */
async function accessibility(tab, rule) {
  const only = rule === undefined ? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] : [rule];
  /** @type {import("axe-core").AxeResults} */
  const { violations } = await tab.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(only)} , resultTypes: ["violations"] })`,
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.length} × ${nodes[0]?.html.slice(0, 200)}`);
}

/** The bytes of the home page, as they cross the wire. */
async function firstPage() {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const tab = await context.newPage();
  const session = await context.newCDPSession(tab);
  let bytes = 0;
  await session.send("Network.enable");
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await tab.goto(server.address, { waitUntil: "networkidle" });
  await context.close();
  console.error(`site: the first page transfers ${(bytes / 1000).toFixed(0)} kB`);
  return bytes > 0 && bytes <= budget ? [] : [`index.html: transfers ${bytes} bytes, and ${budget} is the budget`];
}

/** From page to page by links of the sidebar and of the text, and by the search. */
async function wayThrough() {
  const { tab, faults, close } = await open("quickstart.html");
  const heading = tab.locator("h1").first();
  const arrive = async (/** @type {string} */ words) => {
    await heading.filter({ hasText: words }).waitFor();
  };
  try {
    await tab.locator(".VPSidebar a", { hasText: "Tutorial" }).click();
    await arrive("Tutorial");
    await tab.locator("main a[href*='page.html']").first().click();
    await arrive("The page");
    await tab.goBack();
    await arrive("Tutorial");
    await tab.locator(".VPNavBarTitle a").click();
    await arrive("Weft");
    await tab.locator(".VPNavBarSearch button").first().click();
    await tab.locator(".VPLocalSearchBox input").fill("brat");
    await tab.locator(".VPLocalSearchBox .result").first().click();
    await until(tab, "!location.pathname.endsWith('/')");
    if (!tab.url().startsWith(server.address)) faults.push(`the way led to ${tab.url()}`);
  } catch (error) {
    faults.push(`on the way at ${tab.url()}: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`);
  }
  await close();
  return faults.map((fault) => `the way through the site: ${fault}`);
}

/** The demo finds what the model knows, and draws it. */
async function demo() {
  const { tab, faults, close } = await open("demo.html");
  try {
    await tab.getByRole("button", { name: "Find entities and relations" }).click();
    await tab.locator(".extraction-demo td", { hasText: "founded" }).waitFor();
    await tab.locator(".extraction-demo weft-arcs svg").first().waitFor();
    await tab.evaluate(axe.source);
    faults.push(...(await accessibility(tab)));
  } catch (error) {
    const said = await tab.locator(".extraction-demo [role=status]").textContent();
    faults.push(`${said}; ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`);
  }
  await close();
  return faults.map((fault) => `the demo: ${fault}`);
}

/** A page that is missing, at any depth, leads back to the site. */
async function notFound() {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const tab = await context.newPage();
  const faults = [];
  for (const missing of ["nothing.html", "results/nothing.html", "no/such/folder/"]) {
    try {
      await tab.goto(`${server.address}${missing}`);
      await tab.evaluate(axe.source);
      faults.push(...(await accessibility(tab)));
      await tab.locator(`a[href^="/any/where/"]`).first().click();
      await tab.locator("h1", { hasText: "Weft" }).first().waitFor();
      if (tab.url() !== `${server.address}index.html`) faults.push(`${missing} leads to ${tab.url()}`);
    } catch (error) {
      faults.push(`${missing}: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`);
    }
  }
  await context.close();
  return faults.map((fault) => `a missing page: ${fault}`);
}

/** Opened as a file, a page is read and followed without an error. */
async function asFile() {
  const { tab, faults, close } = await open(new URL(`file://${join(site, "quickstart.html")}`).href);
  await tab.locator(".VPSidebar a", { hasText: "Tutorial" }).click();
  await tab.locator("h1", { hasText: "Tutorial" }).waitFor();
  await close();
  return faults.map((fault) => `opened as a file: ${fault}`);
}
