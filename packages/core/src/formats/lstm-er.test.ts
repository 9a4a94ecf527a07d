import { expect, test } from "vitest";
import { type Document, sentencesOf } from "../schema/index.ts";
import { describeInputFormat, readFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { lstmEr } from "./lstm-er.ts";

const text = "🚀 Ada Lovelace joined Acme Corp in Paris.\nAcme Corp makes engines.\n";
const ann = `T1	PER 2 14	Ada Lovelace
T2	ORG 22 31	Acme Corp
T3	LOC 35 40	Paris
T4	ORG 42 51	Acme Corp
R1	works_for Arg1:T1 Arg2:T2
R2	based_in Arg1:T2 Arg2:T3
`;
const ada: Document = { ...adaDocument("doc-1"), text };

describeInputFormat(lstmEr, { documents: [ada], files: { "doc-1.split.ann": ann, "doc-1.split.txt": text } }, [
  {
    what: "an offset beyond the text",
    change: ["42 51	Acme Corp", "42 99	Apex"],
    says: "doc-1.split.ann:4 T4: the characters 42 to 99 are not in the text, which has 67 (SPAN_OUTSIDE)",
  },
  {
    what: "words that the text does not have there",
    change: ["2 14	Ada", "2 14	Eva"],
    says: 'doc-1.split.ann:1 T1: the text has "Ada Lovelace" where the file says "Eva Lovelace"; the offsets were used',
  },
  {
    what: "a relation to a mention that is not there",
    change: ["Arg2:T3", "Arg2:T9"],
    says: "doc-1.split.ann:6 R2: Arg2 names T9, but no line of this file defines it (RELATION_END_MISSING)",
  },
  {
    what: "a relation with one end",
    change: [" Arg2:T3", ""],
    says: /^doc-1.split.ann:6 R2: expected a type and two ends/,
  },
]);

test("each line is one sentence, whatever stops it contains and however it begins", async () => {
  const files = {
    "d.split.txt": "He left. She stayed in Rome ,\nand so did they .\n",
    "d.split.ann":
      "T1\tPER 0 2\tHe\nT2\tPER 9 12\tShe\nT3\tPER 41 45\tthey\nR1\tPER-SOC Arg1:T2 Arg2:T1\nR2\tPER-SOC Arg1:T2 Arg2:T3\n",
  };
  const { documents, omissions } = await readFiles(lstmEr, files);
  expect(omissions).toEqual([]);
  const [document] = documents;
  if (document === undefined) throw new Error("nothing was read");
  expect(document.id).toBe("d");
  const cut = sentencesOf(document);
  expect(cut.sentences.map(({ entities, relations }) => [entities.length, relations.length])).toEqual([
    [2, 1],
    [1, 0],
  ]);
  expect(cut.omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "relations[1]: the ends of the relation are in different sentences",
  ]);
});

test("refuses an annotation without its split text", async () => {
  await expect(readFiles(lstmEr, { "x.split.ann": ann, "x.txt": text })).rejects.toThrow(
    "x.split.ann: the text of this annotation is missing: there is no .split.txt file of the same name next to it",
  );
});
