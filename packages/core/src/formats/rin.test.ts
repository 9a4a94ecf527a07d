import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { rin } from "./rin.ts";

const [plain] = adaSentences({ typed: false });
const ada = { ...plain, pos: "SYM NNP NNP VBD NNP NNP IN NNP .".split(" ") };
const example = `[{"sentText":["🚀","Ada","Lovelace","joined","Acme","Corp","in","Paris","."],"pos":["SYM","NNP","NNP","VBD","NNP","NNP","IN","NNP","."],"en_list":[["Ada","Lovelace"],["Acme","Corp"],["Paris"]],"relationMentions":[{"em1Text":["Lovelace"],"label":"works_for","em2Text":["Corp"]},{"em1Text":["Corp"],"label":"based_in","em2Text":["Paris"]}]}]
`;

describeFormat(rin, { documents: [ada], files: { "": example } }, [
  {
    what: "a last word that the text does not have",
    change: ['"em2Text":["Paris"]', '"em2Text":["London"]'],
    says: 'main:1 [0].relationMentions[1]: no tokens of the text are "London"; the relation was left out',
  },
  {
    what: "an entity that the text does not have",
    change: ['["Paris"]]', '["London"]]'],
    says: 'main:1 [0].en_list[2]: no tokens of the text are "London"; the entity was left out',
  },
  {
    what: "two entities with one last word",
    change: ['["Ada","Lovelace"]', '["Ada","Lovelace"],["Lovelace"]'],
    says: 'main:1 [0].relationMentions[0].em1Text: 2 entities end in "Lovelace"; ambiguous, the first was used',
  },
  {
    what: "a relation without a label",
    change: ['"label":"based_in"', '"label":""'],
    says: "main:1 [0].relationMentions[1].label: the relation has no label; it was left out",
  },
  {
    what: "another number of tags than of words",
    change: ['"pos":["SYM",', '"pos":['],
    says: "main:1 [0].pos: expected one tag per token, found 8 tags for 9 tokens (FIELD_INVALID)",
  },
]);

test("a last word missing from en_list becomes an entity", async () => {
  const { documents, omissions } = await readFiles(rin, { "": example.replace('["Ada","Lovelace"],', "") });
  expect(omissions).toEqual([]);
  expect(documents[0]?.entities[0]).toEqual({ start: 2, end: 3, type: null });
});

test("reports tags of the ends unless stan_ner, which is kept, has them", async () => {
  const record = {
    sentText: ["Ada", "joined", "Acme"],
    stan_ner: ["PERSON", "O", "O"],
    relationMentions: [{ em1Text: ["Ada"], em2Text: ["Acme"], label: "works_for", em1Label: "PERSON", em2Label: "LOCATION" }],
  };
  const { documents, omissions } = await readFiles(rin, { "": JSON.stringify(record) });
  expect(documents[0]?.metadata).toEqual({ stan_ner: record.stan_ner });
  expect(omissions.map(({ path }) => path)).toEqual(["[0].relationMentions[0].em2Label"]);
});

test("writing reports what a reader would locate elsewhere", async () => {
  const words = "Acme left ; Acme stayed".split(" ");
  const { documents } = await readFiles(rin, {
    "": JSON.stringify({ sentText: words, en_list: [["Acme"]], relationMentions: [] }),
  });
  const [document] = documents;
  if (document === undefined) throw new Error("nothing was read");
  const { omissions } = await writeFiles(rin, [{ ...document, entities: [{ start: 3, end: 4, type: null }] }]);
  expect(omissions.map(({ path }) => path)).toEqual(["entities[0]"]);
});
