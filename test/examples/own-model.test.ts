import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, lines } from "../e2e/tiny-corpus.ts";
import { weft } from "../e2e/weft-command.ts";

const example = fileURLToPath(new URL("../../examples/own-model/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "weft-own-model-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plugin = ["--plugin", join(example, "index.mjs")];
const run = async (args: readonly string[], input = "") => weft(args, { cwd: folder, input });
/** The example's configuration, made small, on a few sentences. */
const small = [
  ...["data.train=train.jsonl", "data.dev=dev.jsonl", "data.test=test.jsonl", "training.epochs=2"],
  ...["model.hiddenSize=6", "model.inputs.words.size=8"],
];

describe("examples/own-model", () => {
  beforeAll(async () => {
    cpSync(join(example, "weft.yaml"), join(folder, "weft.yaml"));
    writeFileSync(join(folder, "train.jsonl"), jsonLines(lines(24)));
    writeFileSync(join(folder, "dev.jsonl"), jsonLines(lines(6, 24)));
    writeFileSync(join(folder, "test.jsonl"), jsonLines(lines(6, 30)));
    for (const threads of ["1", "2"]) {
      const to = ["--run", `by-${threads}`, "--threads", threads, "--deterministic"];
      const { code, err } = await run(["train", "weft.yaml", ...plugin, ...to, "--set", ...small]);
      expect(code, err).toBe(0);
    }
  });

  test("trains to the same bytes by one thread and by two", () => {
    const bytes = (name: string): Buffer => readFileSync(join(folder, name, "model/model.safetensors"));
    expect(bytes("by-2").equals(bytes("by-1"))).toBe(true);
  });

  test("its model extracts, the same by one thread and by two", async () => {
    const text = "Ada Lovelace works for Acme in Oslo.\nNothing else happened.\n";
    const outputs = [];
    for (const threads of ["1", "2"]) {
      const { code, out, err } = await run(["extract", "by-1", ...plugin, "--threads", threads, "--deterministic"], text);
      expect(code, err).toBe(0);
      outputs.push(out);
    }
    expect(outputs[0]?.trimEnd().split("\n")).toHaveLength(2);
    expect(outputs[1]).toBe(outputs[0]);
  });

  test("without the plugin, a configuration and a model folder say what to load", async () => {
    for (const args of [
      ["train", "weft.yaml", "--run", "none"],
      ["extract", "by-1"],
    ]) {
      const { code, err } = await run(args);
      expect(code).toBe(1);
      expect(err).toMatch(
        /config\.json: there is no model called tags-and-pairs|model\.name: expected one of .* found tags-and-pairs/,
      );
      expect(err).toContain("if a plugin registers it, load that with --plugin");
    }
  });

  test("several runs at a time load the plugin in their threads, here by the folder of its package", async () => {
    const two = ["--seeds", "2", "--jobs", "2", "--threads", "4"];
    const { code, err } = await run(["repeat", "weft.yaml", "--plugin", example, ...two, "--set", ...small]);
    expect(code, err).toBe(0);
  });
});
