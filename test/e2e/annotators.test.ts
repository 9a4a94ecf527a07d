import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { jsonLines } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-annotators-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = { cwd: folder };
const path = (name: string): string => join(folder, name);

const texts = ["Ada joined Acme in Oslo.", "Bo left Initech.", "Eve likes Rome."];

interface Span {
  readonly at: string;
  readonly type: string;
}

const spans = (text: string, marks: readonly Span[]) =>
  marks.map(({ at, type }) => ({ start: text.indexOf(at), end: text.indexOf(at) + at.length, type, text: at }));

const ada = [
  { at: "Ada", type: "PER" },
  { at: "Acme", type: "ORG" },
  { at: "Oslo", type: "LOC" },
];
const marks: Record<string, readonly (readonly Span[])[]> = {
  anna: [
    ada,
    [
      { at: "Bo", type: "PER" },
      { at: "Initech", type: "ORG" },
    ],
    [{ at: "Eve", type: "PER" }],
  ],
  ben: [
    ada.slice(0, 2),
    [
      { at: "Bo", type: "PER" },
      { at: "Initech", type: "LOC" },
    ],
    [{ at: "Eve", type: "PER" }],
  ],
  carol: [
    ada,
    [
      { at: "Bo", type: "PER" },
      { at: "Initech", type: "ORG" },
    ],
    [{ at: "Eve", type: "PER" }],
  ],
};

/** The annotation of a text as Label Studio exports it. */
const annotation = (name: string, index: number, completed_by: unknown) => ({
  id: index,
  completed_by,
  result: [
    ...spans(texts[index] ?? "", marks[name]?.[index] ?? []).map(({ type, ...value }, number) => ({
      id: `r${number}`,
      from_name: "label",
      to_name: "text",
      type: "labels",
      value: { ...value, labels: [type] },
    })),
    ...(index === 0 ? [{ type: "relation", from_id: "r0", to_id: "r1", direction: "right", labels: ["joined"] }] : []),
  ],
});

const tasks = texts.map((text, index) => ({
  id: 10 + index,
  data: { text },
  annotations: [
    annotation("anna", index, { email: "anna@example.org" }),
    annotation("ben", index, 7),
    ...(index < 2 ? [annotation("carol", index, "carol")] : []),
  ],
  predictions: [],
}));
writeFileSync(path("export.json"), JSON.stringify(tasks, null, 1));
for (const name of Object.keys(marks)) {
  mkdirSync(path(name));
  for (const [index, text] of texts.entries()) {
    const lines = spans(text, marks[name]?.[index] ?? []).map(
      ({ start, end, type, text }, number) => `T${number + 1}\t${type} ${start} ${end}\t${text}`,
    );
    if (index === 0) lines.push("R1\tjoined Arg1:T1 Arg2:T2");
    writeFileSync(path(`${name}/${10 + index}.txt`), text);
    writeFileSync(path(`${name}/${10 + index}.ann`), `${lines.join("\n")}\n`);
  }
}

test("a Label Studio export with several annotators is several annotators, like folders of brat", async () => {
  const one = await weft(["data", "agreement", "export.json", "--json"], inFolder);
  expect({ code: one.code, err: one.err }).toEqual({ code: 0, err: "" });
  const report = JSON.parse(one.out);
  expect(report).toMatchObject({
    kappa: "Fleiss",
    annotators: [
      { name: "anna@example.org", documents: 3 },
      { name: "7", documents: 3 },
      { name: "carol", documents: 2 },
    ],
    relations: { exact: { f1: 1 } },
    entities: { confusions: [{ types: ["LOC", "ORG"], count: 2 }] },
    omitted: 0,
  });
  const two = await weft(["data", "agreement", "anna", "ben", "--json"], inFolder);
  expect(JSON.parse(two.out)).toMatchObject({
    kappa: "Cohen",
    annotators: [{ name: "anna" }, { name: "ben" }],
    shared: { documents: 3 },
  });
  const text = await weft(["data", "agreement", "A=anna", "B=ben", "--svg", "agreement.svg"], inFolder);
  expect(text.out).toContain("same place, different types: LOC or ORG (1)");
  expect(text.out).toMatch(/^entities +6 \/ 5 +72\.7 /m);
  expect(readFileSync(path("agreement.svg"), "utf8")).toContain("Agreement of A, B");
});

test("merging writes what most have, the sentences in dispute, and takes decisions back", async () => {
  const all = ["data", "merge", "anna", "ben", "carol"];
  const merged = await weft([...all, "--out", "gold.jsonl", "--adjudicate", "disputes.jsonl", "--json"], inFolder);
  expect(JSON.parse(merged.out)).toMatchObject({
    documents: 3,
    kept: { entities: 6, relations: 1 },
    disputed: { sentences: 2, relationsAcrossSentences: 0 },
    decided: 0,
  });
  const read = (name: string) =>
    readFileSync(path(name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  expect(read("gold.jsonl")[1].entities.map(({ type }: Span) => type)).toEqual(["PER", "ORG"]);
  const disputes = read("disputes.jsonl");
  expect(disputes.map(({ id }) => id)).toEqual(["10", "11"]);
  expect(disputes[1].meta.disagreements).toEqual(["Initech (LOC): ben; not anna, carol", "Initech (ORG): anna, carol; not ben"]);
  const decided = { ...disputes[1], entities: [{ start: 0, end: 1, type: "PER" }] };
  writeFileSync(path("decided.jsonl"), jsonLines([decided]));
  const again = await weft(
    [...all, "--out", "final.jsonl", "--adjudicated", "decided.jsonl", "--adjudicate", "left.jsonl"],
    inFolder,
  );
  expect(again.err).toContain("1 sentence as decided in decided.jsonl");
  expect(read("final.jsonl")[1].entities).toMatchObject([{ start: 0, end: 1, type: "PER" }]);
  expect(read("left.jsonl").map(({ id }) => id)).toEqual(["10"]);
  const brat = await weft(["data", "merge", "export.json", "--by", "union", "--out", "union/", "--to", "brat"], inFolder);
  expect(brat.code).toBe(0);
  expect(readFileSync(path("union/11.ann"), "utf8")).toContain("LOC 8 15\tInitech");
});

test("errors name the file and replace nothing", async () => {
  writeFileSync(path("other.jsonl"), jsonLines([{ id: "10", tokens: ["Else"], entities: [], relations: [] }]));
  writeFileSync(path("kept.jsonl"), "kept\n");
  const broken = tasks.map((task) => ({
    ...task,
    annotations: [
      { ...task.annotations[1], result: [{ type: "labels", id: "r", value: { start: 0, end: 900, labels: ["A"] } }] },
    ],
  }));
  writeFileSync(path("broken.json"), JSON.stringify([tasks[0], broken[1]]));
  const cases: [string[], number, string][] = [
    [["agreement", "anna"], 2, "expected the annotation of two people or more, found that of one"],
    [["agreement", "x=anna", "x=ben"], 2, "two annotators are called x"],
    [["agreement", "anna", "anna"], 2, "two annotators are called anna (USAGE_INVALID)"],
    [["agreement", "anna", "./anna"], 2, "two annotators are called anna (USAGE_INVALID)"],
    [["agreement", "anna", "missing.jsonl"], 1, "missing.jsonl: there is no such file"],
    [["agreement", "anna", "other.jsonl"], 1, 'the document "10" has "Else" here for other, but "Ada" for anna'],
    [["agreement", "broken.json"], 1, "broken.json:1 [1].annotations[0].result[0]"],
    [["merge", "anna", "ben", "--out", "kept.jsonl"], 1, "the file already exists (OUTPUT_EXISTS)"],
    [["merge", "anna", "other.jsonl", "--out", "other.jsonl", "--force"], 2, "other.jsonl is an input"],
    [
      ["merge", "anna", "ben", "--out", "new.jsonl", "--adjudicated", "other.jsonl"],
      1,
      "has other words here than for the annotators",
    ],
  ];
  for (const [args, status, message] of cases) {
    const { code, err } = await weft(["data", ...args], inFolder);
    expect({ code, said: err.includes(message) }, err).toEqual({ code: status, said: true });
  }
  expect(readFileSync(path("kept.jsonl"), "utf8")).toBe("kept\n");
  expect(readdirSync(folder).filter((name) => name === "new.jsonl" || name.endsWith(".tmp"))).toEqual([]);
});
