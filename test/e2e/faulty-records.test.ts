import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonLines, lines, writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-faulty-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args: string[]) => weft(args, { cwd: folder });
const write = (name: string, ...records: unknown[]): void => writeFileSync(join(folder, name), jsonLines(records));
const read = (name: string): unknown[] =>
  readFileSync(join(folder, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

const gold = {
  doc_key: "d",
  sentences: [["Mara", "Voss", "joined", "Acme", "."]],
  ner: [
    [
      [0, 1, "PER"],
      [3, 3, "ORG"],
    ],
  ],
  relations: [[[0, 1, 3, 3, "joined"]]],
};
const predictions = {
  predicted_ner: [
    [
      [0, 0, "PER"],
      [3, 3, "ORG"],
    ],
  ],
  predicted_relations: [[[3, 3, 0, 0, "joined"]]],
};
const spert = lines(3).map(({ tokens, entities, relations }) => ({ tokens, entities, relations }));

beforeAll(() => {
  write("gold.jsonl", gold);
  write("predicted.jsonl", { ...gold, ...predictions });
  write("copy.jsonl", gold);
  mkdirSync(join(folder, "ann"));
  writeFileSync(join(folder, "ann/a.txt"), "Mara Voss joined Acme.");
  writeFileSync(join(folder, "ann/a.ann"), "T1\tPER 0 9\tMara Voss\nR1\tjoined Arg1:T1 Arg2:T9\n");
  writeFileSync(join(folder, "ann/b.txt"), "Bo left.");
  writeFileSync(join(folder, "ann/b.ann"), "T1\tPER 0 2\tBo\n");
});

const micro = (f1: number) => ({ micro: { f1 } });

test("score reads predictions next to gold from the second file", async () => {
  const { out, err } = await run("score", "gold.jsonl", "predicted.jsonl", "-p", "strict,ner-strict", "--json");
  expect(err).toBe("");
  expect(JSON.parse(out)).toMatchObject({ protocols: { strict: micro(0), "ner-strict": { micro: { correct: 1, gold: 2 } } } });
  const one = await run("score", "predicted.jsonl", "predicted.jsonl", "-p", "strict", "--json");
  expect(one.err).toBe("");
  expect(JSON.parse(one.out)).toMatchObject({ protocols: { strict: micro(0) } });
});

test.each([
  ["gold.jsonl", "file", "gold was compared with itself: gold.jsonl is the same file"],
  ["copy.jsonl", "annotation", "every entity and relation in copy.jsonl is as in gold.jsonl"],
])("score and compare say that %s is no different from gold", async (file, by, words) => {
  const { code, err } = await run("score", "gold.jsonl", file, "-p", "strict");
  expect(code).toBe(0);
  expect(err).toContain(`warning: ${words}`);
  const { out } = await run("score", "gold.jsonl", file, "-p", "strict", "--json");
  const warnings = [expect.stringContaining(words)];
  expect(JSON.parse(out)).toMatchObject({ sameAsGold: by, warnings, protocols: { strict: micro(1) } });
  const compared = await run("compare", "predicted.jsonl", file, "--gold", "gold.jsonl", "-p", "strict", "--json");
  const same = JSON.parse(compared.out) as { sameAsGold: unknown };
  expect(same.sameAsGold).toEqual([{ path: file, by, message: warnings[0] }]);
});

test("score matches predictions of SpERT without ids by order, or by words", async () => {
  writeFileSync(join(folder, "spert.json"), JSON.stringify(spert.map((each, id) => ({ ...each, orig_id: `${id}` }))));
  writeFileSync(join(folder, "found.json"), JSON.stringify(spert.map((each) => ({ ...each, relations: [] }))));
  writeFileSync(join(folder, "turned.json"), JSON.stringify(spert.toReversed()));
  const ordered = await run("score", "spert.json", "found.json", "-p", "strict", "--json");
  expect(JSON.parse(ordered.out)).toMatchObject({ matchedBy: "order", protocols: { strict: micro(0) } });
  const turned = await run("score", "spert.json", "turned.json", "-p", "strict", "--json");
  expect(JSON.parse(turned.out)).toMatchObject({ matchedBy: "words", sameAsGold: "annotation" });
});

test("a relation without its entity is named, and --skip-invalid goes on without its document", async () => {
  const fault = "ann/a.ann:2 R1: Arg2 names T9, but no line of this file defines it (RELATION_END_MISSING)";
  const stopped = await run("convert", "ann", "stopped.jsonl");
  expect(stopped.code).toBe(1);
  expect(stopped.err).toContain(fault);
  expect(existsSync(join(folder, "stopped.jsonl"))).toBe(false);
  const { code, err } = await run("convert", "ann", "kept.jsonl", "--skip-invalid");
  expect(code).toBe(0);
  expect(err).toContain(`skipped 1 invalid document:\n  ${fault}`);
  expect(read("kept.jsonl")).toMatchObject([{ id: "b" }]);
  const json = await run("convert", "ann", "kept2.jsonl", "--skip-invalid", "--json");
  expect(JSON.parse(json.out)).toMatchObject({ documents: 1, skipped: 1, faults: [{ code: "RELATION_END_MISSING" }] });
  const check = await run("data", "check", "ann", "--skip-invalid", "--fix", "fixed");
  expect({ code: check.code, err: check.err }).toEqual({ code: 0, err: "skipped 1 invalid document\n" });
  expect(check.out).toContain(fault);
  expect(existsSync(join(folder, "fixed/b.ann"))).toBe(true);
  expect((await run("data", "check", "ann")).code).toBe(1);
});

test("if every document is invalid, --skip-invalid is an error too", async () => {
  write("broken.jsonl", { tokens: 3 }, { tokens: 4 });
  const { code, err } = await run("convert", "broken.jsonl", "none.jsonl", "--skip-invalid");
  expect(code).toBe(1);
  expect(err).toContain("broken.jsonl:1 tokens: expected a list, found 3 (FIELD_INVALID)");
  expect(existsSync(join(folder, "none.jsonl"))).toBe(false);
});

test("score skips invalid documents on both sides", async () => {
  const [a, b, c] = lines(3);
  write("all.jsonl", a, b, c);
  write("some.jsonl", a, { ...b, relations: [{ head: 0, tail: 9, type: "r" }] }, { ...c, relations: [] });
  expect((await run("score", "all.jsonl", "some.jsonl")).code).toBe(1);
  const { code, out } = await run("score", "all.jsonl", "some.jsonl", "--skip-invalid", "-p", "strict", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ sentences: 2, skipped: 1, faults: [{ code: "RELATION_END_MISSING" }] });
});

test("a slip in a field's name stops a conversion, with the name that is meant", async () => {
  const { tokens, entities } = lines(1)[0] as { tokens: string[]; entities: unknown[] };
  write("slip.jsonl", { tokens, entities, relatons: [{ head: 0, tail: 1, type: "r" }] });
  const { code, err } = await run("convert", "slip.jsonl", "slipped.jsonl");
  expect(code).toBe(1);
  expect(err).toBe(
    'slip.jsonl:1 relatons: Weft does not know the field "relatons", and "relations" is missing (FIELD_UNKNOWN)\n  → did you mean relations?\n',
  );
  writeFileSync(join(folder, "slip.json"), JSON.stringify([{ tokns: tokens, entities, relations: [] }]));
  const unknown = await run("convert", "slip.json", "slipped.jsonl");
  expect(unknown.err).toContain('(FORMAT_UNKNOWN)\n  → did you mean tokens by "tokns"?');
});

test("a file without any annotation is said to be so", async () => {
  const bare = lines(4).map(({ id, tokens }) => ({ id, tokens, entities: [], relations: [] }));
  write("bare.jsonl", ...bare);
  const words = "bare.jsonl has no entity and no relation anywhere";
  expect((await run("convert", "bare.jsonl", "bare2.jsonl")).err).toContain(`warning: ${words}`);
  const check = await run("data", "check", "bare.jsonl");
  expect(check.out).toContain("! bare.jsonl: no entity and no relation anywhere in this file (NO_ANNOTATION)");
  const config = writeTinyCorpus(join(folder, "tiny"));
  const train = await run("train", config, "--set", `data.train=${join(folder, "bare.jsonl")}`, "--run", "runs/bare");
  expect(train.code).toBe(1);
  expect(train.err).toContain("bare.jsonl: the training data has no entity and no relation anywhere");
  expect(existsSync(join(folder, "runs/bare"))).toBe(false);
});

test("train skips invalid documents only if asked, and says so", async () => {
  const config = writeTinyCorpus(join(folder, "skipping"));
  const data = join(folder, "skipping/train.jsonl");
  const dev = join(folder, "bare-dev.jsonl");
  writeFileSync(data, jsonLines([...lines(18), { tokens: ["a"], relations: [{ head: 0, tail: 1, type: "r" }] }]));
  writeFileSync(dev, jsonLines(lines(2).map(({ id, tokens }) => ({ id, tokens }))));
  const args = ["train", config, "--run", "runs/skipping", "--set", "training.epochs=1", "--threads", "1"];
  const stopped = await run(...args);
  expect(stopped.err).toContain("train.jsonl:19 relations[0].head: head names entity 0, but this document has no entities");
  const { code, err } = await run(...args, "--skip-invalid", "--set", `data.dev=${dev}`);
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(err).toMatch(/warning: skipped 1 invalid document of .*train\.jsonl, first .*train\.jsonl:19 relations\[0\]\.head/);
  expect(err).toMatch(/warning: .*bare-dev\.jsonl has no entity and no relation anywhere, so scores on it mean nothing/);
});
