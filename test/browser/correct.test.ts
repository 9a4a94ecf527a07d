import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, launch, noBrowser, root } from "./browser.ts";
import { clickWord, drag, drawing, palette, words } from "./correct-words.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;

interface Sentence {
  readonly revision: number;
  readonly done: boolean;
  readonly entities: readonly { start: number; end: number; type: string; confidence?: number }[];
  readonly relations: readonly { head: number; tail: number; type: string; confidence?: number }[];
}

describe.skipIf(noBrowser !== "")(`the view Correct${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "weft-correct-"));
  let browser: Browser;
  let server: ChildProcess;
  let address = "";
  beforeAll(async () => {
    address = `http://127.0.0.1:${await freePort()}`;
    [browser, server] = await Promise.all([launch(), serve(address, folder)]);
  });
  afterAll(async () => {
    await browser?.close();
    await kill(server, "SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  });

  let made = 0;
  async function project(texts: readonly string[], model: string | null = "model"): Promise<string> {
    const name = `p${++made}`;
    const response = await fetch(`${address}/v1/corrections`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, texts, model }),
    });
    expect(response.status).toBe(201);
    return name;
  }

  const kept = async (name: string, id = 0): Promise<Sentence> => {
    const answer = await fetch(`${address}/v1/corrections/${name}/sentences/${id}`);
    const { document, ...sentence } = (await answer.json()) as { readonly document: Sentence };
    return { ...document, ...sentence };
  };

  async function open(
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
    await page.goto(`${address}/#/correct/${name}`);
    await drawing(page);
    return { page, context, faults };
  }

  const plainText = "Mara Voss founded Kettle Robotics in Bremen.";

  test("dragging over words marks an entity, dragging one onto another relates them, and undo reverts both", async () => {
    const name = await project([plainText], null);
    const { page, faults } = await open(name);
    await drag(page, "Mara", "Voss");
    await page.keyboard.press("1");
    await drag(page, "Kettle", "Robotics");
    // The page guesses, and takes another type as well.
    await page.getByText("A guess. If not, it is").waitFor();
    await page.getByRole("group", { name: "Entity types" }).getByRole("button", { name: /ORG/ }).click();
    // The words between the two say the name of the relation.
    await drag(page, "Voss", "Kettle");
    await expect.poll(async () => (await kept(name)).relations).toHaveLength(1);
    const sentence = await kept(name);
    expect(sentence.entities.map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [3, 5],
    ]);
    expect(sentence.relations).toEqual([{ head: 0, tail: 1, type: "founded" }]);
    for (let step = 0; step < 3; step++) await page.keyboard.press("Control+z");
    await expect.poll(async () => (await kept(name)).entities).toHaveLength(1);
    for (let step = 0; step < 3; step++) await page.keyboard.press("Control+Shift+Z");
    await expect.poll(async () => (await kept(name)).relations).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  test("buttons accept and reject suggestions, and “Done, next” accepts the rest", async () => {
    const name = await project([`${plainText} Nothing more is here.`]);
    const { page, faults } = await open(name);
    const before = await kept(name);
    expect(before.entities.every(({ confidence }) => confidence !== undefined)).toBe(true);
    await page.getByRole("button", { name: "Accept Mara Voss, PER" }).click();
    await page.getByRole("button", { name: "Reject Bremen, LOC" }).click();
    await expect.poll(async () => (await kept(name)).entities).toHaveLength(before.entities.length - 1);
    const after = await kept(name);
    const accepted = after.entities.find(({ start }) => start === 0);
    expect(accepted).toMatchObject({ start: 0, end: 2, type: "PER" });
    expect(accepted).not.toHaveProperty("confidence");
    await page.getByRole("button", { name: "Done, next" }).click();
    await expect.poll(() => page.locator(".steps [role=status]").innerText()).toMatch(/^2 of 2/);
    await expect.poll(async () => (await kept(name)).done).toBe(true);
    expect(JSON.stringify(await kept(name))).not.toContain("confidence");
    expect(faults).toEqual([]);
  });

  test("everything works by keyboard alone", async () => {
    const name = await project([plainText], null);
    const { page, faults } = await open(name);
    await words(page).focus();
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press("Home", "Shift+ArrowRight", "e");
    await press("ArrowRight", "ArrowRight", "Shift+ArrowRight", "2");
    await press("r", "Home", "r", "1");
    await expect.poll(async () => (await kept(name)).relations).toHaveLength(1);
    const one = await kept(name);
    expect(one.entities.map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [3, 5],
    ]);
    expect(one.relations.map(({ head, tail }) => [head, tail])).toEqual([[1, 0]]);
    await press("Home", "Delete");
    await expect.poll(() => kept(name)).toMatchObject({ relations: [], entities: [{ start: 3 }] });
    await press("Control+z", "Control+Enter");
    await expect.poll(() => kept(name)).toMatchObject({ done: true, relations: [{}] });

    const suggested = await project([plainText]);
    await page.goto(`${address}/#/correct/${suggested}`);
    await expect.poll(() => page.locator(".controls strong").innerText()).toBe(suggested);
    await words(page).focus();
    const { entities } = await kept(suggested);
    const accepted = async () => (await kept(suggested)).entities.filter(({ confidence }) => confidence === undefined).length;
    await press("Escape", ".", "Enter");
    await expect.poll(accepted).toBe(1);
    await press("Escape", ".", ".", "Delete");
    await expect.poll(async () => (await kept(suggested)).entities).toHaveLength(entities.length - 1);
    await press("s", "Enter");
    await expect.poll(accepted).toBeGreaterThan(1);
    expect(faults).toEqual([]);
  });

  test("a dead server loses nothing: the edit survives a reload, and is saved when the server is back", async () => {
    const name = await project([plainText], null);
    const { page } = await open(name);
    await kill(server, "SIGKILL");
    await clickWord(page, "Bremen");
    await page.keyboard.press("1");
    await expect.poll(() => page.locator(".save-state").getAttribute("data-state")).toBe("offline");
    await clickWord(page, "Kettle");
    await page.keyboard.press("2");
    server = await serve(address, folder);
    await page.reload();
    await drawing(page);
    await expect.poll(async () => (await kept(name)).entities.map(({ start }) => start)).toEqual([6, 3]);
    await expect.poll(() => page.locator(".board [data-entity]").count()).toBe(2);
    await expect
      .poll(() => page.evaluate<number>("Object.keys(localStorage).filter((key) => key.startsWith('weft-correct/')).length"))
      .toBe(0);
  });

  test("a conflict between two tabs shows both versions, and one is chosen", async () => {
    const name = await project([plainText], null);
    const [one, other] = [await open(name), await open(name)];
    await clickWord(one.page, "Bremen");
    await one.page.keyboard.press("1");
    await expect.poll(async () => (await kept(name)).entities).toHaveLength(1);
    await clickWord(other.page, "Mara");
    await other.page.keyboard.press("2");
    const conflict = other.page.locator(".failure.conflict");
    await conflict.waitFor();
    await expect.poll(() => other.page.locator(".save-state").innerText()).toBe("Changed elsewhere");
    await expect.poll(() => conflict.locator("weft-arcs").count()).toBe(2);
    await expect.poll(() => accessibilityFaults(other.page)).toEqual([]);
    expect((await kept(name)).entities).toMatchObject([{ start: 6 }]);
    await other.page.getByRole("button", { name: "Keep mine" }).click();
    await expect.poll(async () => (await kept(name)).entities).toMatchObject([{ start: 0 }]);
    await clickWord(one.page, "Kettle");
    await one.page.keyboard.press("1");
    await one.page.getByRole("button", { name: "Take theirs" }).click();
    await expect.poll(async () => (await kept(name)).entities).toMatchObject([{ start: 0 }]);
    await expect.poll(() => one.page.locator(".board [data-entity]").count()).toBe(1);
  });

  test("markup and emoji are text; Chinese and right-to-left text can be marked; a type can be added", async () => {
    const name = await project(
      [
        "<script>document.title = 1</script> 👩‍👩‍👧 Mara left.",
        "王小明在上海创办了星河公司。",
        "سارة أسست شركة النور في القاهرة.",
      ],
      null,
    );
    const { page, faults } = await open(name, { hasTouch: true });
    await page.getByRole("button", { name: "Text order" }).click();
    await drawing(page);
    await clickWord(page, 1);
    await page.getByRole("button", { name: "Other type…" }).click();
    await palette(page).getByRole("combobox").fill("人 <b>");
    await palette(page).getByRole("option", { name: "New type: 人 <b>" }).click();
    await expect.poll(async () => (await kept(name)).entities).toMatchObject([{ start: 1, end: 2, type: "人 <b>" }]);
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await words(page).focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("1");
    await expect.poll(async () => (await kept(name, 1)).entities).toMatchObject([{ start: 0, end: 2 }]);
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await expect.poll(() => page.locator(".board weft-arcs .rtl").count()).toBe(1);
    await words(page).focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("1");
    await expect.poll(async () => (await kept(name, 2)).entities).toMatchObject([{ start: 1, end: 2 }]);
    await expect.poll(() => page.title()).toBe("Correct · Weft");
    expect(faults).toEqual([]);
  });

  test("a training on the done sentences is started, followed and stopped from the page", async () => {
    const name = await project([`${plainText} Tomas Reyes lives in Rostock. The Heron Arm was made by Kettle Robotics.`]);
    const { page, faults } = await open(name);
    const train = page.getByRole("button", { name: "Train on these" });
    await expect.poll(() => train.isDisabled()).toBe(true);
    for (let sentence = 0; sentence < 3; sentence++) {
      await page.getByRole("button", { name: "Done, next" }).click();
      // The order is the page's: the least certain comes first.
      await expect
        .poll(async () => (await Promise.all([0, 1, 2].map((id) => kept(name, id)))).filter(({ done }) => done).length)
        .toBe(sentence + 1);
    }
    await train.click();
    const run = page.getByRole("link", { name: `${name}-1` });
    await run.waitFor();
    await expect.poll(() => run.getAttribute("href")).toBe(`#/runs/${name}-1?show=${name}-1`);
    await page.getByRole("button", { name: "Stop training" }).click();
    await train.waitFor();
    await expect
      .poll(() => page.locator(".training [role=status]").innerText())
      .toContain("train: 2 corrected sentences; dev: 1");
    expect(faults).toEqual([]);
  });

  test("is accessible, light and dark, wide and narrow; a project is created and exported", async () => {
    for (const [colorScheme, width] of [
      ["light", 1200],
      ["dark", 380],
    ] as const) {
      const name = await project([plainText]);
      const { page, faults } = await open(name, { colorScheme, viewport: { width, height: 800 } });
      await expect.poll(() => accessibilityFaults(page)).toEqual([]);
      await expect.poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await page.getByRole("link", { name: "All projects" }).click();
      await page.locator(".new-project").waitFor();
      await expect.poll(() => accessibilityFaults(page)).toEqual([]);
      await page.getByLabel("Name", { exact: true }).fill(`made-${width}`);
      await page.getByLabel("Text", { exact: true }).fill(plainText);
      await page.getByRole("button", { name: "Begin" }).click();
      await drawing(page);
      await page.getByLabel("Which sentences").selectOption("all");
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
      expect(download.suggestedFilename()).toBe(`made-${width}.jsonl`);
      expect(faults).toEqual([]);
    }
  });
});

/** Closed before it is used again: a restarted server must have the same address. */
async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const place = probe.address();
      probe.close(() => resolve(typeof place === "object" && place !== null ? place.port : 0));
    });
  });
}

async function serve(address: string, folder: string): Promise<ChildProcess> {
  const runs = join(folder, "runs");
  mkdirSync(runs, { recursive: true });
  const own = ["--corrections", join(folder, "corrections"), "--runs", runs, "--allow-training"];
  const args = ["packages/weft/bin/weft.js", "serve", "examples/model", "--port", new URL(address).port, "--json", ...own];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.toString("utf8").includes('"kind":"ready"')) resolve();
    });
    child.once("close", (code) => reject(new Error(`weft serve ended with ${code}`)));
  });
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once("close", done));
  child.kill(signal);
  await ended;
}
