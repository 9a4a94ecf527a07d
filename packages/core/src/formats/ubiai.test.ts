import { expect, test } from "vitest";
import { describeFormat, readFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { detectFormats } from "./formats.ts";
import { ubiai } from "./ubiai.ts";

const ada = adaDocument("1");
const example = `[{"documentName":"1","document":"🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines.","tokens":[{"text":"Ada Lovelace","start":2,"end":14,"token_start":1,"token_end":2,"entityLabel":"PER"},{"text":"Acme Corp","start":22,"end":31,"token_start":4,"token_end":5,"entityLabel":"ORG"},{"text":"Paris","start":35,"end":40,"token_start":7,"token_end":7,"entityLabel":"LOC"},{"text":"Acme Corp","start":42,"end":51,"token_start":9,"token_end":10,"entityLabel":"ORG"}],"relations":[{"child":4,"head":1,"relationLabel":"works_for"},{"child":7,"head":4,"relationLabel":"based_in"}]}]
`;

describeFormat(ubiai, { documents: [ada], files: { "": example } }, [
  {
    what: "an offset beyond the text",
    change: ['"end":51', '"end":99'],
    says: "main:1 [0].tokens[3]: the characters 42 to 99 are not in the text, which has 66 (SPAN_OUTSIDE)",
  },
  {
    what: "a relation to a token where no span starts",
    change: ['"child":7', '"child":8'],
    says: "main:1 [0].relations[1].child: child names token 8, but no span of this document starts there (RELATION_END_MISSING)",
  },
  {
    what: "a relation to the last token of a span",
    change: ['"child":4', '"child":5'],
    says: "main:1 [0].relations[0].child: child names token 5 inside a span, not its first token; the span was used",
  },
  {
    what: "a relation to a token where two spans start",
    change: ['"token_start":9', '"token_start":7'],
    says: "main:1 [0].relations[1].child: 2 spans start at token 7; the first was used",
  },
  {
    what: "a relation without a label",
    change: [',"relationLabel":"works_for"', ""],
    says: "main:1 [0].relations[0].relationLabel: the relation has no label; it was left out",
  },
  {
    what: "words that disagree with the offsets",
    change: ['"text":"Paris"', '"text":"Rome"'],
    says: 'main:1 [0].tokens[2]: the text has "Paris" where the file says "Rome"; the offsets were used',
  },
  {
    what: "a field that has no place",
    change: ['"documentName":"1"', '"documentName":"1","reviewer":"kl"'],
    says: "main:1 [0].reviewer: Weft cannot store this field",
  },
]);

test("offsets count UTF-16 units if the words of the spans say so", async () => {
  const shifted = example.replaceAll(
    /"(start|end)":(\d+)/g,
    (_, name: string, offset: string) => `"${name}":${Number(offset) + 1}`,
  );
  const { documents, omissions } = await readFiles(ubiai, { "": shifted });
  expect({ entities: documents[0]?.entities, omissions }).toEqual({ entities: ada.entities, omissions: [] });
});

test("recognises documents without annotation", async () => {
  const plain = '[{"documentName": "a.txt", "document": "Kira Lund chairs Velo.", "tokens": [], "relations": []}]';
  expect(detectFormats("a.json", plain)).toEqual([ubiai]);
  expect((await readFiles(ubiai, { "": plain })).documents).toMatchObject([{ id: "a.txt", entities: [], relations: [] }]);
});
