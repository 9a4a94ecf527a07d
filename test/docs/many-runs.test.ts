import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyCorpus } from "../e2e/tiny-corpus.ts";
import { shell } from "../e2e/weft-command.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/many-runs.md"), "utf8");
const commands = [...page.matchAll(/^npx (weft .*?)(?: +#.*)?$/gmu)].map(([, command = ""]) => command);

const folder = mkdtempSync(join(tmpdir(), "weft-docs-many-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/**
 * A corpus of a few sentences under the name of the bundled one, because this tests the commands,
 * not the scores.
 */
beforeAll(() => void writeTinyCorpus(join(folder, "examples/corpus")));

test("docs/many-runs.md shows each of these commands", () => {
  expect([...new Set(commands.map((command) => command.split(" ")[1]))]).toEqual(["repeat", "sweep", "cv"]);
});

test.each(commands)("%s works as the page says, with little data and one epoch", async (command) => {
  const small = "--set training.epochs=1 --deterministic --threads 1";
  const { code, out, err } = await shell(`${command} ${small}`, folder);
  expect(code, err).toBe(0);
  expect(out).toMatch(/strict[\s\S]*± is the sample standard deviation/u);
  const place = /everything in (.*)report\.html/u.exec(err)?.[1] ?? "";
  for (const file of ["report.json", "report.html"]) expect(existsSync(join(folder, place, file)), file).toBe(true);
});
