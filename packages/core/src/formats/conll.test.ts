import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaSentences } from "../testing/format-documents.ts";
import { conll } from "./conll.ts";
import { detectFormats } from "./formats.ts";

const documents = adaSentences({ typed: true }).map((document) => ({ ...document, relations: [] }));
const example = `🚀	O
Ada	B-PER
Lovelace	I-PER
joined	O
Acme	B-ORG
Corp	I-ORG
in	O
Paris	B-LOC
.	O

Acme	B-ORG
Corp	I-ORG
makes	O
engines	O
.	O

`;

describeFormat(conll, { documents, files: { "": example } }, [
  {
    what: "a tag that no scheme has",
    change: ["Paris	B-LOC", "Paris	LOC"],
    says: 'main:8: expected a tag in the last column (O, B-…, I-…), found "LOC" (LABEL_UNKNOWN)',
  },
  {
    what: "a row without a tag",
    change: ["makes	O", "makes"],
    says: "main:13: expected a word and its tag, found one column (FIELD_INVALID)",
  },
  {
    what: "tags of two schemes",
    change: ["Ada	B-PER\nLovelace	I-PER", "Ada	S-PER\nLovelace	L-PER"],
    says: "main:1: the tags of the sentence mix E and S with L and U, but no scheme has both (LABEL_UNKNOWN)",
  },
]);

const entitiesOf = async (file: string) =>
  (await readFiles(conll, { "": file })).documents.flatMap((document) =>
    document.entities.map(
      ({ start, end, type }) =>
        `${document.tokens
          .slice(start, end)
          .map(({ text }) => text)
          .join(" ")}/${type}`,
    ),
  );

test.each([
  ["BIOES", "New B-LOC\nYork E-LOC\nAda S-PER"],
  ["BILOU", "New B-LOC\nYork L-LOC\nAda U-PER"],
  ["BIO", "New B-LOC\nYork I-LOC\nAda B-PER"],
  ["tags that begin inside, as in CoNLL-2003's first files", "New I-LOC\nYork I-LOC\nAda I-PER"],
])("%s", async (_, file) => {
  expect(await entitiesOf(file)).toEqual(["New York/LOC", "Ada/PER"]);
});

test("CoNLL-2003: keeps the part of speech, reports the chunk, and turns documents into groups", async () => {
  const file = "-DOCSTART- -X- O O\n\nAda NNP I-NP I-PER\nleft VBD I-VP O\n\n-DOCSTART- -X- O O\n\nAcme NNP I-NP I-ORG\n";
  const { documents, omissions } = await readFiles(conll, { "": file });
  expect(documents.map(({ id, pos, metadata }) => [id, pos, metadata["doc"]])).toEqual([
    ["sentence-1", ["NNP", "VBD"], "document-1"],
    ["sentence-2", ["NNP"], "document-2"],
  ]);
  expect(omissions.map(({ line, path }) => `${line} ${path}`)).toEqual(["3 columns", "8 columns"]);
});

test("a line that starts with a number sign is a comment unless it ends in a tag", async () => {
  expect(await entitiesOf("# id = 3\n# B-SYM\nAda B-PER\n")).toEqual(["#/SYM", "Ada/PER"]);
});

test("does not mistake other formats for columns", () => {
  expect(detectFormats("a.txt", "#doc 1\n0\tAda\tB-P\t['N']\t[0]\n")).not.toContain(conll);
  expect(detectFormats("a.corp", "0\tO\t0\tO\tNN\tword\tO\tO\tO\n")).not.toContain(conll);
  for (const text of ["Ada left.", "neither do I", "Ada O\nand so on B-52"]) {
    expect(detectFormats("a.txt", `${text}\n`)).not.toContain(conll);
  }
});
