import { expect, test } from "vitest";
import { type Document, sentencesOf, surface } from "../schema/index.ts";
import { describeInputFormat, type Files, readFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { ace05 } from "./ace05.ts";

/** A mention in a test: its words, or those of its extent and of its head. */
type Words = string | readonly [extent: string, head: string];

interface Drawn {
  readonly entities: readonly (readonly [type: string, ...mentions: Words[]])[];
  /** Types with the mentions they refer to, as `entity.mention` counted from 1. */
  readonly relations?: readonly (readonly [type: string, head: string, tail: string])[];
  readonly more?: string;
}

/**
 * An annotation in ACE05's format for the words of a text, with offsets counted by a plain loop.
 */
function apf(sgm: string, { entities, relations = [], more = "" }: Drawn, id = "doc-1"): string {
  const counted = Array.from(sgm.replace(/<[^>]*>/g, ""));
  let reached = 0;
  const charseq = (words: string): string => {
    const wanted = Array.from(words.replaceAll("&", "&amp;"));
    const fits = (from: number) => wanted.every((letter, at) => counted[from + at] === letter);
    let start = reached;
    while (start < counted.length && !fits(start)) start++;
    if (start === counted.length) throw new RangeError(`the text has no further ${words}`);
    reached = start;
    return `<charseq START="${start}" END="${start + wanted.length - 1}">${words.replaceAll("&", "&amp;")}</charseq>`;
  };
  const mention = (words: Words, name: string): string => {
    const [extent, head] = typeof words === "string" ? [words, words] : words;
    const whole = charseq(extent);
    const inside = charseq(head);
    reached += 1;
    return `  <entity_mention ID="${name}" TYPE="NAM" LDCTYPE="NAM">
    <extent>
      ${whole}
    </extent>
    <head>
      ${inside}
    </head>
  </entity_mention>
`;
  };
  const lines = entities.map(([type, ...mentions], index) => {
    reached = 0;
    const inside = mentions.map((words, place) => mention(words, `${id}-E${index + 1}-${place + 1}`)).join("");
    return `<entity ID="${id}-E${index + 1}" TYPE="${type}" SUBTYPE="Nation" CLASS="SPC">\n${inside}</entity>\n`;
  });
  const [name, other] = ["relation_mention_argument", "relation_argument"];
  const links = relations.map(
    ([type, head, tail], index) => `<relation ID="${id}-R${index + 1}" TYPE="${type}" SUBTYPE="Located" MODALITY="Asserted">
  <${other} REFID="${id}-E${head.split(".")[0]}" ROLE="Arg-1"/>
  <${other} REFID="${id}-E${tail.split(".")[0]}" ROLE="Arg-2"/>
  <relation_mention ID="${id}-R${index + 1}-1" LEXICALCONDITION="Verbal">
    <${name} REFID="${id}-E${head.replace(".", "-")}" ROLE="Arg-1"></${name}>
    <${name} REFID="${id}-E${tail.replace(".", "-")}" ROLE="Arg-2"></${name}>
  </relation_mention>
</relation>
`,
  );
  return `<?xml version="1.0"?>
<!DOCTYPE source_file SYSTEM "apf.v5.1.1.dtd">
<source_file URI="${id}.sgm" SOURCE="newswire" TYPE="text" AUTHOR="LDC" ENCODING="UTF-8">
<document DOCID="${id}">
${lines.join("")}${links.join("")}${more}</document>
</source_file>
`;
}

const ada = adaDocument("doc-1");
const before = "\n\n\n\n\n\n";
const header = `<DOC>
<DOCID> doc-1 </DOCID>
<DOCTYPE SOURCE="newswire"> NEWS STORY </DOCTYPE>
<DATETIME> 2003-03-04 </DATETIME>
<BODY>
<TEXT>
`;
const sgm = `${header}${ada.text}
</TEXT>
</BODY>
</DOC>
`;
const annotation = apf(sgm, {
  entities: [
    ["PER", "Ada Lovelace"],
    ["ORG", "Acme Corp", "Acme Corp"],
    ["LOC", "Paris"],
  ],
  relations: [
    ["works_for", "1.1", "2.1"],
    ["based_in", "2.1", "3.1"],
  ],
});
const shift = before.length;
const expected: Document = {
  ...ada,
  text: `${before}${ada.text}\n\n\n\n`,
  tokens: ada.tokens.map(({ text, start, end }) => ({ text, start: start + shift, end: end + shift })),
};

/**
 * The head of the first Acme Corp: 37 characters precede the rocket, with line ends and without
 * tags, and 22 more precede the head.
 */
const head = (start: string, end: string): string => `<head>
      <charseq START="${start}" END="${end}">Acme Corp</charseq>`;

/** Reported for every file, since each has annotation that Weft cannot hold. */
const usual = [
  "entity: Weft has no coreference, subtypes and classes of entities; reported once per file",
  "relation: Weft has no subtypes, tense and modality of relations; reported once per file",
];

describeInputFormat(
  ace05,
  { documents: [expected], files: { "doc-1.apf.xml": annotation, "doc-1.sgm": sgm }, readOmissions: usual },
  [
    {
      what: "a file that is no XML",
      change: ["</entity>", "</entities>"],
      says: /^doc-1\.apf\.xml:14:\d+: unexpected close tag \(XML_INVALID\)$/,
    },
    {
      what: "an entity of a document type",
      change: ["Ada Lovelace<", "&ada;<"],
      says: /^doc-1\.apf\.xml:8:\d+: undefined entity \(XML_INVALID\)$/,
    },
    {
      what: "an offset beyond the text",
      change: [head("59", "67"), head("59", "990")],
      says: /^doc-1\.apf\.xml:21 charseq: the characters 59 to 990 are not in the text, which has \d+ without its tags \(SPAN_OUTSIDE\)$/,
    },
    {
      what: "an offset that is no number",
      change: [head("59", "67"), head("-1", "67")],
      says: 'doc-1.apf.xml:21 charseq.START: expected a number of characters, found "-1" (FIELD_INVALID)',
    },
    {
      what: "an end before the start",
      change: [head("59", "67"), head("59", "58")],
      says: /charseq: the characters 59 to 58 are not a span \(SPAN_EMPTY\)$/,
    },
    {
      what: "words that the text does not have there",
      change: ['">Paris</charseq>\n    </head>', '">Berlin</charseq>\n    </head>'],
      says: 'entity_mention: the text has "Paris" where the file says "Berlin"; the offsets were used',
    },
    {
      what: "a mention without a head",
      change: [head("59", "67"), "<head>"],
      says: "doc-1.apf.xml:20 head: there is no charseq inside (FIELD_MISSING)",
    },
    {
      what: "a relation to a mention that is not there",
      change: ['REFID="doc-1-E3-1"', 'REFID="doc-1-E9-1"'],
      says: /relation_mention: the relation names "doc-1-E9-1", but no entity_mention in this file has this id \(RELATION_END_MISSING\)$/,
    },
    {
      what: "a relation with one end",
      change: ['REFID="doc-1-E3-1" ROLE="Arg-2"', 'REFID="doc-1-E3-1" ROLE="Time-Within"'],
      says: /relation_mention: there is no relation_mention_argument with the role Arg-2 inside \(FIELD_MISSING\)$/,
    },
    {
      what: "an id given twice",
      change: ['ID="doc-1-E2-2"', 'ID="doc-1-E2-1"'],
      says: /entity_mention: the id doc-1-E2-1 is a duplicate \(FIELD_INVALID\)$/,
    },
    {
      what: "a metonymy",
      change: ['TYPE="based_in"', 'TYPE="METONYMY"'],
      says: /relation_mention: METONYMY is not one of the six relation types in use; it was left out$/m,
    },
    {
      what: "an event",
      change: ["</document>", '<event ID="V"><event_mention ID="V-1"/></event></document>'],
      says: /event: Weft has no events$/m,
    },
    {
      what: "a time",
      change: ["</document>", '<timex2 ID="T"><timex2_mention ID="T-1"/></timex2></document>'],
      says: /timex2: Weft does not treat times as entities$/m,
    },
    {
      what: "a file of another kind",
      change: [/<source_file[^]*/.exec(annotation)?.[0] ?? "", "<html/>"],
      says: /expected the element source_file, found html/,
    },
  ],
);

const files = (text: string, drawn: Drawn): Files => ({ "d.apf.xml": apf(text, drawn, "d"), "d.sgm": text });
const named = ({ tokens, entities }: Document) =>
  entities.map(
    (entity) =>
      `${surface(
        tokens.map(({ text }) => text),
        entity,
      )}/${entity.type}`,
  );

const talk = `<DOC>
<DOCID> d </DOCID>
<BODY>
<TURN>
<SPEAKER> JOHN KING, SENIOR ANALYST </SPEAKER>
The chairman of AT&amp;T in
New York left
</TURN>
<TURN>
<SPEAKER> WOLF BLITZER </SPEAKER>
he told U.S. forces. They stayed.
</TURN>
</BODY>
</DOC>
`;
const talkDrawn: Drawn = {
  entities: [
    ["PER", ["JOHN KING, SENIOR ANALYST", "JOHN KING"], ["The chairman of AT&T in\nNew York", "chairman"]],
    ["ORG", ["AT&T in\nNew York", "AT&T"]],
    ["GPE", "New York"],
    ["PER", "WOLF BLITZER", "he"],
    ["GPE", "U.S."],
    ["PER", ["U.S. forces", "forces"], "They"],
  ],
  relations: [
    ["ORG-AFF", "1.2", "2.1"],
    ["GEN-AFF", "2.1", "3.1"],
    ["PHYS", "6.2", "4.2"],
  ],
};

test("reads heads or extents across line breaks and references, and no sentence crosses a tag", async () => {
  const heads = await readFiles(ace05, files(talk, talkDrawn));
  expect(heads.omissions.map(({ path }) => path)).toEqual(["entity", "relation"]);
  const [document] = heads.documents;
  if (document === undefined) throw new Error("nothing was read");
  expect(named(document)).toEqual([
    "JOHN KING/PER",
    "chairman/PER",
    "AT&T/ORG",
    "New York/GPE",
    "WOLF BLITZER/PER",
    "he/PER",
    "U.S./GPE",
    "forces/PER",
    "They/PER",
  ]);
  const cut = sentencesOf(document);
  expect(cut.sentences.map(({ tokens }) => tokens.join(" "))).toEqual([
    "JOHN KING , SENIOR ANALYST",
    "The chairman of AT&T in New York left",
    "WOLF BLITZER",
    "he told U.S. forces .",
    "They stayed .",
  ]);
  expect(cut.omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "relations[2]: the ends of the relation are in different sentences",
  ]);
  const extents = await readFiles(ace05, files(talk, talkDrawn), { spans: "extent" });
  expect(extents.documents.flatMap(named).slice(0, 3)).toEqual([
    "JOHN KING , SENIOR ANALYST/PER",
    "The chairman of AT&T in New York/PER",
    "AT&T in New York/ORG",
  ]);
});

test("relations go from Arg-1 to Arg-2, and each relation mention is a relation", async () => {
  const { documents } = await readFiles(ace05, files(talk, talkDrawn));
  expect(documents[0]?.relations).toEqual([
    { head: 1, tail: 2, type: "ORG-AFF" },
    { head: 2, tail: 3, type: "GEN-AFF" },
    { head: 8, tail: 5, type: "PHYS" },
  ]);
});

test("detects how references and Windows line ends count from the words", async () => {
  const { "d.apf.xml": annotation = "" } = files(talk, talkDrawn);
  const heads = await readFiles(ace05, { "d.apf.xml": annotation, "d.sgm": talk });
  const broken = talk.replaceAll("\n", "\r\n");
  const behind = talk.replace(/<[^>]*>/g, "").indexOf("&amp;") + 1;
  const asMeant = annotation.replace(/(START|END)="(\d+)"/g, (_, name: string, offset: string) => {
    return `${name}="${Number(offset) > behind ? Number(offset) - "amp;".length : offset}"`;
  });
  const asTwo = annotation.replace(/(START|END)="(\d+)"/g, (_, name: string, offset: string) => {
    const plain = talk.replace(/<[^>]*>/g, "");
    return `${name}="${Number(offset) + plain.slice(0, Number(offset)).split("\n").length - 1}"`;
  });
  for (const files of [
    { "d.apf.xml": asMeant, "d.sgm": talk },
    { "d.apf.xml": annotation, "d.sgm": broken },
    { "d.apf.xml": asTwo, "d.sgm": broken },
  ]) {
    const read = await readFiles(ace05, files);
    expect({ named: read.documents.map(named), omissions: read.omissions.length }).toEqual({
      named: heads.documents.map(named),
      omissions: 2,
    });
  }
});

test("reads the last annotation stage in a folder, per genre", () => {
  const all = ["nw/adj/a", "nw/fp1/a", "nw/fp2/a", "nw/timex2norm/a", "bc/adj/a", "bc/fp1/b", "bc/fp2/b", "c"];
  const chosen = ace05.chooseFiles?.(all.map((file) => `English/${file}.apf.xml`));
  expect(chosen).toEqual(["nw/timex2norm/a", "bc/adj/a", "bc/fp1/b", "c"].map((file) => `English/${file}.apf.xml`));
});

test("reports a mention in the header with its relation, and refuses an annotation without text", async () => {
  const drawn: Drawn = {
    entities: [
      ["PER", "doc-1"],
      ["ORG", "Acme Corp"],
    ],
    relations: [["ORG-AFF", "1.1", "2.1"]],
  };
  const { omissions, documents } = await readFiles(ace05, files(sgm, drawn));
  expect(documents.flatMap(named)).toEqual(["Acme Corp/ORG"]);
  expect(omissions.slice(2).map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "entity_mention: the mention is in the document's header, which is not part of the text",
    "relation_mention: an end of the relation could not be placed",
  ]);
  await expect(readFiles(ace05, { "d.apf.xml": annotation })).rejects.toThrow(
    "there is no .sgm file of the same name next to it (COMPANION_MISSING)",
  );
});
