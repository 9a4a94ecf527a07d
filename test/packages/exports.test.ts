import { describe, expect, test } from "vitest";
import { entries, exportsOfEntries } from "./entry-exports.ts";

const exported = exportsOfEntries();

describe.each([...entries.keys()])("%s", (entry) => {
  const names = exported.get(entry) ?? [];

  test("exports what the snapshot lists: a change is a decision", async () => {
    const list = names.map(({ name, kind }) => `${kind === "type" ? "type " : ""}${name}\n`).join("");
    await expect(list).toMatchFileSnapshot(`exports/${entry.replace("@", "").replaceAll("/", "-")}.txt`);
  });

  test("documents every export", () => {
    expect(names.filter(({ documented }) => !documented).map(({ name }) => name)).toEqual([]);
  });
});

test("the root of the library has at most 40 names", () => {
  expect(exported.get("weft-nlp")?.length).toBeLessThanOrEqual(40);
});
