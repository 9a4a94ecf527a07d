import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { casJson } from "./cas-json.ts";
import { detectFormats } from "./formats.ts";

const ada = adaDocument();
const example = (await writeFiles(casJson, [ada])).files["doc-1.json"] as string;

test("writes the types, the structures in order and the view", () => {
  const cas = JSON.parse(example);
  const structures = cas["%FEATURE_STRUCTURES"] as Record<string, unknown>[];
  expect(Object.keys(cas)).toEqual(["%TYPES", "%FEATURE_STRUCTURES", "%VIEWS"]);
  expect(structures[0]).toEqual({
    "%ID": 1,
    "%TYPE": "uima.cas.Sofa",
    sofaNum: 1,
    sofaID: "_InitialView",
    mimeType: "text",
    sofaString: ada.text,
  });
  expect(structures.filter((each) => String(each["%TYPE"]).startsWith("custom"))).toEqual([
    { "%ID": 19, "%TYPE": "custom.Span", "@sofa": 1, begin: 3, end: 15, label: "PER" },
    { "%ID": 20, "%TYPE": "custom.Span", "@sofa": 1, begin: 23, end: 32, label: "ORG" },
    { "%ID": 21, "%TYPE": "custom.Span", "@sofa": 1, begin: 36, end: 41, label: "LOC" },
    { "%ID": 22, "%TYPE": "custom.Span", "@sofa": 1, begin: 43, end: 52, label: "ORG" },
    {
      "%ID": 23,
      "%TYPE": "custom.Relation",
      "@sofa": 1,
      begin: 23,
      end: 32,
      label: "works_for",
      "@Governor": 19,
      "@Dependent": 20,
    },
    {
      "%ID": 24,
      "%TYPE": "custom.Relation",
      "@sofa": 1,
      begin: 36,
      end: 41,
      label: "based_in",
      "@Governor": 20,
      "@Dependent": 21,
    },
  ]);
  const members = Array.from({ length: structures.length - 1 }, (_, index) => index + 2);
  expect(cas["%VIEWS"]).toEqual({ _InitialView: { "%SOFA": 1, "%MEMBERS": members } });
  for (const { "%TYPE": type } of structures.slice(1)) expect(cas["%TYPES"]).toHaveProperty([String(type)]);
});

describeFormat(casJson, { documents: [ada], files: { "doc-1.json": example } }, [
  {
    what: "an offset beyond the text",
    change: ['"begin":43,"end":52', '"begin":43,"end":99'],
    says: "doc-1.json:1 %FEATURE_STRUCTURES[21]: the characters 43 to 99 are not in the text, which has 67 (SPAN_OUTSIDE)",
  },
  {
    what: "a span that ends inside a token",
    change: ['"begin":43,"end":52,"label"', '"begin":43,"end":50,"label"'],
    says: 'doc-1.json:1 %FEATURE_STRUCTURES[21]: "Acme Co" does not end on token boundaries; grown to "Acme Corp"',
  },
  {
    what: "a relation to a structure that is not there",
    change: ['"@Dependent":21', '"@Dependent":99'],
    says: "doc-1.json:1 %FEATURE_STRUCTURES[23]: the relation names the structure 99, which the file does not have (RELATION_END_MISSING)",
  },
  {
    what: "a relation to a token",
    change: ['"@Dependent":21', '"@Dependent":8'],
    says: "doc-1.json:1 %FEATURE_STRUCTURES[23]: the relation ends at a Token, which is no mention; it was left out",
  },
  {
    what: "a relation without a label",
    change: ['"label":"works_for",', ""],
    says: "doc-1.json:1 %FEATURE_STRUCTURES[22]: the relation has no label; it was left out",
  },
  {
    what: "a file without a text",
    change: ['"sofaString"', '"sofaURI"'],
    says: "doc-1.json:1 %FEATURE_STRUCTURES: the file has no text: no structure of the type uima.cas.Sofa with a sofaString",
  },
  {
    what: "an id given twice",
    change: ['"%ID":20', '"%ID":19'],
    says: "doc-1.json:1 %FEATURE_STRUCTURES[19]: another structure has the id 19 (FIELD_INVALID)",
  },
  {
    what: "the legacy form",
    change: ['{"%TYPES"', '{"_views":{},"%TYPES"'],
    says: "doc-1.json:1: this is UIMA CAS JSON in its legacy form, with _views (FIELD_INVALID)",
  },
]);

const read = async (cas: unknown) => {
  const { documents, omissions } = await readFiles(casJson, { "a.json": JSON.stringify(cas) });
  const view = documents.map(({ id, text, tokens, sentences, pos, entities, relations }) => {
    const words = entities.map(({ start, end, type }) => `${text.slice(tokens[start]?.start, tokens[end - 1]?.end)}/${type}`);
    const links = relations.map(({ head, tail, type }) => `${words[head]} ${type} ${words[tail]}`);
    return { id, tokens: tokens.length, sentences: sentences.length, pos, entities: words, relations: links };
  });
  return { document: view[0], omissions: omissions.map(({ path, reason }) => `${path}: ${reason}`) };
};

const sofa = (sofaString: string) => ({ "%ID": 1, "%TYPE": "uima.cas.Sofa", sofaNum: 1, sofaID: "_InitialView", sofaString });
const at = (id: number, type: string, begin: number, end: number, features = {}) => ({
  "%ID": id,
  "%TYPE": type,
  "@sofa": 1,
  begin,
  end,
  ...features,
});
const string = (name: string) => ({ "%NAME": name, "%RANGE": "uima.cas.String" });

test("reads layers of a project, each by its own label, and links as relations", async () => {
  const { document, omissions } = await read({
    "%TYPES": {
      "webanno.custom.Firm": { "%NAME": "webanno.custom.Firm", "%SUPER_TYPE": "uima.tcas.Annotation" },
      "webanno.custom.Deal": { "%NAME": "webanno.custom.Deal", dealKind: string("dealKind"), note: string("note") },
    },
    "%FEATURE_STRUCTURES": [
      sofa("Kira Lund runs Velo in Bern."),
      at(2, "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData", 0, 28, { documentTitle: "k.txt" }),
      at(3, "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", 0, 9, { value: "PER", identifier: "http://x/1" }),
      at(4, "webanno.custom.Firm", 15, 19, { "@owners": 20 }),
      at(5, "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", 23, 27, {}),
      at(6, "webanno.custom.Deal", 15, 19, { "@Governor": 3, "@Dependent": 4, dealKind: "runs", note: "?" }),
      at(7, "webanno.custom.Firm", 9, 9),
      at(8, "de.tudarmstadt.ukp.dkpro.core.api.syntax.type.dependency.Dependency", 0, 4, { "@Governor": 3, "@Dependent": 3 }),
      { "%ID": 20, "%TYPE": "webanno.custom.OwnerLink[]", "%ELEMENTS": [21] },
      { "%ID": 21, "%TYPE": "webanno.custom.OwnerLink", role: "owner", "@target": 3 },
    ],
    "%VIEWS": {},
  });
  expect(document).toMatchObject({
    id: "k.txt",
    entities: ["Kira Lund/PER", "Velo/Firm", "Bern/null"],
    relations: ["Kira Lund/PER runs Velo/Firm", "Velo/Firm owner Kira Lund/PER"],
  });
  expect(omissions).toEqual([
    "%FEATURE_STRUCTURES[2].identifier: an annotation has one label in Weft; this feature was left out",
    "%FEATURE_STRUCTURES[6]: the annotation covers no characters; it was left out",
    "%FEATURE_STRUCTURES[5].note: an annotation has one label in Weft; this feature was left out",
    "de.tudarmstadt.ukp.dkpro.core.api.syntax.type.dependency.Dependency: Weft cannot store this layer; it was left out",
  ]);
});

test("reads anchors with their marker, several values of a label, and structures by their id", async () => {
  const { document, omissions } = await read({
    "%HEADER": { "%VERSION": "1.0" },
    "%FEATURE_STRUCTURES": {
      "1": { "%TYPE": "uima.cas.Sofa", sofaID: "_InitialView", sofaString: "Kira left" },
      "2": { "%TYPE": "custom.Span", "@sofa": 1, "^begin": 0, "^end": 4, "@label": 3 },
      "3": { "%TYPE": "uima.cas.StringArray", "%ELEMENTS": ["PER", null, "Actor"] },
    },
  });
  expect(document?.entities).toEqual(["Kira/PER"]);
  expect(omissions).toEqual(["%FEATURE_STRUCTURES[2].label: there are 2 labels; the first was used"]);
});

test("keeps tokens, sentences and parts of speech", async () => {
  const dkpro = "de.tudarmstadt.ukp.dkpro.core.api.";
  const { document } = await read({
    "%FEATURE_STRUCTURES": [
      sofa("Kira left. Velo."),
      at(2, `${dkpro}segmentation.type.Sentence`, 0, 10),
      at(3, `${dkpro}segmentation.type.Sentence`, 11, 16),
      at(4, `${dkpro}segmentation.type.Token`, 0, 4, { "@pos": 5 }),
      at(5, `${dkpro}lexmorph.type.pos.POS`, 0, 4, { PosValue: "NNP" }),
      at(6, `${dkpro}segmentation.type.Token`, 5, 10),
      at(7, `${dkpro}segmentation.type.Token`, 11, 16),
    ],
  });
  expect(document).toMatchObject({ tokens: 3, sentences: 2, pos: ["NNP", "", ""] });
});

test.each([
  ["the header", { "%HEADER": { "%OFFSET_ENCODING": "UTF-32" } }, []],
  ["the length of the document", {}, [at(9, "uima.tcas.DocumentAnnotation", 0, 12)]],
  ["the edges of words", {}, []],
])("offsets count code points if %s says so", async (_, header, more) => {
  const { document, omissions } = await read({
    ...header,
    "%FEATURE_STRUCTURES": [sofa("🚀🚀 Kira left."), ...more, at(2, "custom.Span", 3, 7, { label: "PER" })],
  });
  expect({ entities: document?.entities, omissions }).toEqual({ entities: ["Kira/PER"], omissions: [] });
});

test("recognises a file by its first key, however it is laid out", () => {
  for (const beginning of ['{\n  "%TYPES" : {', '{"%FEATURE_STRUCTURES":[', '\n{ "_views": {'])
    expect(detectFormats("a.json", `${beginning}\n`)).toEqual([casJson]);
});

test("another view of the document is reported", async () => {
  const other = { "%ID": 2, "%TYPE": "uima.cas.Sofa", sofaID: "source", sofaString: "Kira ist gegangen" };
  const { document, omissions } = await read({ "%FEATURE_STRUCTURES": [other, sofa("Kira left")] });
  expect(document?.tokens).toBe(2);
  expect(omissions).toEqual(["%FEATURE_STRUCTURES[0]: a document has one text in Weft; this view was left out"]);
});
