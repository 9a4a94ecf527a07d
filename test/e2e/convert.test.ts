import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shell, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-convert-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = { cwd: folder };

const text = "🚀 Ada Lovelace joined Acme Corp in Paris.";
const ann = `T1	PER 2 14	Ada Lovelace
T2	ORG 22 31	Acme Corp
T3	LOC 35 40	Paris
R1	works_for Arg1:T1 Arg2:T2
R2	based_in Arg1:T2 Arg2:T3
`;

beforeAll(() => {
  mkdirSync(join(folder, "brat"));
  writeFileSync(join(folder, "brat/doc-1.txt"), text);
  writeFileSync(join(folder, "brat/doc-1.ann"), ann);
  mkdirSync(join(folder, "notes"));
  writeFileSync(join(folder, "notes/doc-1.txt"), text);
  writeFileSync(join(folder, "notes/doc-1.ann"), `${ann}A1	Negated T1\nA2	Negated T2\n*	Equiv T1 T2\n`);
});

test("a brat folder survives every format that can represent it", async () => {
  const steps = [
    ["brat", "1.jsonl"],
    ["1.jsonl", "2.json", "--to", "label-studio"],
    ["2.json", "3.jsonl.gz", "--to", "doccano"],
    ["3.jsonl.gz", "4.jsonl", "--to", "prodigy"],
    ["4.jsonl", "back", "--to", "brat"],
  ];
  for (const step of steps) {
    const { code, err, out } = await weft(["convert", ...step, "--strict"], inFolder);
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(/^1 document, 3 entities, 2 relations read and written as /);
  }
  expect(readFileSync(join(folder, "back/doc-1.ann"), "utf8")).toBe(ann);
  expect(readFileSync(join(folder, "back/doc-1.txt"), "utf8")).toBe(text);
  expect(readdirSync(join(folder, "back"))).toContain("annotation.conf");
});

test("lists omissions with their places, and fails on them with --strict", async () => {
  const loose = await weft(["convert", "notes", "notes.jsonl"], inFolder);
  expect(loose.code).toBe(0);
  expect(loose.err).toBe(`1 document, 3 entities, 2 relations read and written as Weft JSONL
3 things could not be carried over:
  2  A: Weft has no attributes of mentions
     notes/doc-1.ann:6 A1
     notes/doc-1.ann:7 A2
  1  *: Weft has no equivalence of mentions
     notes/doc-1.ann:8 *
`);
  expect((await weft(["convert", "notes", "notes.jsonl", "--strict"], inFolder)).code).toBe(1);
});

test("an omission in writing has the place of its document in the input", async () => {
  const record = {
    id: "x",
    tokens: ["Ada", "left"],
    entities: [{ start: 0, end: 1, type: null }],
    relations: [],
    pos: ["NNP", "VBD"],
  };
  writeFileSync(join(folder, "untyped.jsonl"), `\n${JSON.stringify(record)}\n`);
  const { code, out } = await weft(["convert", "untyped.jsonl", "untyped", "--to", "brat", "--json", "--strict"], inFolder);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    input: "untyped.jsonl",
    output: "untyped",
    to: "brat",
    documents: 1,
    entities: 1,
    relations: 0,
    warnings: [],
    omitted: 2,
    omissions: [
      {
        what: "entities[].type",
        reason: 'every entity must have a type; written as "Entity"',
        count: 1,
        places: [{ source: "untyped.jsonl", line: 2, path: "x entities[0].type" }],
      },
      {
        what: "pos",
        reason: "the format has no part-of-speech tags",
        count: 1,
        places: [{ source: "untyped.jsonl", line: 2, path: "x pos" }],
      },
    ],
  });
});

test("an error names the line of a broken record, and neither a file nor a folder is left", async () => {
  writeFileSync(join(folder, "broken.jsonl"), `{"tokens":["a"]}\n{"tokens":["a"],"entities":[{"start":0,"end":7,"type":"A"}]}\n`);
  for (const [output, format] of [
    ["broken-out.json", "label-studio"],
    ["broken-out", "brat"],
  ] as const) {
    const { code, err } = await weft(["convert", "broken.jsonl", output, "--to", format], inFolder);
    expect(code).toBe(1);
    expect(err).toContain("broken.jsonl:2 entities[0].end: end is 7, but this document has 1 token (SPAN_OUTSIDE)");
  }
  expect(readdirSync(folder).filter((name) => /broken-out|\.tmp$/.test(name))).toEqual([]);
});

test("pipes work on both sides, and a reader that leaves ends it quietly", async () => {
  const { out, code } = await shell(
    "cat 1.jsonl | weft convert - - --to doccano | weft convert - - --quiet | cmp - 1.jsonl",
    folder,
  );
  expect({ out, code }).toEqual({ out: "", code: 0 });
  const { err } = await shell(
    "for i in $(seq 2000); do cat 1.jsonl; done | weft convert - - -q | head -c 10 > /dev/null",
    folder,
  );
  expect(err).toBe("");
});

test("refuses invalid arguments before reading anything", async () => {
  const refusals: [string[], string][] = [
    [["1.jsonl", "x.json"], "several formats have this ending: x.json (USAGE_INVALID)"],
    [["1.jsonl", "x.bin"], "no format has this ending: x.bin (USAGE_INVALID)"],
    [["1.jsonl", "x.json", "--to", "spret"], "did you mean spert?"],
    [["1.jsonl", "-", "--to", "brat"], "brat standoff is more than one file and cannot go to standard output"],
    [["1.jsonl", "-", "--json"], "--json prints the report, so the output must be a file"],
    [["1.jsonl", "x.jsonl", "--from", "displacy-ent"], "displacy-ent can be written, not read"],
    [["missing.jsonl", "x.jsonl"], "missing.jsonl: there is no such file (FILE_MISSING)"],
  ];
  for (const [args, message] of refusals) {
    const { code, err, out } = await weft(["convert", ...args], inFolder);
    expect(code).toBeGreaterThan(0);
    expect(out).toBe("");
    if (args.includes("--json")) expect(JSON.parse(err)).toMatchObject({ error: { message } });
    else expect(err).toContain(message);
  }
  expect(readdirSync(folder).filter((name) => name.startsWith("x."))).toEqual([]);
});

test("the other data commands read a brat folder too", async () => {
  const stats = await weft(["data", "stats", "brat", "--json"], inFolder);
  expect(stats.code).toBe(0);
  const check = await weft(["data", "check", "brat", "1.jsonl"], inFolder);
  expect(check.out).toContain("every record is valid");
});

test("converts a corpus in the layout of ACE05 by the list of a split, each document in its last stage", async () => {
  const annotation = (words: string, type: string, id: string) => `<?xml version="1.0"?>
<!DOCTYPE source_file SYSTEM "apf.v5.1.1.dtd">
<source_file URI="${id}.sgm" SOURCE="newswire" TYPE="text" AUTHOR="LDC" ENCODING="UTF-8">
<document DOCID="${id}">
<entity ID="${id}-E1" TYPE="PER" SUBTYPE="Individual" CLASS="SPC">
  <entity_mention ID="${id}-E1-1" TYPE="NAM"><extent><charseq START="5" END="7">Ada</charseq></extent><head><charseq START="5" END="7">Ada</charseq></head></entity_mention>
</entity>
<entity ID="${id}-E2" TYPE="GPE" SUBTYPE="Nation" CLASS="SPC">
  <entity_mention ID="${id}-E2-1" TYPE="NAM"><extent><charseq START="18" END="${17 + words.length}">${words}</charseq></extent><head><charseq START="18" END="${17 + words.length}">${words}</charseq></head></entity_mention>
</entity>
<relation ID="${id}-R1" TYPE="${type}">
  <relation_mention ID="${id}-R1-1"><relation_mention_argument REFID="${id}-E1-1" ROLE="Arg-1"/><relation_mention_argument REFID="${id}-E2-1" ROLE="Arg-2"/></relation_mention>
</relation>
</document>
</source_file>
`;
  const put = (stage: string, id: string, words: string, type: string) => {
    const into = join(folder, "English", stage);
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, `${id}.sgm`), `<DOC>\n<DOCID></DOCID>\n<TEXT>\n\n\nAda left for ${words}.\n</TEXT>\n</DOC>\n`);
    writeFileSync(join(into, `${id}.apf.xml`), annotation(words, type, id));
  };
  put("nw/adj", "N_1.00", "Oslo", "ART");
  put("nw/timex2norm", "N_1.00", "Oslo", "PHYS");
  put("wl/timex2norm", "W_2", "Rome", "METONYMY");
  put("cts/timex2norm", "C_3", "Bonn", "PHYS");
  writeFileSync(join(folder, "train.txt"), "nw/timex2norm/N_1.00\nW_2.sgm\n");
  const { code, out, err } = await weft(["convert", "English", "ace.jsonl", "--list", "train.txt", "--json"], inFolder);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toMatchObject({ documents: 2, entities: 4, relations: 1, omitted: 5 });
  const [first, second] = readFileSync(join(folder, "ace.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect([first.id, second.id]).toEqual(["N_1.00", "W_2"]);
  expect(first.relations).toEqual([{ head: 0, tail: 1, type: "PHYS" }]);
  expect(second.relations).toEqual([]);
  writeFileSync(join(folder, "wrong.txt"), "N_1.00\nN_9\n");
  const wrong = await weft(["convert", "English", "wrong.jsonl", "--list", "wrong.txt"], inFolder);
  expect(wrong.code).toBe(1);
  expect(wrong.err).toContain("wrong.txt:2: 1 of the 2 documents listed are not in the input: N_9 (DOCUMENT_MISSING)");
  expect(readdirSync(folder)).not.toContain("wrong.jsonl");
});

test("several inputs of different formats become one output, with the place of every omission", async () => {
  const line = (id: string) =>
    JSON.stringify({ id, tokens: ["Ada", "runs", "Acme"], entities: [{ start: 0, end: 1, type: "PER" }], relations: [] });
  mkdirSync(join(folder, "many", "ann"), { recursive: true });
  writeFileSync(join(folder, "many", "one.jsonl"), `${line("1")}\n${line("2")}\n`);
  writeFileSync(join(folder, "many", "ann", "1.txt"), "Bo left Oslo.\n");
  writeFileSync(join(folder, "many", "ann", "1.ann"), "T1\tPER 0 2\tBo\nE1\tLeave:T1\n");
  const cwd = { cwd: join(folder, "many") };
  const all = await weft(["convert", "one.jsonl", "ann", "--out", "all.jsonl", "--json"], cwd);
  expect(JSON.parse(all.out)).toMatchObject({ inputs: ["one.jsonl", "ann"], documents: 3, entities: 3 });
  expect(all.out).toContain(JSON.stringify(join("ann", "1.ann")));
  const read = (name: string) => readFileSync(join(folder, "many", name), "utf8");
  expect(
    read("all.jsonl")
      .trim()
      .split("\n")
      .map((each) => (JSON.parse(each) as { id: string }).id),
  ).toEqual(["1", "2", "1"]);
  expect((await weft(["convert", "one.jsonl", "ann", "last.jsonl"], cwd)).code).toBe(0);
  expect(read("last.jsonl")).toBe(read("all.jsonl"));
  const before = read("all.jsonl");
  const refused = await weft(["convert", "one.jsonl", "ann", "all.jsonl"], cwd);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain("all.jsonl is taken for the output and already exists");
  expect(read("all.jsonl")).toBe(before);
  const brat = await weft(["convert", "one.jsonl", "ann", "--out", "both/", "--to", "brat"], cwd);
  expect(brat.err).toContain("the files are called");
  expect(readdirSync(join(folder, "many", "both")).filter((name) => name.endsWith(".ann"))).toHaveLength(3);
  expect((await weft(["convert", "one.jsonl"], cwd)).err).toContain("expected an input and an output");
});
