import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reconstrain } from "@weft-nlp/core/inference";
import { afterAll, expect, test } from "vitest";
import { isModelFolder, readConstraints, saveConstraints, withSettings } from "./model-constraints.ts";
import { loadModel } from "./model-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-constraints-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const example = fileURLToPath(new URL("../../../../examples/model", import.meta.url));
const model = join(folder, "model");
cpSync(example, model, { recursive: true });
const options = { threads: 1, kernels: "baseline" } as const;

test("constraints from a file are written into a model, and removed without a trace", async () => {
  const before = await loadModel(model, options);
  const [type = ""] = before.description.lexicon.relations.names;
  const file = join(folder, "rules.yaml");
  writeFileSync(file, `noSelf: true\nrelations:\n  ${JSON.stringify(type)}: { maxPerHead: 1, acyclic: true }\n`);
  const constraints = await readConstraints(file);
  await saveConstraints(model, reconstrain(before, constraints));
  const after = await loadModel(model, options);
  expect(after.description.constraints).toEqual({
    ...{ noSelf: true, entityTypes: "joint", nodes: 10_000, beam: 16 },
    relations: { [type]: { maxPerHead: 1, acyclic: true } },
  });
  await saveConstraints(model, reconstrain(after, undefined));
  expect((await loadModel(model, options)).description).toEqual(before.description);
});

test("a file with a misspelt field is refused with its line", async () => {
  const file = join(folder, "misspelt.yaml");
  writeFileSync(file, "relations:\n  works_for:\n    maxPerHeads: 1\n");
  await expect(readConstraints(file)).rejects.toMatchObject({
    code: "SETTING_UNKNOWN",
    at: { line: 3 },
    hint: "did you mean maxPerHead?",
  });
});

test("a model's folder and a run's are told from data", async () => {
  expect(await isModelFolder(model)).toBe(true);
  expect(await isModelFolder(folder)).toBe(true);
  expect(await isModelFolder(join(folder, "rules.yaml"))).toBe(false);
});

test("a model without the setting keeps the tags it was trained with, unless it is changed", async () => {
  expect(readFileSync(join(example, "config.json"), "utf8")).not.toContain('"decoding"');
  const built = await loadModel(example, options);
  expect(built.description.settings["decoding"]).toBe("free");
  expect(withSettings(built, []).description).toBe(built.description);
  expect(withSettings(built, ["decoding=constrained"]).description.settings["decoding"]).toBe("constrained");
  expect(() => withSettings(built, ["decodings=free"])).toThrow(
    "--set decodings=free decodings: there is no setting of this name",
  );
  expect(() => withSettings(built, ["decoding=freely"])).toThrow("expected one of free, constrained");
});
