import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { casrel } from "./casrel.ts";

const [ada] = adaSentences({ typed: false });
const example = `[{"text":"🚀 Ada Lovelace joined Acme Corp in Paris .","triple_list":[["Ada Lovelace","works_for","Acme Corp"],["Acme Corp","based_in","Paris"]]}]
`;
const relations = `[{"0":"based_in","1":"works_for"},{"based_in":0,"works_for":1}]
`;

describeFormat(casrel, { documents: [ada], files: { "": example, "rel2id.json": relations } }, [
  {
    what: "words that the text does not have",
    change: ['"Paris"]]', '"London"]]'],
    says: 'main:1 [0].triple_list[1]: no tokens of the text are "London"; the relation was left out',
  },
  {
    what: "a relation without a label",
    change: ['"based_in"', '""'],
    says: "main:1 [0].triple_list[1][1]: the relation has no label; it was left out",
  },
  {
    what: "a number without a name in rel2id.json",
    change: ['"based_in"', "7"],
    says: "main:1 [0].triple_list[1][1]: rel2id.json has no name for relation number 7 (LABEL_UNKNOWN)",
  },
  { what: "a triple of two", change: [',"Paris"]]', "]]"], says: /^main:1 \[0\]\.triple_list\[1\]\[2\]: .*\(FIELD_MISSING\)$/ },
]);

const text = "Paris is old . Acme of Paris and Acme of Rome hired Ada .";
const file = (triples: unknown, sentence = text) => JSON.stringify([{ text: sentence, triple_list: triples }]);

test("chooses the nearest pair of repeated words, and reports it", async () => {
  const { documents, omissions } = await readFiles(casrel, {
    "": file([
      ["Acme", "in", "Paris"],
      ["Ada", "from", "Rome"],
    ]),
  });
  expect(documents[0]?.entities.slice(0, 2)).toEqual([
    { start: 4, end: 5, type: null },
    { start: 6, end: 7, type: null },
  ]);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    '[0].triple_list[0]: "Acme" occurs 2 times and "Paris" occurs 2 times; ambiguous, the nearest pair was used',
  ]);
});

test("uses the first places on request, as the releases were labelled", async () => {
  const { documents, omissions } = await readFiles(casrel, { "": file([["Acme", "in", "Paris"]]) }, { mentions: "first" });
  expect(documents[0]?.entities.map(({ start }) => start)).toEqual([4, 0]);
  expect(omissions[0]?.reason).toContain("ambiguous, the first place was used");
});

test("writing reports relations that a reader would locate elsewhere", async () => {
  const { documents } = await readFiles(casrel, { "": file([["Acme", "in", "Paris"]]) }, { mentions: "first" });
  const { omissions } = await writeFiles(casrel, documents);
  const reason = "the words occur several times, and a reader will locate them elsewhere";
  expect(omissions.map(({ path, reason }) => [path, reason])).toEqual([
    ["entities[1]", reason],
    ["relations[0]", reason],
  ]);
});

test("tokenises ordinary text, and any text if a tokeniser is configured", async () => {
  const natural = "Ada Lovelace joined Acme Corp.";
  const { documents, omissions } = await readFiles(casrel, { "": file([["Ada Lovelace", "works_for", "Acme Corp"]], natural) });
  expect(documents[0]?.tokens.map(({ text }) => text)).toEqual(["Ada", "Lovelace", "joined", "Acme", "Corp", "."]);
  expect(documents[0]?.text).toBe(natural);
  expect(omissions.map(({ reason }) => reason)).toEqual([
    "a mention does not begin and end at spaces; the text was tokenised again",
  ]);
  const chinese = file([["李白", "born_in", "碎叶"]], "李白生于碎叶。");
  const characters = await readFiles(casrel, { "": chinese }, { text: { mode: "characters" } });
  expect(characters.omissions).toEqual([]);
  expect(characters.documents[0]?.entities).toEqual([
    { start: 0, end: 2, type: null },
    { start: 4, end: 6, type: null },
  ]);
});

test("relations may be numbers from rel2id.json, in either direction", async () => {
  for (const names of ['[{"0":"in"},{"in":0}]', '{"in":0}']) {
    const { documents } = await readFiles(casrel, { "": file([["Ada", 0, "Rome"]]), "rel2id.json": names });
    expect(documents[0]?.relations[0]?.type).toBe("in");
  }
});
