import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shell, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-formats-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = { cwd: folder };

const put = (name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const recordsOf = (name: string) =>
  readFileSync(join(folder, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const conllu = `# global.columns = id form ner
# text = Kira Lund chairs Velo .
# sentence_id = 1
# relations = 1;2;4;4;chairs
1	Kira	B-PER
2	Lund	I-PER
3	chairs	O
4	Velo	B-ORG
5	.	O
`;
const tsv = `#FORMAT=WebAnno TSV 3.3
#T_SP=webanno.custom.Actor|kind
#T_RL=webanno.custom.Deal|kind|BT_webanno.custom.Actor


#Text=Kira Lund chairs Velo .
1-1	0-4	Kira	PER[1]	_	_	
1-2	5-9	Lund	PER[1]	_	_	
1-3	10-16	chairs	_	_	_	
1-4	17-21	Velo	ORG	chairs	1-1	
1-5	22-23	.	_	_	_	
`;
const ubiai = JSON.stringify([
  {
    documentName: "a.txt",
    document: "Kira Lund chairs Velo .",
    tokens: [
      { text: "Kira Lund", start: 0, end: 9, token_start: 0, token_end: 1, entityLabel: "PER" },
      { text: "Velo", start: 17, end: 21, token_start: 3, token_end: 3, entityLabel: "ORG" },
    ],
    relations: [{ child: 3, head: 0, relationLabel: "chairs" }],
  },
]);
const span = (id: number, begin: number, end: number, label: string) => ({
  "%ID": id,
  "%TYPE": "custom.Span",
  "@sofa": 1,
  "^begin": begin,
  "^end": end,
  label,
});
const cas = JSON.stringify(
  {
    "%TYPES": {},
    "%FEATURE_STRUCTURES": [
      { "%ID": 1, "%TYPE": "uima.cas.Sofa", sofaID: "_InitialView", sofaString: "Kira Lund chairs Velo ." },
      span(2, 0, 9, "PER"),
      span(3, 17, 21, "ORG"),
      { "%ID": 4, "%TYPE": "custom.Relation", "@sofa": 1, begin: 17, end: 21, label: "chairs", "@Governor": 2, "@Dependent": 3 },
    ],
    "%VIEWS": {},
  },
  undefined,
  2,
);

beforeAll(() => {
  put("rel.conllu", conllu);
  put("a.tsv", tsv);
  put("ubiai.json", ubiai);
  put("cas.json", cas);
});

test.each([
  ["rel.conllu", "rel"],
  ["a.tsv", "exported"],
  ["ubiai.json", "download.json"],
  ["cas.json", "doc"],
])("%s is read whatever it is called, from a file and from a pipe", async (file, otherName) => {
  copyFileSync(join(folder, file), join(folder, otherName));
  for (const command of [
    `weft convert ${file} out.jsonl`,
    `weft convert ${otherName} out.jsonl`,
    `cat ${file} | weft convert - out.jsonl`,
  ]) {
    const { code, err } = await shell(`${command} --strict`, folder);
    expect({ command, code, err }).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^1 document, 2 entities, 1 relation read/),
    });
    const [{ entities, relations }] = recordsOf("out.jsonl");
    expect(entities.map(({ text, type }: { text: string; type: string }) => `${text}/${type}`)).toEqual([
      "Kira Lund/PER",
      "Velo/ORG",
    ]);
    expect(relations).toEqual([{ head: 0, tail: 1, type: "chairs" }]);
  }
});

test("a project's export is a folder of documents, beside files that are none", async () => {
  for (const [ending, text] of [
    ["json", cas],
    ["tsv", tsv],
  ] as const) {
    const project = `project-${ending}`;
    put(`${project}/exportedproject.json`, '{\n  "name": "p",\n  "layers": []\n}\n');
    put(`${project}/log.tsv`, "when\twhat\n");
    for (const document of ["a.txt", "b.txt"]) put(`${project}/annotation/${document}/kl.${ending}`, text);
    const { code, err } = await weft(["convert", project, `${project}.jsonl`], inFolder);
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("2 documents, 4 entities, 2 relations") });
    expect(recordsOf(`${project}.jsonl`).map(({ id, meta }) => [id, meta])).toEqual([
      ["a.txt/kl", { doc: "a.txt" }],
      ["b.txt/kl", { doc: "b.txt" }],
    ]);
  }
});

test("other files with common endings do not change what a brat folder is", async () => {
  put("brat/a.txt", "Kira left.");
  put("brat/a.ann", "T1\tPER 0 4\tKira\n");
  put("brat/counts.json", '{"a": 1}');
  put("brat/counts.tsv", "a\t1\n");
  const { code, err } = await weft(["convert", "brat", "brat.jsonl"], inFolder);
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("1 document, 1 entity") });
});

test("a path without an ending is a brat folder, and the other folder formats are written by name", async () => {
  for (const [output, to, files] of [
    ["to-brat", [], ["1.ann", "1.txt", "annotation.conf"]],
    ["to-tsv", ["--to", "webanno-tsv"], ["1.tsv"]],
    ["to-cas", ["--to", "cas-json"], ["1.json"]],
  ] as const) {
    const { code } = await weft(["convert", "rel.conllu", output, ...to], inFolder);
    expect({ output, code, files: readdirSync(join(folder, output)).toSorted() }).toEqual({ output, code: 0, files: [...files] });
  }
  for (const input of ["to-tsv", "to-cas"]) {
    expect((await weft(["convert", input, "again.jsonl", "--strict"], inFolder)).code).toBe(0);
    expect(recordsOf("again.jsonl")[0]).toMatchObject({ id: "1", relations: [{ head: 0, tail: 1, type: "chairs" }] });
  }
});

test("one document can be a file, and several cannot", async () => {
  expect((await weft(["convert", "rel.conllu", "one.tsv", "--to", "webanno-tsv"], inFolder)).code).toBe(0);
  expect(readFileSync(join(folder, "one.tsv"), "utf8")).toContain("1-4\t17-21\tVelo\tORG\tchairs\t1-1\t\n");
  put("two.conllu", `${conllu}\n${conllu}`);
  const { code, err } = await weft(["convert", "two.conllu", "two.tsv", "--to", "webanno-tsv"], inFolder);
  expect(code).toBe(1);
  expect(err).toContain("two.tsv: a file in webanno-tsv holds one document, and there are several (FILE_IS_FOLDER)");
  expect(readdirSync(folder).filter((name) => /^\.?two\.tsv/.test(name))).toEqual([]);
});

test("numbers of CoNLL-U are never read as words", async () => {
  const { code, err } = await weft(["convert", "rel.conllu", "-", "--from", "conll"], inFolder);
  expect(code).toBe(1);
  expect(err).toContain("rel.conllu:5: the first column numbers the words of the sentence, so it does not hold the words");
});

test("a broken file with a common ending is not taken for a folder's document", async () => {
  put("broken.json", '{"a": [1\n');
  const { code, err } = await weft(["convert", "broken.json", "-"], inFolder);
  expect(code).toBe(1);
  expect(err).toContain("the beginning fits none of the formats with this ending");
});
