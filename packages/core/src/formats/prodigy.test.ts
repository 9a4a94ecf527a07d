import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { prodigy } from "./prodigy.ts";

const ada = adaDocument("record-1");

const words: [text: string, start: number, ws: boolean][] = [
  ["🚀", 0, true],
  ["Ada", 2, true],
  ["Lovelace", 6, true],
  ["joined", 15, true],
  ["Acme", 22, true],
  ["Corp", 27, true],
  ["in", 32, true],
  ["Paris", 35, false],
  [".", 40, true],
  ["Acme", 42, true],
  ["Corp", 47, true],
  ["makes", 52, true],
  ["engines", 58, false],
  [".", 65, false],
];
const tokens = words.map(([text, start, ws], id) => {
  const end = start + (text === "🚀" ? 1 : text.length);
  return `{"text":"${text}","start":${start},"end":${end},"id":${id},"ws":${ws},"disabled":false}`;
});
const person = '"start":2,"end":14,"token_start":1,"token_end":2,"label":"PER"';
const company = '"start":22,"end":31,"token_start":4,"token_end":5,"label":"ORG"';
const place = '"start":35,"end":40,"token_start":7,"token_end":7,"label":"LOC"';
const again = '"start":42,"end":51,"token_start":9,"token_end":10,"label":"ORG"';
const spans = [
  `{${person},"text":"Ada Lovelace","type":"span"}`,
  `{${company},"text":"Acme Corp","type":"span"}`,
  `{${place},"text":"Paris","type":"span"}`,
  `{${again},"text":"Acme Corp","type":"span"}`,
];
const relations = [
  `{"head":2,"child":5,"head_span":{${person}},"child_span":{${company}},"label":"works_for"}`,
  `{"head":5,"child":7,"head_span":{${company}},"child_span":{${place}},"label":"based_in"}`,
];
const line = `{"text":"${ada.text}","tokens":[${tokens.join(",")}],"spans":[${spans.join(",")}],"relations":[${relations.join(",")}],"answer":"accept","_view_id":"relations"}
`;

describeFormat(prodigy, { documents: [ada], files: { "": line } }, [
  {
    what: "a token beyond the text",
    change: ['"start":65,"end":66', '"start":65,"end":99'],
    says: "main:1 tokens[13]: the characters 65 to 99 are not in the text (SPAN_OUTSIDE)",
  },
  {
    what: "a span beyond the tokens",
    change: ['"token_end":10', '"token_end":20'],
    says: "main:1 spans[3]: the tokens 9 to 20 are not a span of the example's 14 tokens (SPAN_OUTSIDE)",
  },
  { what: "an empty span", change: ['"token_end":10', '"token_end":8'], says: /^main:1 spans\[3\]: .*\(SPAN_EMPTY\)/ },
  {
    what: "characters beyond the text",
    change: [again, again.replace("51", "99")],
    says: "main:1 spans[3]: the characters 42 to 99 are not in the text, which has 66 (SPAN_OUTSIDE)",
  },
  {
    what: "characters of other tokens",
    change: [again, again.replace("51", "46")],
    says: "main:1 spans[3]: start and end give other tokens than token_start and token_end; the tokens were used",
  },
  {
    what: "words that the text does not have there",
    change: ['"text":"Paris","type"', '"text":"Rome","type"'],
    says: 'spans[2]: the text has "Paris" where the file says "Rome"',
  },
  {
    what: "a relation to a token that is not there",
    change: [`"child":5,"head_span":{${person}},"child_span":{${company}}`, '"child":50'],
    says: "main:1 relations[0].child: child names token 50, but there are 14 tokens (RELATION_END_MISSING)",
  },
  {
    what: "a relation without a label",
    change: [',"label":"works_for"', ""],
    says: "main:1 relations[0].label: the relation has no label; it was left out",
  },
  {
    what: "a rejected example",
    change: ['"accept"', '"reject"'],
    says: 'main:1 answer: the answer is "reject", not "accept"; the example was left out',
  },
]);

const readOne = async (text: string) => {
  const { documents, omissions } = await readFiles(prodigy, { "": text });
  return { document: documents[0], omissions: omissions.map(({ path, reason }) => `${path}: ${reason}`) };
};

test("head and child refer to the span that ends there, or to a new entity at that token", async () => {
  const bare = line.replaceAll(/"(head|child)_span":\{[^}]*\},/g, "").replace('"child":7', '"child":12');
  const { document, omissions } = await readOne(bare);
  expect(omissions).toEqual([]);
  expect(document?.entities.at(-1)).toEqual({ start: 12, end: 13, type: null });
  expect(document?.relations).toEqual([
    { head: 0, tail: 1, type: "works_for" },
    { head: 1, tail: 4, type: "based_in" },
  ]);
});

test("uses the first of several spans that end at one token, and reports it", async () => {
  const { omissions } = await readOne(
    `${JSON.stringify({
      text: "Ada left",
      tokens: [
        { text: "Ada", start: 0, end: 3 },
        { text: "left", start: 4, end: 8 },
      ],
      spans: [
        { start: 0, end: 3, token_start: 0, token_end: 0, label: "A" },
        { start: 0, end: 3, token_start: 0, token_end: 0, label: "B" },
      ],
      relations: [{ head: 0, child: 1, label: "r" }],
    })}\n`,
  );
  expect(omissions).toEqual(["relations[0].head: 2 spans end at token 0; the first was used"]);
});

test("locates spans without tokens by their characters", async () => {
  const { document, omissions } = await readOne(
    '{"text":"🚀 Ada left","spans":[{"start":3,"end":6,"label":"PER","text":"Ada"}],"meta":{"page":2},"_task_hash":1}\n',
  );
  expect(omissions).toEqual([]);
  expect(document).toMatchObject({ id: "record-1", entities: [{ start: 1, end: 2, type: "PER" }], metadata: { page: 2 } });
});

test("an end with a span means the entity of its label, else the first there", async () => {
  const span = { start: 0, end: 3, token_start: 0, token_end: 0 };
  const ends = (head: string, tail: string): object => ({
    head: 0,
    child: 0,
    head_span: { ...span, label: head },
    child_span: { ...span, label: tail },
    label: "r",
  });
  const { document, omissions } = await readOne(
    `${JSON.stringify({
      text: "Ada left",
      tokens: [
        { text: "Ada", start: 0, end: 3 },
        { text: "left", start: 4, end: 8 },
      ],
      spans: [
        { ...span, label: "A" },
        { ...span, label: "B" },
      ],
      relations: [ends("B", "A"), ends("C", "B")],
    })}\n`,
  );
  expect(omissions).toEqual([]);
  expect(document?.relations).toEqual([
    { head: 1, tail: 0, type: "r" },
    { head: 0, tail: 1, type: "r" },
  ]);
});
