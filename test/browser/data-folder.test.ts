import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { noBrowser, stage } from "./browser.ts";
import { drawing } from "./correct-words.ts";

const why = noBrowser === "" ? "" : ` (skipped: ${noBrowser})`;
const folder = mkdtempSync(join(tmpdir(), "weft-page-brat-"));
const brat = join(folder, "brat");
mkdirSync(brat);
writeFileSync(join(brat, "annotation.conf"), "[entities]\nPER\nORG\n[relations]\nfounded Arg1:PER, Arg2:ORG\n");
for (const name of ["a", "b"]) {
  writeFileSync(join(brat, `${name}.txt`), "Mara Voss founded Acme. Nothing more is known.");
  writeFileSync(join(brat, `${name}.ann`), "T1\tPER 0 9\tMara Voss\nT2\tORG 18 22\tAcme\nR1\tfounded Arg1:T1 Arg2:T2\n");
}
writeFileSync(join(brat, "c.txt"), "Short.");
writeFileSync(join(brat, "c.ann"), "T1\tPER 70 79\tMara Voss\n");

describe.skipIf(noBrowser !== "")(`a folder of brat on the page${why}`, () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { open } = stage(["examples/model", "--data", folder, "--corrections", join(folder, "corrections")]);

  test("it is browsed, filtered and checked like a file, and becomes a correction project", async () => {
    const { page, faults } = await open("#/data");
    const line = page.getByRole("row", { name: /brat/ });
    await expect.poll(() => line.innerText()).toMatch(/a folder of 3 documents\s+4 to the first fault/);
    await page.getByText("Read up to c.ann").waitFor();
    await expect.poll(() => page.locator(".sentence").count()).toBe(4);
    await page.getByRole("combobox", { name: "Relation" }).selectOption("founded");
    await expect.poll(() => page.locator(".sentence").count()).toBe(2);
    await page.getByRole("button", { name: "Problems" }).click();
    await expect.poll(() => page.locator(".places").first().innerText()).toMatch(/\/brat\/c\.ann/);
    rmSync(join(brat, "c.ann"));
    await page.goto(page.url().replace(/#.*/, "#/correct"));
    await page.getByLabel("Name", { exact: true }).fill("from-brat");
    await page.getByLabel("Suggestions from").selectOption("");
    await page.getByRole("combobox", { name: /^Of/ }).selectOption("data");
    await page.locator("select[name=file]").selectOption({ label: `${folder.split("/").at(-1)}/brat` });
    await page.getByRole("button", { name: "Begin" }).click();
    await drawing(page);
    await expect.poll(() => page.locator(".steps [role=status]").innerText()).toMatch(/^1 of 4/);
    const entities = page.getByRole("list", { name: "Entities" }).locator(".said");
    await expect
      .poll(() => entities.allInnerTexts())
      .toEqual([expect.stringMatching(/^Mara Voss PER/), expect.stringMatching(/^Acme ORG/)]);
    expect(faults).toEqual([]);
  });
});
