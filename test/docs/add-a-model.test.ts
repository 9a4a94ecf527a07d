import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { node } from "../e2e/weft-command.ts";
import { installPacked, root } from "../packages/packed-packages.ts";

const page = readFileSync(join(root, "docs/add-a-model.md"), "utf8");

test("docs/add-a-model.md makes a model that trains, extracts and meets the contract, in an empty folder", async () => {
  const folder = installPacked("weft-nlp");
  const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gmsu)].flatMap(([, block = ""]) => block.trim().split("\n"));
  const [init, install = "", train = "", extract = "", check = "", ...more] = commands;
  expect([init, check.startsWith("npx vitest run"), more]).toEqual(["npm init -y", true, []]);
  for (const name of install.replace("npm install ", "").split(" ")) {
    const place = join(folder, "node_modules", name);
    if (!existsSync(place)) symlinkSync(join(root, "node_modules", name), place);
  }
  writeFiles(folder);

  const weft = [join(folder, "node_modules/weft-nlp/bin/weft.js")];
  // The same bytes on every machine.
  const exactly = ["--deterministic", "--threads", "1"];
  const trained = await node([...weft, ...wordsOf(train), ...exactly], { cwd: folder });
  expect(trained.code, trained.err).toBe(0);

  const [, text = "", command = ""] = /^echo "(.*)" \| (npx weft .*)$/.exec(extract) ?? [];
  const extracted = await node([...weft, ...wordsOf(command), ...exactly], { cwd: folder, input: `${text}\n` });
  expect(extracted.code, extracted.err).toBe(0);
  const triples = readFileSync(join(folder, "triples.csv"), "utf8");
  expect(triples).toMatch(/Rosa Quinn.*founded.*Copper Kiln/);
  expect(triples).toMatch(/Copper Kiln.*based_in.*Malta/);

  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const tested = await node([vitest, ...check.split(" ").slice(2), "--root", folder], { cwd: folder });
  expect(tested.code, tested.out + tested.err).toBe(0);
  expect(tested.out).toMatch(/1 passed/);
});

/** The files that the page shows under their names, and what it adds to them. */
function writeFiles(folder: string): void {
  const shown = page.matchAll(/^(?:Add to )?`([\w.-]+)`:\n\n```\w+\n(.*?)^```$/gmsu);
  const files = new Map<string, string[]>();
  for (const [, name = "", content = ""] of shown) files.set(name, [...(files.get(name) ?? []), content]);
  expect([...files.keys()]).toEqual(["train.jsonl", "dev.jsonl", "small-model.mjs", "weft.yaml", "small-model.test.mjs"]);
  for (const [name, parts] of files) writeFileSync(join(folder, name), parts.join("\n"));
}

/** What follows `npx weft` in a command. */
function wordsOf(command: string): string[] {
  return command.replace(/^npx weft /, "").split(" ");
}
