import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { ExtractionDemo } from "./extraction-demo.ts";
import "./style.css";

/** VitePress's own theme in the reader's fonts, with the demo, in whatever folder the site is. */
export const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app, siteData }) {
    app.component("ExtractionDemo", ExtractionDemo);
    if (import.meta.env.SSR) return;
    siteData.value = { ...siteData.value, base: import.meta.env.BASE_URL };
    // Links of the page as it was sent are relative to its address, which is about to change.
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[href]")) {
      if (link.origin === location.origin) link.setAttribute("href", `${link.pathname}${link.search}${link.hash}`);
    }
  },
};
