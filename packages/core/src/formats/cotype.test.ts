import { createReadStream, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { expect, test } from "vitest";
import { type Document, sentencesOf, surface } from "../schema/index.ts";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { cotype } from "./cotype.ts";
import { collectDocuments } from "./format.ts";
import { jsonl } from "./jsonl.ts";

const [ada] = adaSentences({ typed: true });
const example = `{"sentText":"🚀 Ada Lovelace joined Acme Corp in Paris .","entityMentions":[{"start":0,"text":"Ada Lovelace","label":"PER"},{"start":1,"text":"Acme Corp","label":"ORG"},{"start":2,"text":"Paris","label":"LOC"}],"relationMentions":[{"em1Text":"Ada Lovelace","em2Text":"Acme Corp","label":"works_for"},{"em1Text":"Acme Corp","em2Text":"Paris","label":"based_in"}]}
`;

describeFormat(cotype, { documents: [ada], files: { "": example } }, [
  {
    what: "an end that the text does not have",
    change: ['"em2Text":"Paris"', '"em2Text":"London"'],
    says: 'main:1 [0].relationMentions[1]: no tokens of the text are "London"; the relation was left out',
  },
  {
    what: "a mention that the text does not have",
    change: ['"text":"Paris"', '"text":"London"'],
    says: 'main:1 [0].entityMentions[2]: no tokens of the text are "London"; the entity was left out',
  },
  {
    what: "a mention named more often than the text has it",
    change: ['{"start":2,', '{"start":1,"text":"Acme Corp","label":"ORG"},{"start":2,'],
    says: 'main:1 [0].entityMentions[2]: no tokens of the text are "Acme Corp" more than 1 times; the entity was left out',
  },
  {
    what: "a relation that is none",
    change: ['"label":"based_in"', '"label":"None"'],
    says: "main:1 [0].relationMentions[1]: the label None means no relation; it was left out",
  },
  {
    what: "a relation without a label",
    change: [',"label":"based_in"', ""],
    says: "main:1 [0].relationMentions[1].label: the relation has no label; it was left out",
  },
  {
    what: "an end that is no text",
    change: ['"em1Text":"Acme Corp"', '"em1Text":["Acme"]'],
    says: "main:1 [0].relationMentions[1].em1Text: expected a string, found a list of 1 (FIELD_INVALID)",
  },
]);

test("the New York Times form: one string, whole names, types in entityMentions, and None for no relation", async () => {
  const record = {
    sentText: "Ada Lovelace joined Acme Corp in Paris .\r\n",
    articleId: "a1",
    entityMentions: [
      { start: 0, text: "Ada Lovelace", label: "PERSON" },
      { start: 1, text: "Acme Corp", label: "ORGANIZATION" },
      { start: 2, text: "Paris", label: "LOCATION" },
    ],
    relationMentions: [
      { em1Text: "Ada Lovelace", label: "works_for", em2Text: "Acme Corp" },
      { em1Text: "Acme Corp", label: "None", em2Text: "Paris" },
    ],
  };
  const { documents, omissions } = await readFiles(cotype, { "": `${JSON.stringify(record)}\n` });
  expect(documents[0]?.entities).toEqual([
    { start: 0, end: 2, type: "PERSON" },
    { start: 3, end: 5, type: "ORGANIZATION" },
    { start: 6, end: 7, type: "LOCATION" },
  ]);
  expect(documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "works_for" }]);
  expect(documents[0]?.metadata).toEqual({ articleId: "a1" });
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "[0].relationMentions[1]: the label None means no relation; it was left out",
  ]);
});

test("words listed several times are an entity at as many places, with types in text order", async () => {
  const record = (names: readonly string[]) =>
    JSON.stringify({
      sentText: "Washington left Washington for Washington .",
      entityMentions: names.map((label, start) => ({ start, text: "Washington", label })),
      relationMentions: [],
    });
  const all = await readFiles(cotype, { "": record(["PERSON", "LOCATION", "LOCATION"]) });
  expect(all.omissions).toEqual([]);
  expect(all.documents[0]?.entities).toEqual([
    { start: 0, end: 1, type: "PERSON" },
    { start: 2, end: 3, type: "LOCATION" },
    { start: 4, end: 5, type: "LOCATION" },
  ]);
  const two = await readFiles(cotype, { "": record(["PERSON", "LOCATION"]) });
  expect(two.documents[0]?.entities.map(({ start }) => start)).toEqual([0, 2]);
  expect(two.omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    '[0].entityMentions[0]: "Washington" occurs 3 times; ambiguous, the first places were used',
  ]);
  expect((await writeFiles(cotype, all.documents)).omissions).toEqual([]);
});

test("writing reports a place that a reader will not find again", async () => {
  const { documents } = await readFiles(cotype, {
    "": JSON.stringify({ sentText: "Acme left ; Acme stayed", entityMentions: [], relationMentions: [] }),
  });
  const moved = documents.map((document) => ({ ...document, entities: [{ start: 3, end: 4, type: "ORG" }] }));
  expect((await writeFiles(cotype, moved)).omissions.map(({ path }) => path)).toEqual(["entities[0]"]);
});

/**
 * Labelled New York Times sentences that may not be distributed, from a folder next to the
 * repository or the one in WEFT_DATA.
 */
const corpus = join(
  process.env["WEFT_DATA"] ?? resolve(import.meta.dirname, "../../../../../../shared/data"),
  "nyt_cotype/test.jsonl.gz",
);

test("the New York Times test set is the same in this format, except for positions", async ({ skip }) => {
  if (!existsSync(corpus)) skip(`there is no ${corpus}`);
  const unzipped = createReadStream(corpus).pipe(createGunzip()).setEncoding("utf8");
  const { documents } = await collectDocuments(jsonl.read(unzipped as AsyncIterable<string>));
  const written = await writeFiles(cotype, documents);
  const read = await readFiles(cotype, written.files);
  const meanings = (from: readonly Document[]) =>
    from.flatMap((document, index) =>
      sentencesOf(document).sentences.flatMap(({ tokens, entities, relations }) =>
        relations.map(({ head, tail, type }) => {
          const [first, second] = [head, tail].map((end) => entities[end]);
          if (first === undefined || second === undefined) throw new RangeError("an end is missing");
          return `${index} ${surface(tokens, first)}/${first.type} ${type} ${surface(tokens, second)}/${second.type}`;
        }),
      ),
    );
  expect(read.documents).toHaveLength(395);
  expect(new Set(meanings(read.documents))).toEqual(new Set(meanings(documents)));
  const places = ({ entities }: Document) => JSON.stringify(entities.map(({ start, end }) => `${start}-${end}`).toSorted());
  const moved = documents.filter((document, index) => places(document) !== places(read.documents[index] ?? document));
  expect(moved.map(({ id }) => id)).toEqual([...new Set(written.omissions.map(({ source }) => source))]);
  expect(moved).toHaveLength(14);
});
