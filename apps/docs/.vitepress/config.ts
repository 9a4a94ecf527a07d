import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { type DefaultTheme, defineConfig } from "vitepress";
import { type FoundPage, sectionsOf } from "../src/navigation.ts";

const pages = join(import.meta.dirname, "../generated");
const sections = sectionsOf(foundPages());
const link = (address: string): string => `/${address.replace(/(^|\/)index$/, "$1")}`;

export default defineConfig({
  title: "Weft",
  description: "Finds entities and the relations between them in text. TypeScript, on Node and in the browser.",
  lang: "en-GB",
  // Stands for wherever the site will be; scripts/site/relative.mjs makes it relative.
  base: "/__weft_base__/",
  srcDir: "generated",
  outDir: "dist",
  cacheDir: "../../.cache/vitepress",
  metaChunk: true,
  // Pages that are in view would be fetched whether they are read or not.
  router: { prefetchLinks: false },
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/__weft_base__/icon.svg" }]],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    anchor: { slugify: anchorOf },
    toc: { slugify: anchorOf },
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "weft-arcs" } } },
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    logo: "/icon.svg",
    nav: ["Start", "Guides", "Concepts", "Reference", "Results"].flatMap((name) => {
      const first = sections.find((section) => section.name === name)?.pages[0];
      return first === undefined ? [] : [{ text: name === "Start" ? "Quickstart" : name, link: link(first.address) }];
    }),
    // The lists of the reference and of the results are long, so each has a sidebar of its own.
    sidebar: {
      "/api/": sidebarOf(["API"]),
      "/results": sidebarOf(["Results"]),
      "/": [...sidebarOf(["Start", "Guides", "Concepts"]), ...sidebarOf(["Reference"], ["API"]), ...sidebarOf(["More"])],
    },
    outline: { level: [2, 3] },
    search: { provider: "local" },
    externalLinkIcon: true,
  },
});

/** Groups of the sidebar. Of the sections named second, the first page ends each group. */
function sidebarOf(names: readonly string[], firstOf: readonly string[] = []): DefaultTheme.SidebarItem[] {
  const groups = sections.filter(({ name }) => names.includes(name));
  const others = sections.filter(({ name }) => firstOf.includes(name));
  return groups.map(({ name, pages }) => ({
    text: name,
    items: [
      ...pages.map(({ address, title }) => ({ text: title, link: link(address) })),
      ...others.map(({ name: text, pages: [first] }) => ({ text, link: link(first?.address ?? "") })),
    ],
  }));
}

function foundPages(): FoundPage[] {
  return (
    readdirSync(pages, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md") && file !== "index.md")
      // The packages that most programs import come before those with a scope.
      .sort((a, b) => (a.replace("@", "~") < b.replace("@", "~") ? -1 : 1))
      .map((file) => {
        const address = file.replaceAll(sep, "/").replace(/\.md$/, "");
        const [, title = address] = /^# (.+)$/m.exec(readFileSync(join(pages, file), "utf8")) ?? [];
        return { address, title: title.replaceAll(/[`\\]/g, "") };
      })
  );
}

/** The anchor of a heading as GitHub makes it, so that links work in both places. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}
