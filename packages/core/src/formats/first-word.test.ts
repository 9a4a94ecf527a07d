import { expect, test } from "vitest";
import { readFiles } from "../testing/describe-format.ts";
import { inputFormats } from "./formats.ts";

const words = ["Ada", "Lovelace", "runs", "Acme"];
const text = words.join(" ");
const tokens = words.map((word, id) => ({ text: word, id, start: text.indexOf(word), end: text.indexOf(word) + word.length }));
const spans = [
  { start: 0, end: 12, token_start: 0, token_end: 1, label: "PER" },
  { start: 18, end: 22, token_start: 3, token_end: 3, label: "ORG" },
];
const ner = [
  [0, 1, "PER"],
  [3, 3, "ORG"],
];
const end = (from: number, to: number) => ({ position: [from, to] });

/** Records whose relation names the first word of its head alone. */
const records: readonly (readonly [format: string, record: object])[] = [
  ["prodigy", { text, tokens, spans, relations: [{ head: 0, child: 3, label: "runs" }] }],
  ["prodigy", { text, tokens, spans, relations: [{ head: 0, child: 3, head_span: { start: 0, end: 3 }, label: "runs" }] }],
  ["scierc", { sentences: [words], ner: [ner], relations: [[[0, 0, 3, 3, "runs"]]] }],
  ["gliner", { tokenized_text: words, ner, relations: [{ head: end(0, 0), tail: end(3, 3), relation_text: "runs" }] }],
  [
    "tplinker",
    {
      text,
      entity_list: [
        { text: "Ada Lovelace", type: "PER", char_span: [0, 12] },
        { text: "Acme", type: "ORG", char_span: [18, 22] },
      ],
      relation_list: [{ subject: "Ada", subj_char_span: [0, 3], predicate: "runs", object: "Acme", obj_char_span: [18, 22] }],
    },
  ],
  [
    "cotype",
    {
      sentText: text,
      entityMentions: [
        { text: "Ada Lovelace", label: "PER" },
        { text: "Acme", label: "ORG" },
      ],
      relationMentions: [{ em1Text: "Ada", em2Text: "Acme", label: "runs" }],
    },
  ],
  [
    "rin",
    {
      sentText: words,
      en_list: [["Ada", "Lovelace"], ["Acme"]],
      relationMentions: [{ em1Text: ["Ada"], em2Text: ["Acme"], label: "runs" }],
    },
  ],
];

test.each(records)("%s: the first word of one entity means the whole entity, and is reported", async (name, record) => {
  const { documents, omissions } = await readFiles(inputFormats.get(name), { "": JSON.stringify(record) });
  const [{ entities, relations } = { entities: [], relations: [] }] = documents;
  expect(relations).toHaveLength(1);
  expect(entities[relations[0]?.head ?? -1]).toMatchObject({ start: 0, end: 2 });
  expect(entities.map(({ start, end }) => [start, end]).toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
    [0, 2],
    [3, 4],
  ]);
  expect(omissions.map(({ reason }) => reason)).toEqual(["only the first word of an entity is named; the whole entity was used"]);
});

test("the first word of two entities makes an entity of its own, and so does any in a prediction", async () => {
  const relations = [[[0, 0, 3, 3, "runs"]]];
  const two = {
    sentences: [words],
    ner: [
      [
        [0, 1, "PER"],
        [0, 2, "EVENT"],
        [3, 3, "ORG"],
      ],
    ],
    relations,
  };
  const predicted = { sentences: [words], predicted_ner: [ner], predicted_relations: relations };
  for (const record of [two, predicted]) {
    const { documents } = await readFiles(inputFormats.get("scierc"), { "": JSON.stringify(record) });
    const [document] = documents;
    expect(document?.entities[document.relations[0]?.head ?? -1]).toEqual({ start: 0, end: 1, type: null });
  }
});
