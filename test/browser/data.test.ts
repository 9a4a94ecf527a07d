import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { accessibilityFaults, noBrowser, root, stage } from "./browser.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;
const folder = mkdtempSync(join(tmpdir(), "weft-page-data-"));
const corpus = join(folder, "corpus");
mkdirSync(corpus);
const example = readFileSync(join(root, "examples/corpus/train.jsonl"), "utf8").trimEnd().split("\n");
writeFileSync(join(corpus, "train.jsonl"), example.slice(0, 300).join("\n"));
const hostile = ["<script>document.title='gone'</script>", "met", "<img", "src=x", "onerror=alert(1)>", "🧵", "سارة", "王小明"];
writeFileSync(
  join(corpus, "dev.jsonl"),
  [
    {
      id: "<b>bold</b>",
      tokens: hostile,
      entities: [
        { start: 0, end: 1, type: "<i>" },
        { start: 6, end: 7, type: "PER" },
      ],
      relations: [{ head: 0, tail: 1, type: "</style>" }],
    },
    {
      id: "twice",
      tokens: ["Ada", "left"],
      entities: [
        { start: 0, end: 1, type: "PER" },
        { start: 0, end: 1, type: "PER" },
      ],
      relations: [],
    },
  ]
    .map((record) => JSON.stringify(record))
    .join("\n"),
);
writeFileSync(join(corpus, "broken.jsonl"), `${example[0]}\n{"tokens":["a"],"entities":[{"start":0,"end":9,"type":"X"}]}\n`);
const large = join(folder, "large.jsonl");
writeFileSync(
  large,
  Array.from({ length: 50_000 }, (_, index) =>
    (example[index % example.length] ?? "").replace(/"id":"[^"]*"/, `"id":"s${index}"`),
  ).join("\n"),
);

describe.skipIf(noBrowser !== "")(`the view Data${why}`, () => {
  const { open } = stage(["examples/model", "--data", corpus, large]);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("files are listed with counts, and every filter of sentences works", async () => {
    const { page, faults } = await open("#/data/corpus%2Ftrain.jsonl");
    const numbers = page.locator(".numbers");
    await expect.poll(() => numbers.innerText()).toBe("300 of 300 sentences");
    await expect.poll(() => page.getByRole("row", { name: /train\.jsonl/ }).innerText()).toMatch(/300/);
    const matching = async (): Promise<number> => Number((await numbers.innerText()).split(" ")[0]?.replace(",", ""));
    await page.getByRole("combobox", { name: "Relation", exact: true }).selectOption("founded");
    await expect.poll(matching).toBeLessThan(300);
    const founded = await matching();
    await page.getByRole("combobox", { name: "Overlap" }).selectOption("SEO");
    await expect.poll(matching).toBeLessThan(founded);
    await page.getByRole("spinbutton", { name: "Tokens from" }).fill("25");
    const before = await matching();
    await expect.poll(matching).toBeLessThanOrEqual(before);
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(matching).toBe(300);
    await page.getByRole("searchbox").fill("FOUNDED");
    await expect.poll(matching).toBeLessThan(300);
    expect((await page.locator(".sentence .found").first().innerText()).length).toBeGreaterThan(5);
    expect(faults).toEqual([]);
  });

  test("50,000 sentences load in pages, and can be filtered", async () => {
    const { page, faults } = await open("#/data/large.jsonl");
    await expect.poll(() => page.locator(".numbers").innerText()).toBe("50,000 of 50,000 sentences");
    await expect.poll(() => page.locator(".sentence").count()).toBe(50);
    await expect.poll(() => page.locator("weft-arcs svg").count()).toBeLessThan(50);
    await page.locator(".more").scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator(".sentence").count()).toBeGreaterThan(50);
    const response = await page.request.get(
      new URL("/v1/data/large.jsonl/sentences?search=founded&overlap=SEO&limit=50", page.url()).href,
    );
    expect(response.status()).toBe(200);
    expect(faults).toEqual([]);
  });

  test("markup and scripts are text, in sentences, types and problems", async () => {
    const { page, faults } = await open("#/data/corpus%2Fdev.jsonl");
    await page.locator(".sentence").first().waitFor();
    await expect.poll(() => page.title()).toBe("Data · Weft");
    await expect.poll(() => page.locator("main img, main script, main .sentence b, main .sentence i").count()).toBe(0);
    await expect.poll(() => page.locator(".triples").first().innerText()).toContain("</style>");
    await page.getByRole("button", { name: "Problems" }).click();
    await page.getByText("REPEATED_ENTITY").waitFor();
    await page.locator(".problems li").filter({ hasText: "REPEATED_ENTITY" }).getByText("1 place").click();
    await expect.poll(() => page.locator(".problems").innerText()).toMatch(/corpus\/dev\.jsonl:2/);
    expect(faults).toEqual([]);
  });

  test("a broken file shows what can be read and the line that cannot", async () => {
    const { page, faults } = await open("#/data/corpus%2Fbroken.jsonl/problems");
    await page.getByText("1 record of corpus/broken.jsonl cannot be read").waitFor();
    await expect.poll(() => page.locator(".places").first().innerText()).toContain("corpus/broken.jsonl:2 entities[0].end");
    await page.getByRole("button", { name: "Sentences" }).click();
    await page.getByText("Read up to line 2").waitFor();
    await page.locator(".sentence").first().waitFor();
    await expect.poll(() => page.locator(".sentence").count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test("statistics are a picture and tables with the same numbers", async () => {
    const { page, faults } = await open("#/data/corpus%2Ftrain.jsonl/statistics");
    const picture = page.locator(".statistics img");
    await picture.waitFor();
    await expect.poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBe(900);
    await page.getByText("Relation types", { exact: true }).first().click();
    await expect.poll(() => page.locator(".tables").innerText()).toContain("founded");
    expect(faults).toEqual([]);
  });

  test("is accessible, light and dark, wide and narrow", async () => {
    for (const [colorScheme, width] of [
      ["light", 1200],
      ["dark", 380],
    ] as const) {
      for (const view of ["sentences", "problems", "statistics"]) {
        const { page, faults } = await open(`#/data/corpus%2Ftrain.jsonl/${view}`, {
          colorScheme,
          viewport: { width, height: 800 },
        });
        await page.locator(".sentence, .statistics img, [role=status]:text('Every record')").first().waitFor();
        await expect.poll(() => accessibilityFaults(page)).toEqual([]);
        await expect.poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
        expect(faults).toEqual([]);
        await page.context().close();
      }
    }
  });

  test("a keyboard reaches files, filters and drawings", async () => {
    const { page } = await open("#/data");
    await page.getByRole("link", { name: "corpus/dev.jsonl" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "corpus/dev.jsonl" }).waitFor();
    await page.getByRole("combobox", { name: "Entity type" }).selectOption("<i>");
    await page.getByText("1 of 2 sentences").waitFor();
    const drawing = page.locator("weft-arcs").first();
    await drawing.locator("[role=button]").first().focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => drawing.getAttribute("selected")).toBe("entity:0");
  });

  test("a missing file is reported", async () => {
    const { page, faults } = await open("#/data/..%2F..%2Fetc%2Fpasswd");
    await expect.poll(() => page.getByRole("alert").innerText()).toContain("There is no file ../../etc/passwd here");
    expect(faults).toEqual([]);
  });
});
