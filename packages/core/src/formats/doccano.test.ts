import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { doccano } from "./doccano.ts";

const ada = adaDocument("1");
const line = `{"id":1,"text":"🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines.","entities":[{"id":0,"label":"PER","start_offset":2,"end_offset":14},{"id":1,"label":"ORG","start_offset":22,"end_offset":31},{"id":2,"label":"LOC","start_offset":35,"end_offset":40},{"id":3,"label":"ORG","start_offset":42,"end_offset":51}],"relations":[{"id":0,"from_id":0,"to_id":1,"type":"works_for"},{"id":1,"from_id":1,"to_id":2,"type":"based_in"}]}
`;

describeFormat(doccano, { documents: [ada], files: { "": line } }, [
  {
    what: "an offset beyond the text",
    change: ['"end_offset":51', '"end_offset":67'],
    says: "main:1 entities[3]: the characters 42 to 67 are not in the text, which has 66 (SPAN_OUTSIDE)",
  },
  {
    what: "a start behind the end",
    change: ['"end_offset":14', '"end_offset":2'],
    says: "main:1 entities[0]: the characters 2 to 2 hold no token (SPAN_EMPTY)",
  },
  {
    what: "a span that ends inside a token",
    change: ['"end_offset":14', '"end_offset":9'],
    says: 'main:1 entities[0]: "Ada Lov" ends inside the token "Lovelace", which was split there',
  },
  {
    what: "a relation to an id that is not there",
    change: ['"to_id":2', '"to_id":9'],
    says: "main:1 relations[1].to_id: to_id names the entity 9, but no entity of this line has this id (RELATION_END_MISSING)",
  },
  {
    what: "a relation without a type",
    change: [',"type":"works_for"', ""],
    says: "main:1 relations[0].type: the relation has no label; it was left out",
  },
  {
    what: "an id given twice",
    change: ['"id":1,"label"', '"id":0,"label"'],
    says: "main:1 entities[1].id: another entity has the id 0 (FIELD_INVALID)",
  },
  {
    what: "a field that has no place",
    change: ['"label":"PER"', '"label":"PER","color":"red"'],
    says: "main:1 entities[0].color: Weft cannot store this field",
  },
]);

test("relations name ids, not places", async () => {
  const ids = line.replace('"id":0,"label"', '"id":70,"label"').replace('"from_id":0', '"from_id":70');
  const { documents } = await readFiles(doccano, { "": ids });
  expect(documents[0]?.relations).toEqual(ada.relations);
});

test("reads lines with labels only, as in older exports", async () => {
  const { documents, omissions } = await readFiles(doccano, {
    "": '{"id":"a","text":"🚀 Ada left.","label":[[2,5,"PER"]],"Comments":[]}\n',
  });
  expect(omissions).toEqual([]);
  expect(documents[0]).toMatchObject({ id: "a", entities: [{ start: 1, end: 2, type: "PER" }], metadata: { Comments: [] } });
});

test("offsets count UTF-16 units if the caller sets that", async () => {
  const shifted = line.replaceAll(/_offset":(\d+)/g, (_, offset: string) => `_offset":${Number(offset) + 1}`);
  const { documents, omissions } = await readFiles(doccano, { "": shifted }, { offsetUnit: "utf16" });
  expect({ entities: documents[0]?.entities, omissions }).toEqual({ entities: ada.entities, omissions: [] });
});

test("reports a metadata field whose name the format uses", async () => {
  const { omissions } = await writeFiles(doccano, [{ ...ada, metadata: { label: "x" } }]);
  expect(omissions).toEqual([{ source: "1", path: "metadata.label", reason: "the format uses this name for something else" }]);
});
