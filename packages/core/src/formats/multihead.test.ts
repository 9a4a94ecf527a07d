import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { multihead } from "./multihead.ts";

const example = `#doc doc-1#0
0	🚀	O	['N']	[0]
1	Ada	B-PER	['N']	[1]
2	Lovelace	I-PER	['works_for']	[5]
3	joined	O	['N']	[3]
4	Acme	B-ORG	['N']	[4]
5	Corp	I-ORG	['based_in']	[7]
6	in	O	['N']	[6]
7	Paris	B-LOC	['N']	[7]
8	.	O	['N']	[8]
#doc doc-1#1
0	Acme	B-ORG	['N']	[0]
1	Corp	I-ORG	['N']	[1]
2	makes	O	['N']	[2]
3	engines	O	['N']	[3]
4	.	O	['N']	[4]
`;

describeFormat(multihead, { documents: adaSentences({ typed: true }), files: { "": example } }, [
  {
    what: "a relation to a word that is not there",
    change: ["['based_in']	[7]", "['based_in']	[17]"],
    says: "main:7: a relation names word 17, but the sentence has words 0 to 8 (RELATION_END_MISSING)",
  },
  {
    what: "a relation to a word in no entity",
    change: ["['based_in']	[7]", "['based_in']	[6]"],
    says: /^main:7 .*word 6 is in no entity; one without a type was created$/,
  },
  {
    what: "a relation to the first word of an entity",
    change: ["['works_for']	[5]", "['works_for']	[4]"],
    says: /^main:4 .*word 4 is not the last of its entity; the whole entity was used$/,
  },
  {
    what: "a relation without a label",
    change: ["['based_in']", "['']"],
    says: /^main:7 .*the relation has no label; it was left out$/,
  },
  {
    what: "a row out of order",
    change: ["3	joined", "4	joined"],
    says: 'main:5: expected the word\'s number, 3, found "4" (FIELD_INVALID)',
  },
  {
    what: "lists of different lengths",
    change: ["['works_for']	[5]", "['works_for']	[5, 7]"],
    says: "main:4: the row names 1 relations and 2 words (FIELD_INVALID)",
  },
  {
    what: "a tag of another scheme",
    change: ["B-LOC", "S-LOC"],
    says: 'main:9: expected a tag (O, B-… or I-…), found "S-LOC" (FIELD_INVALID)',
  },
  { what: "a missing first line", change: ["#doc doc-1#0\n", ""], says: /^main:1: the first line must be #doc/ },
]);

test("a word may be the head of several relations, in either of Python's quotes", async () => {
  const file = `#doc 1\n0\tAda\tB-P\t['a', "b's", 'c\\'d']\t[1, 2, 2]\n1\tBob\tB-P\t['N']\t[1]\n2\tEve\tB-P\t['N']\t[2]`;
  const { documents } = await readFiles(multihead, { "": file });
  expect(documents[0]?.relations).toEqual([
    { head: 0, tail: 1, type: "a" },
    { head: 0, tail: 2, type: "b's" },
    { head: 0, tail: 2, type: "c'd" },
  ]);
});
