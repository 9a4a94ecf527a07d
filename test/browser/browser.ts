import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { startBrowser } from "../../scripts/start-browser.mjs";
import { startServer } from "../../scripts/start-server.mjs";

export { startBrowser as launch };

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Why the browser tests cannot run here, or "". */
export const noBrowser = await whyNoBrowser();

interface OpenPage {
  readonly page: Page;
  /** Console messages, exceptions and requests to other hosts; each counts as a fault. */
  readonly faults: readonly string[];
}

/** A browser and a real server for the tests of one file; both end with the file. */
export interface Stage {
  readonly address: () => string;
  /** Opens the page at this address in a fresh profile. */
  open(hash?: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

/**
 * Starts `weft serve` and a browser around the tests of a file.
 *
 * @param args arguments of `weft serve`, besides `--port 0 --json`
 * @param folder the folder it starts in; defaults to the root of the repository
 */
export function stage(args: readonly string[], folder?: string): Stage {
  let browser: Browser | undefined;
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  beforeAll(async () => {
    [browser, server] = await Promise.all([startBrowser(), startServer(args, folder)]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  const address = (): string => {
    if (server === undefined) throw new Error("the server has not started");
    return server.address;
  };
  return {
    address,
    open: async (hash = "", options = {}) => {
      const context = await (browser as Browser).newContext({
        viewport: { width: 1200, height: 900 },
        locale: "en-GB",
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      const faults: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") faults.push(`${message.type()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
      page.on("request", (request) => {
        if (!request.url().startsWith(address()) && !request.url().startsWith("blob:")) faults.push(`asked for ${request.url()}`);
      });
      await page.goto(`${address()}/${hash}`);
      return { page, faults };
    },
  };
}

/** The serious and critical violations of WCAG 2.2 A and AA that axe finds on the page. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, { runOnly: ${JSON.stringify(tags)} })`);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

async function whyNoBrowser(): Promise<string> {
  try {
    await (await startBrowser()).close();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
