import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shell, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-usage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("help lists every command in its group, with examples, on standard output", async () => {
  const { code, out, err } = await weft(["--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const text of ["Data and scores:", "Other:", "Examples:", "  score ", "  data check ", "  doctor ", "  completion "]) {
    expect(out).toContain(text);
  }
  expect(out.match(/^[A-Z][a-z ]+:$/gm)).toEqual(
    ["Options", "Models", "Data and scores", "Batches", "Encoders", "Other", "Examples"].map((group) => `${group}:`),
  );
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("help for one command can be asked for in two ways", async () => {
  const [one, other] = await Promise.all([weft(["help", "data", "check"]), weft(["data", "check", "--help"])]);
  expect(one).toEqual(other);
  expect(one.out).toContain("Usage: weft data check");
});

test.each([[[]], [["data"]]])("without a command (%j) the help goes to standard error", async (args: string[]) => {
  const { code, out, err } = await weft(args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("Usage: weft");
});

test.each<[string[], string, string]>([
  [["scor"], "unknown command `scor` (USAGE_INVALID)", "did you mean score?"],
  [["data", "chek"], "unknown command `chek` (USAGE_INVALID)", "did you mean check?"],
  [["score", "a", "b", "--protocl", "strict"], "unknown option `--protocl` (USAGE_INVALID)", "did you mean --protocol?"],
  [["score", "a", "b", "-p", "strct"], 'there is no protocol "strct" (USAGE_INVALID)', "did you mean strict?"],
  [["score", "a"], "missing required argument `predicted` (USAGE_INVALID)", "weft COMMAND --help"],
  [["score", "-", "-"], "only one of the two files can be standard input (USAGE_INVALID)", ""],
  [["completion", "tcsh"], "tcsh", "weft --help"],
  [["help", "scor"], "unknown command `scor` (USAGE_INVALID)", "did you mean score?"],
  [["help", "data", "chek"], "unknown command `chek` (USAGE_INVALID)", "did you mean check?"],
  [["help", "nothing"], "unknown command `nothing` (USAGE_INVALID)", "weft --help lists every command"],
  [["trian", "--help"], "unknown command `trian` (USAGE_INVALID)", "did you mean train?"],
  [["extract", "m", "--threads", "0"], "expected a whole number of at least 1", "weft COMMAND --help"],
  [["train", "c", "--threads=0"], "expected a whole number of at least 1", "weft COMMAND --help"],
  [["serve", "m", "--threads", "0"], "expected a whole number of at least 1", "weft COMMAND --help"],
])("%j is a usage error: exit code 2 and a hint", async (args, message, hint) => {
  const { code, out, err } = await weft(args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(message);
  expect(err).toContain(hint);
  expect(err).not.toContain("    at ");
});

test("with --json an error is one line of JSON on standard error", async () => {
  const { code, out, err } = await weft(["score", "none.jsonl", "b.jsonl", "--json"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(JSON.parse(err)).toEqual({
    error: {
      code: "FILE_MISSING",
      message: "there is no such file",
      at: { source: "none.jsonl" },
      hint: expect.any(String) as string,
    },
  });
});

test("doctor describes the machine, for people and for programs", async () => {
  const { code, out } = await weft(["doctor", "--json"], { cwd: folder });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ fine: true, node: process.versions.node, simd: true, folder: true });
  expect((JSON.parse(out) as { gflops: number }).gflops).toBeGreaterThan(0);
});

test("the schema of the configuration is JSON Schema", async () => {
  const { code, out } = await weft(["schema"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ type: "object", properties: { model: {}, training: {} }, additionalProperties: false });
});

test("every shell gets a script, and bash completes with its own", async () => {
  for (const name of ["zsh", "fish", "powershell"]) expect((await weft(["completion", name])).out).toContain("weft");
  const { out, err, code } = await shell(
    [
      "source <(weft completion bash)",
      "compopt() { :; }",
      "complete -p weft >/dev/null || exit 9",
      'COMP_WORDS=(weft score --protocol rin-p); COMP_CWORD=3; COMP_LINE="weft score --protocol rin-p"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMP_KEY=9',
      '_get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]}; prev=${COMP_WORDS[COMP_CWORD-1]}; words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; }',
      "$(complete -p weft | sed 's/.*-F \\([^ ]*\\).*/\\1/')",
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join("\n"),
    folder,
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.trim().split(/\s+/)).toEqual(["rin-partial", "rin-partial-first"]);
});

test("protocols are explained in words", async () => {
  const { out } = await weft(["protocols"]);
  expect(out).toMatch(/^strict +A relation is right when its type/m);
  expect(out).not.toContain("\u001b");
});
