import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { collectDocuments } from "./format.ts";
import { spert } from "./spert.ts";

const example = `[{"tokens":["🚀","Ada","Lovelace","joined","Acme","Corp","in","Paris","."],"entities":[{"type":"PER","start":1,"end":3},{"type":"ORG","start":4,"end":6},{"type":"LOC","start":7,"end":8}],"relations":[{"type":"works_for","head":0,"tail":1},{"type":"based_in","head":1,"tail":2}],"orig_id":"doc-1#0"},{"tokens":["Acme","Corp","makes","engines","."],"entities":[{"type":"ORG","start":0,"end":2}],"relations":[],"orig_id":"doc-1#1"}]
`;
const types = `{"entities":{"LOC":{"short":"LOC","verbose":"LOC"},"ORG":{"short":"ORG","verbose":"ORG"},"PER":{"short":"PER","verbose":"PER"}},"relations":{"based_in":{"short":"based_in","verbose":"based in","symmetric":false},"works_for":{"short":"works_for","verbose":"works for","symmetric":false}}}
`;

describeFormat(spert, { documents: adaSentences({ typed: true }), files: { "": example, "types.json": types } }, [
  {
    what: "an end beyond the sentence",
    change: ['"start":7,"end":8', '"start":7,"end":10'],
    says: "main:1 [0].entities[2]: the span has the tokens 7 to 9, but there are tokens 0 to 8 (SPAN_OUTSIDE)",
  },
  {
    what: "a relation to an entity that is not there",
    change: ['"head":1,"tail":2', '"head":1,"tail":3'],
    says: "main:1 [0].relations[1].tail: the relation names entity 3, but there are entities 0 to 2 (RELATION_END_MISSING)",
  },
  {
    what: "a relation without a label",
    change: ['"type":"based_in"', '"type":null'],
    says: "main:1 [0].relations[1].type: the relation has no label; it was left out",
  },
  {
    what: "a field that Weft does not know",
    change: ['"orig_id":"doc-1#1"', '"orig_id":"doc-1#1","split":"dev"'],
    says: "main:1 [1].split: Weft cannot store this field; it was left out",
  },
]);

test("orders the ends of symmetric relations by the sentence, as SpERT's loader does", async () => {
  const tokens = { tokens: ["Ada", "met", "Bob"], entities: [2, 0].map((start) => ({ type: "PER", start, end: start + 1 })) };
  const file = JSON.stringify([{ ...tokens, relations: [{ type: "met", head: 0, tail: 1 }] }]);
  const types = JSON.stringify({ entities: {}, relations: { met: { symmetric: true } } });
  const turned = await readFiles(spert, { "": file, "types.json": types });
  expect(turned.documents[0]?.relations).toEqual([{ head: 1, tail: 0, type: "met" }]);
  expect(turned.omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    '[0].relations[0]: "met" is symmetric; the end that comes first in the sentence became the head',
  ]);
  const alone = await readFiles(spert, { "": file });
  expect(alone.documents[0]?.relations).toEqual([{ head: 0, tail: 1, type: "met" }]);
});

test("finds the types file by its usual names, prefers the one closest to the corpus, and reports a missing one", async () => {
  const tokens = { tokens: ["Ada", "met", "Bob"], entities: [2, 0].map((start) => ({ type: "PER", start, end: start + 1 })) };
  const file = JSON.stringify([{ ...tokens, relations: [{ type: "met", head: 0, tail: 1 }] }]);
  const symmetric = JSON.stringify({ entities: {}, relations: { met: { symmetric: true } } });
  const plain = JSON.stringify({ entities: {}, relations: { met: { symmetric: false } } });
  const read = async (source: string, beside: Readonly<Record<string, string>>) => {
    const companions = {
      read: (name: string) => (beside[name] === undefined ? undefined : textOf(beside[name])),
      names: () => [source, ...Object.keys(beside)],
    };
    const { documents, omissions } = await collectDocuments(spert.read(textOf(file), { source: `data/${source}`, companions }));
    return { head: documents[0]?.relations[0]?.head, said: omissions.map(({ reason }) => reason) };
  };
  const turned = ['"met" is symmetric; the end that comes first in the sentence became the head'];
  expect(await read("conll04_train.json", { "conll04_types.json": symmetric })).toEqual({ head: 1, said: turned });
  expect(await read("ace_test.json", { "conll04_types.json": plain, "ace_types.json": symmetric })).toEqual({
    head: 1,
    said: turned,
  });
  expect(await read("ace_test.json", { "types.json": symmetric, "ace_types.json": plain })).toEqual({ head: 1, said: turned });
  const unknown = "so all relations were read as directed";
  expect(await read("train.json", { "notes.json": "{" })).toEqual({
    head: 0,
    said: [`no types.json or NAME_types.json is next to the corpus, ${unknown}`],
  });
  expect(await read("train.json", { "ace_types.json": symmetric, "conll04_types.json": symmetric })).toEqual({
    head: 0,
    said: [`ace_types.json and conll04_types.json are next to the corpus, and neither name is closer to its name, ${unknown}`],
  });
});

async function* textOf(text: string): AsyncGenerator<string> {
  yield text;
}
