import { expect, test } from "vitest";
import type { Omission, Sentence } from "../../schema/index.ts";
import { type CheckedFile, checkCorpus, type Problem, roleOf } from "./index.ts";

const person = (start: number, end = start + 1) => ({ start, end, type: "PER" });

function sentence(text: string, rest: Partial<Sentence> = {}): Sentence {
  return { id: text, tokens: text.split(" "), entities: [], relations: [], ...rest };
}

function file(source: string, sentences: readonly Sentence[], omissions: readonly Omission[] = []): CheckedFile {
  const placed = sentences.map((each, index) => ({ sentence: each, at: { source, line: index + 1 } }));
  return { source, sentences: placed, omissions, faults: [] };
}

/** A sentence of two entities with one relation. */
function triple(
  head: string,
  tail: string,
  type: string,
  types: readonly [string | null, string | null] = ["PER", "ORG"],
): Sentence {
  const entities = [
    { start: 0, end: 1, type: types[0] },
    { start: 2, end: 3, type: types[1] },
  ];
  return sentence(`${head} x ${tail}`, { entities, relations: [{ head: 0, tail: 1, type }] });
}

/** The requested number of distinct sentences. */
function many(count: number, make: (index: number) => Sentence): Sentence[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function only(problems: readonly Problem[], code: Problem["code"]): Problem[] {
  return problems.filter((problem) => problem.code === code);
}

test.each([
  ["corpus/train.jsonl.gz", "train"],
  ["webnlg-dev.jsonl", "dev"],
  ["valid.json", "dev"],
  ["my_test.jsonl", "test"],
  ["folder/test/", "test"],
  ["latest.jsonl", undefined],
  ["training/gold.jsonl", undefined],
])("%s has the role %s", (source, role) => expect(roleOf(source)).toBe(role));

test("counts each kind of problem and lists its first places", () => {
  const odd = sentence("a b c d", {
    entities: [person(0, 3), person(1), person(3), person(3)],
    relations: [
      { head: 0, tail: 2, type: "r" },
      { head: 0, tail: 3, type: "r" },
      { head: 2, tail: 2, type: "s" },
    ],
  });
  const { problems } = checkCorpus([
    file("x.jsonl", [
      odd,
      sentence("a b c d", { id: "again", entities: odd.entities, relations: odd.relations }),
      sentence("e", { id: "again" }),
    ]),
  ]);
  expect(Object.fromEntries(problems.map(({ code, amount }) => [code, amount]))).toEqual({
    OVERLAPPING_ENTITY: 2,
    REPEATED_ENTITY: 2,
    REPEATED_ID: 1,
    REPEATED_RELATION: 2,
    REPEATED_SENTENCE: 1,
    SELF_RELATION: 2,
    RARE_LABEL: 2,
  });
  const [overlap] = only(problems, "OVERLAPPING_ENTITY");
  expect(overlap?.message).toBe("x.jsonl: 2 entities overlap a longer one, which flat tags cannot hold");
  expect(overlap?.places[0]).toEqual({ source: "x.jsonl", line: 1, path: "entities[1]", says: '"b"' });
  expect(problems.findIndex(({ level }) => level === "note")).toBe(problems.filter(({ level }) => level === "warning").length);
});

test("distinguishes reported omissions by their cause", () => {
  const omission = (reason: string, kind?: Omission["kind"]): Omission => ({ source: "x", line: 3, path: "T1", reason, kind });
  const omissions = [
    omission("grown", "misaligned"),
    omission("other words", "disagreeing"),
    omission("no such type", "undeclared"),
    omission("a note"),
  ];
  const { problems } = checkCorpus([file("x", [sentence("a")], omissions)]);
  expect(problems.map(({ code, places }) => [code, places[0]?.says])).toEqual([
    ["MISALIGNED_SPAN", "grown"],
    ["OFFSETS_DISAGREE", "other words"],
    ["SCHEMA_DISAGREES", "no such type"],
    ["NO_ANNOTATION", undefined],
    ["NOT_CARRIED", "a note"],
  ]);
  const twice = [omission('"a" is 3'), omission('"b" is 4'), omission("another")];
  expect(checkCorpus([file("x", [sentence("a")], twice)]).problems.map(({ message }) => message)).toEqual([
    "x: no entity and no relation anywhere in this file",
    'x: 2 annotations could not be carried over: "a" is 3',
    "x: 1 annotation could not be carried over: another",
  ]);
  expect(problems[0]).toMatchObject({ fix: { kind: "automatic" }, places: [{ source: "x", line: 3, path: "T1" }] });
});

test("compares files according to their roles", () => {
  const train = file("train", [triple("Ada", "Acme", "works_for"), sentence("same words")]);
  const dev = file("dev", [triple("Ada", "Acme", "founded"), sentence("same words")]);
  const test = file("test", [{ ...triple("Ada", "Acme", "works_for"), id: "t" }, triple("Bo", "Acme", "works_for")]);
  const report = checkCorpus([train, dev, test]);
  expect(report.leakage).toEqual([
    { source: "dev", triples: 1, seenTriples: 0, pairs: 1, seenPairs: 1 },
    { source: "test", triples: 2, seenTriples: 1, pairs: 2, seenPairs: 1 },
  ]);
  const compared = ["SHARED_SENTENCE", "CONTRADICTION", "UNSEEN_LABEL", "LEAKED_TRIPLE", "LEAKED_PAIR"];
  expect(report.problems.filter(({ code }) => compared.includes(code)).map(({ message }) => message)).toEqual([
    "dev: 1 sentence is annotated differently from an earlier sentence with the same words",
    "dev: 1 label is not in the training file: relation founded (1)",
    "dev: 2 short or unannotated sentences are also in train, word for word",
    "test: 1 short or unannotated sentence is also in train, word for word",
    "test: 1 short or unannotated sentence is also in dev, word for word",
    "dev: 1 of 1 related pairs of strings are related in training as well (100.0 %)",
    "test: 1 of 2 triples of strings occur in training as well (50.0 %)",
    "test: 1 of 2 related pairs of strings are related in training as well (50.0 %)",
  ]);
  expect(only(report.problems, "LEAKED_TRIPLE")[0]?.places).toEqual([
    {
      source: "test",
      line: 1,
      path: "relations[0]",
      says: 'works_for("Ada", "Acme")',
      other: { source: "train", line: 1, path: "Ada x Acme" },
    },
  ]);
});

test("a shared sentence is a warning if it is annotated and not short, and otherwise a note", () => {
  const long = { ...triple("Ada", "Acme", "left"), tokens: ["Ada", "x", "Acme", "."] };
  const heading = { ...sentence("all rights are reserved"), id: "h" };
  const { problems } = checkCorpus([file("train", [long, heading]), file("dev", [{ ...long, id: "2" }, heading])]);
  expect(only(problems, "SHARED_SENTENCE")).toMatchObject([
    { level: "warning", amount: 1, message: "dev: 1 sentence is also in train, word for word" },
    { level: "note", amount: 1, message: "dev: 1 short or unannotated sentence is also in train, word for word" },
  ]);
});

test("a contradiction gives both places and the differences, conflicts before missing labels", () => {
  const first = triple("Ada", "Acme", "works_for");
  const lacking = { ...first, id: "2", relations: [] };
  const clashing = { ...triple("Ada", "Acme", "left", ["PER", "LOC"]), id: "3" };
  const { problems } = checkCorpus([file("x", [first, lacking, clashing, { ...first, id: "4" }])]);
  expect(only(problems, "CONTRADICTION")).toMatchObject([
    {
      amount: 2,
      places: [
        {
          line: 3,
          path: "3",
          says: '"Acme" is LOC here, ORG there; "Ada" → "Acme" is left here, works_for there',
          other: { line: 1, path: "Ada x Acme" },
        },
        { line: 2, says: '"Ada" → "Acme" (works_for) is there only' },
      ],
    },
  ]);
});

test("different order or repeats are not a contradiction", () => {
  const first = triple("Ada", "Acme", "works_for");
  const turned = {
    ...first,
    id: "2",
    entities: first.entities.toReversed(),
    relations: [
      { head: 1, tail: 0, type: "works_for" },
      { head: 1, tail: 0, type: "works_for" },
    ],
  };
  expect(only(checkCorpus([file("x", [first, turned])]).problems, "CONTRADICTION")).toEqual([]);
});

test.each<[string, [string, number], [string, number], string | undefined]>([
  ["case", ["works_for", 9], ["Works_For", 3], "only in case"],
  ["what joins the words", ["works_for", 9], ["works-for", 3], "in how its words are joined"],
  ["humps", ["worksFor", 9], ["works for", 3], "in how its words are joined"],
  ["a plural", ["member", 9], ["members", 3], "by a plural"],
  ["a letter of a long name", ["located_in", 40], ["locatd_in", 3], "by 1 letter"],
  ["two swapped letters of a short name", ["LEFT", 200], ["LFET", 2], "by 1 letter"],
  ["a name that is nearly as frequent", ["country", 40], ["county", 10], undefined],
  ["a short name that is not far rarer", ["LOC", 90], ["LOG", 9], undefined],
  ["names that differ in a digit", ["Cause-Effect(e1,e2)", 90], ["Cause-Effect(e2,e1)", 1], undefined],
])("type names that differ in %s", (_, [often, times], [seldom, fewer], said) => {
  const sentences = [
    ...many(times, (index) => triple(`a${index}`, "b", often)),
    ...many(fewer, (index) => triple(`c${index}`, "d", seldom)),
  ];
  const found = only(checkCorpus([file("x", sentences)]).problems, "SIMILAR_LABELS");
  if (said === undefined) return expect(found).toEqual([]);
  expect(found).toMatchObject([
    {
      amount: fewer,
      message: `the relation type "${seldom}" (${fewer}) differs from "${often}" (${times}) ${said}`,
      fix: { kind: "rename", of: "relation", from: seldom, to: often },
    },
  ]);
  expect(found[0]?.places[0]).toEqual({ source: "x", line: times + 1, path: "relations[0].type" });
});

test("reports relations with unusual argument types, and suspects swapped ends", () => {
  const usual = many(120, (index) => triple(`a${index}`, "b", "works_for"));
  const swapped = triple("Acme", "Ada", "works_for", ["ORG", "PER"]);
  const untyped = triple("Acme", "Bo", "works_for", [null, "PER"]);
  const { problems } = checkCorpus([file("x", [...usual, swapped, untyped])]);
  expect(only(problems, "ODD_SIGNATURE")).toMatchObject([
    {
      amount: 1,
      message: "1 relation works_for goes from ORG to PER, but 120 of 121 go from PER to ORG",
      hint: "head and tail may be swapped",
      places: [{ line: 121, path: "relations[0]", says: 'works_for("Acme", "Ada")' }],
    },
  ]);
  expect(only(problems, "UNTYPED_ENTITY")).toMatchObject([{ amount: 1, places: [{ line: 122, path: "entities[0]" }] }]);
});

test("no pair of types is odd if none dominates or if it is frequent", () => {
  const mixed = [
    ...many(60, (index) => triple(`a${index}`, "b", "near", ["LOC", "LOC"])),
    ...many(60, (index) => triple(`c${index}`, "b", "near", ["ORG", "LOC"])),
    triple("d", "b", "near", ["PER", "LOC"]),
  ];
  expect(only(checkCorpus([file("x", mixed)]).problems, "ODD_SIGNATURE")).toEqual([]);
  const frequent = [
    ...many(90, (index) => triple(`a${index}`, "b", "r")),
    ...many(6, (index) => triple(`c${index}`, "b", "r", ["LOC", "ORG"])),
  ];
  expect(only(checkCorpus([file("x", frequent)]).problems, "ODD_SIGNATURE")).toEqual([]);
});

test("rare and dominant training types and long sentences are notes", () => {
  const sentences = [
    ...many(95, (index) => triple(`a${index}`, "b", "r")),
    triple("c", "d", "s"),
    sentence("w ".repeat(199).trim()),
  ];
  const { problems } = checkCorpus([file("train", sentences), file("test", [triple("e", "f", "r")])]);
  const notes = problems.filter(({ level }) => level === "note");
  expect(notes.map(({ code, message }) => `${code} ${message}`)).toEqual([
    "LONG_SENTENCE train: 1 sentence has more than 150 tokens",
    'DOMINANT_LABEL 99.0 % of the training examples have the relation type "r" (95 of 96)',
    "RARE_LABEL 1 relation type has fewer than 5 training examples: s (1)",
  ]);
});

test("keeps a limited number of places, but counts all", () => {
  const { problems } = checkCorpus(
    [
      file(
        "x",
        many(9, () => sentence("same", { id: "1" })),
      ),
    ],
    { places: 2 },
  );
  expect(problems.map(({ code, amount, places }) => [code, amount, places.length])).toEqual([
    ["REPEATED_ID", 8, 2],
    ["NO_ANNOTATION", 1, 1],
    ["REPEATED_SENTENCE", 8, 2],
  ]);
});

test("locates a sentence of a longer document, or in a list on one line", () => {
  const source = "x.json";
  const at = { source, line: 1, path: "[4]" };
  const placed = { sentence: sentence("a b", { id: "d#2", entities: [person(0), person(0)] }), at };
  const { problems } = checkCorpus([{ source, sentences: [placed], omissions: [], faults: [] }]);
  expect(only(problems, "REPEATED_ENTITY")[0]?.places[0]).toMatchObject({ line: 1, path: "[4].d#2 entities[1]" });
});

test("reports an empty file, but not one whose records are all invalid", () => {
  expect(checkCorpus([file("a.jsonl", [])]).problems).toMatchObject([
    { code: "EMPTY_FILE", message: "a.jsonl: no sentence in this file" },
  ]);
  const broken = { ...file("a.jsonl", []), faults: [{ code: "JSON_INVALID", message: "no JSON" }] };
  expect(checkCorpus([broken])).toMatchObject({ problems: [], files: [{ faults: [{ code: "JSON_INVALID" }] }] });
});

test("says that no sentence of a file has an entity or a relation, but not if one has", () => {
  const bare = [sentence("a"), sentence("b")];
  expect(only(checkCorpus([file("x", bare)]).problems, "NO_ANNOTATION")).toMatchObject([{ level: "warning", amount: 1 }]);
  expect(only(checkCorpus([file("x", [...bare, triple("Ada", "Acme", "r")])]).problems, "NO_ANNOTATION")).toEqual([]);
});

test("notes relations that are marked in both directions, each pair once", () => {
  const spouse = (head: number, tail: number, type = "spouse") => ({ head, tail, type });
  const people = { entities: [person(0), person(2), person(2)] };
  const both = sentence("Ada and Bo", { ...people, relations: [spouse(0, 1), spouse(2, 0), spouse(0, 1)] });
  const other = sentence("Cy and Di", { ...people, relations: [spouse(0, 1), spouse(1, 0, "child"), spouse(1, 1)] });
  expect(only(checkCorpus([file("x", [both, other])]).problems, "SYMMETRIC_RELATION")).toMatchObject([
    {
      level: "note",
      amount: 1,
      message: "x: 1 relation is marked in both directions",
      places: [{ line: 1, path: "relations[1]", says: 'spouse("Bo", "Ada")' }],
    },
  ]);
});
