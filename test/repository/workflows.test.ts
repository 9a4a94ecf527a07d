import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as Parser from "@actions/workflow-parser";
import { rolldown } from "rolldown";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}.github/workflows/`;
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: Record<string, string> };

const scratch = mkdtempSync(join(tmpdir(), "weft-workflows-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** It imports JSON in a way that bundlers understand and Node does not. */
async function loadParser(): Promise<typeof Parser> {
  const file = join(scratch, "parser.mjs");
  const bundle = await rolldown({ input: "@actions/workflow-parser", platform: "node", cwd: root, logLevel: "silent" });
  await bundle.write({ file, format: "esm", codeSplitting: false });
  return (await import(pathToFileURL(file).href)) as typeof Parser;
}

const parser = await loadParser();

/** What GitHub's own parser says about a workflow. */
async function problemsOf(name: string, content: string): Promise<string[]> {
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = parser;
  const trace = new NoOperationTraceWriter();
  const { context, value } = parseWorkflow({ name, content }, trace);
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

describe.each(readdirSync(folder))("%s", (name) => {
  const content = readFileSync(folder + name, "utf8");

  test("GitHub's parser accepts it", async () => {
    expect(await problemsOf(name, content)).toEqual([]);
  });

  test("every npm script and file that it runs exists", () => {
    const { jobs } = parse(content) as { jobs: Record<string, { steps: { run?: string }[] }> };
    const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => (run === undefined ? [] : [run])));
    const named = commands.flatMap((command) => [...command.matchAll(/npm run ([\w:-]+)/g)].map(([, script = ""]) => script));
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
    for (const command of commands) {
      for (const [, file = ""] of command.matchAll(/(?:^|node )((?:scripts|\.ci)\/[\w./-]+)/g)) readFileSync(root + file);
    }
  });
});

test("a workflow with a mistake is refused", async () => {
  const content = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - runs: npm test\n";
  expect(await problemsOf("wrong.yml", content)).not.toEqual([]);
});

test("issue forms ask for weft doctor, and have what GitHub requires of them", () => {
  for (const name of ["bug.yml", "question.yml"]) {
    const form = parse(readFileSync(`${root}.github/ISSUE_TEMPLATE/${name}`, "utf8")) as {
      readonly name: string;
      readonly description: string;
      readonly body: readonly { readonly type: string; readonly id: string; readonly attributes: { readonly label: string } }[];
    };
    expect([form.name, form.description].every((text) => text.length > 3)).toBe(true);
    expect(form.body.map(({ type }) => type).every((type) => ["textarea", "input", "markdown", "dropdown"].includes(type))).toBe(
      true,
    );
    expect(new Set(form.body.map(({ id }) => id)).size).toBe(form.body.length);
    expect(form.body.some(({ attributes }) => attributes.label.includes("weft doctor"))).toBe(true);
  }
});

test("CITATION.cff has the version that is published, and what the format requires", () => {
  const { version } = JSON.parse(readFileSync(`${root}packages/weft/package.json`, "utf8")) as { version: string };
  const citation = parse(readFileSync(`${root}CITATION.cff`, "utf8")) as Readonly<Record<string, unknown>>;
  expect(citation).toMatchObject({ "cff-version": "1.2.0", version, license: "Apache-2.0", type: "software" });
  for (const key of ["message", "title", "authors"]) expect(citation).toHaveProperty(key);
  for (const paper of citation["references"] as Readonly<Record<string, unknown>>[]) {
    for (const key of ["type", "title", "authors", "year"]) expect(paper).toHaveProperty(key);
  }
});
