import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-unlabelled-"));
const model = fileURLToPath(new URL("../../examples/model", import.meta.url));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = "Mara Voss joined Acme.";
const words = ["Mara", "Voss", "joined", "Acme", "."];
const starts = [0, 5, 10, 17, 21];
const tokens = words.map((word, id) => ({ id, start: starts[id] as number, end: (starts[id] as number) + word.length }));
const numbered = Object.fromEntries(words.map((word, index) => [word, index + 1]));

/** A file without annotation in each format, as its tool has it before anybody annotates. */
const files: readonly (readonly [what: string, file: string, content: unknown])[] = [
  ["Weft's lines of text", "text.jsonl", { text }],
  ["Weft's lines of words", "words.jsonl", { tokens: words }],
  ["a list of texts in objects", "list.json", [{ text }]],
  ["one object over several lines", "one.json", `{\n  "text": ${JSON.stringify(text)}\n}\n`],
  ["doccano", "doccano.jsonl", { id: 1, text, entities: [], relations: [], Comments: [] }],
  ["doccano before import", "doccano-label.jsonl", { id: 1, text, label: [] }],
  ["Prodigy before annotation", "prodigy-text.jsonl", { text, meta: { source: "x" } }],
  ["Prodigy with tokens", "prodigy.jsonl", { text, tokens: tokens.map((token, id) => ({ ...token, text: words[id] })) }],
  ["SciERC", "scierc.jsonl", { doc_key: "d", dataset: "d", sentences: [words] }],
  ["SpERT", "spert.json", [{ tokens: words }]],
  ["SpERT, only the words", "spert-words.json", [words]],
  ["SpERT, only the text", "spert-text.json", [text]],
  ["CasRel", "casrel.json", [{ text, triple_list: [] }]],
  ["TPLinker", "tplinker.json", [{ id: "t", text, relation_list: [] }]],
  ["TPLinker, only the text", "tplinker-text.json", [{ id: "t", text }]],
  ["RIN", "rin.json", [{ sentText: words }]],
  ["CoType", "cotype.json", { sentText: text, articleId: "a" }],
  ["CopyRE", "copyre/a.json", [[5], [[1, 2, 3, 4, 5]], [[]]]],
  ["GLiNER", "gliner.json", [{ tokenized_text: words }]],
  ["spaCy", "spacy.json", { text, ents: [], sents: [{ start: 0, end: 22 }], tokens }],
  ["spaCy without a recogniser", "spacy-tokens.jsonl", { text, tokens }],
  [
    "TACRED",
    "tacred.json",
    [{ id: "1", relation: "no_relation", token: words, subj_start: 0, subj_end: 1, obj_start: 3, obj_end: 3 }],
  ],
  ["Label Studio before import", "tasks.json", [{ data: { text } }]],
  ["Label Studio", "export.json", [{ id: 1, data: { Full_Text: text, n: 3 }, annotations: [], predictions: [] }]],
  ["CoNLL columns", "tags.conll", words.map((word) => `${word}\tO\n`).join("")],
  ["CoNLL, only the words", "words.conll", `${words.join("\n")}\n`],
  ["CoNLL04", "a.corp", words.map((word, row) => `0\tO\t${row}\tO\tNN\t${word}\tO\tO\tO\n`).join("")],
  ["brat", "brat", undefined],
];

beforeAll(() => {
  for (const [, file, content] of files) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    if (content !== undefined) writeFileSync(path, typeof content === "string" ? content : `${JSON.stringify(content)}\n`);
  }
  writeFileSync(join(folder, "copyre/words2id.json"), JSON.stringify(numbered));
  writeFileSync(join(folder, "copyre/relations2id.json"), "{}");
  mkdirSync(join(folder, "brat"));
  writeFileSync(join(folder, "brat/a.txt"), text);
  writeFileSync(join(folder, "brat/a.ann"), "");
  const rows = words.map((word, index) => `${index}\t${word}\tO\t['N']\t[${index}]\n`);
  writeFileSync(join(folder, "multihead.txt"), `#doc 1\n${rows.join("")}`);
});

test("extract reads files without annotation in every format, one document each", async () => {
  const { code, out, err } = await weft(["extract", model, ...files.map(([, file]) => join(folder, file))]);
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(`in ${files.length} documents`) as string });
  const found = out
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { tokens: string[] }).tokens.join(" "));
  expect(Object.fromEntries(files.map(([what], index) => [what, found[index]]))).toEqual(
    Object.fromEntries(files.map(([what]) => [what, words.join(" ")])),
  );
});

test("extract reads data in a text file, from a pipe, or under another field, if the format is named", async () => {
  const multihead = await weft(["extract", model, join(folder, "multihead.txt"), "--input", "data"]);
  expect(JSON.parse(multihead.out)).toMatchObject({ tokens: words });
  const piped = await weft(["extract", model, "-", "--from", "scierc"], { input: JSON.stringify({ sentences: [words] }) });
  expect(JSON.parse(piped.out)).toMatchObject({ tokens: words });
  const task = JSON.stringify([{ data: { title: "A notice", body: text } }]);
  const named = await weft(["extract", model, "-", "--from", "label-studio", "--text-field", "title"], { input: task });
  expect(JSON.parse(named.out)).toMatchObject({ text: "A notice" });
});
