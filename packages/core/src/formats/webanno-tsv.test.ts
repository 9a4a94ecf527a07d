import { expect, test } from "vitest";
import { describeFormat, readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument } from "../testing/format-documents.ts";
import { detectFormats } from "./formats.ts";
import { webannoTsv } from "./webanno-tsv.ts";

const example = `#FORMAT=WebAnno TSV 3.3
#T_SP=custom.Span|label
#T_RL=custom.Relation|label|BT_custom.Span


#Text=🚀 Ada Lovelace joined Acme Corp in Paris.${" "}
1-1	0-2	🚀	_	_	_	
1-2	3-6	Ada	PER[1]	_	_	
1-3	7-15	Lovelace	PER[1]	_	_	
1-4	16-22	joined	_	_	_	
1-5	23-27	Acme	ORG[2]	works\\_for	1-2	
1-6	28-32	Corp	ORG[2]	_	_	
1-7	33-35	in	_	_	_	
1-8	36-41	Paris	LOC	based\\_in	1-5	
1-9	41-42	.	_	_	_	

#Text=Acme Corp makes engines.
2-1	43-47	Acme	ORG[3]	_	_	
2-2	48-52	Corp	ORG[3]	_	_	
2-3	53-58	makes	_	_	_	
2-4	59-66	engines	_	_	_	
2-5	66-67	.	_	_	_	
`;

describeFormat(webannoTsv, { documents: [adaDocument()], files: { "doc-1.tsv": example } }, [
  {
    what: "a file of an older version",
    change: ["TSV 3.3", "TSV 2"],
    says: "doc-1.tsv:1: expected the line #FORMAT=WebAnno TSV 3.x, found",
  },
  {
    what: "a row without offsets",
    change: ["1-4	16-22	joined", "1-4	joined"],
    says: "doc-1.tsv:10: expected the number of a token (1-2), its offsets (4-8) and the token, found",
  },
  {
    what: "a token outside its sentence",
    change: ["66-67", "66-99"],
    says: "doc-1.tsv:22: the characters 66 to 99 are not in the text of the sentence, which has the characters 43 to 67 (SPAN_OUTSIDE)",
  },
  {
    what: "a token that the text does not have there",
    change: ["36-41	Paris", "36-41	Rome"],
    says: 'doc-1.tsv:14 1-8: the text has "Paris" where the row says "Rome"; the offsets were used',
  },
  {
    what: "a relation from a row without annotation",
    change: ["based\\_in	1-5", "based\\_in	1-4"],
    says: "doc-1.tsv:14 1-8: the relation names 1-4, where no annotation of the layer custom.Span is (RELATION_END_MISSING)",
  },
  {
    what: "a relation without a place",
    change: ["works\\_for	1-2", "works\\_for	Ada"],
    says: `doc-1.tsv:11 1-5: expected the place of a relation's source (1-1 or 1-1[2_0]), found "Ada" (FIELD_INVALID)`,
  },
  {
    what: "a relation without a label",
    change: ["works\\_for	1-2", "*	1-2"],
    says: "doc-1.tsv:11 1-5: the relation has no label; it was left out",
  },
  {
    what: "a row given twice",
    change: ["1-4	16-22", "1-3	16-22"],
    says: "doc-1.tsv:10: another row has the number 1-3 (FIELD_INVALID)",
  },
]);

const read = async (text: string) => {
  const { documents, omissions } = await readFiles(webannoTsv, { "a.tsv": text });
  const view = documents.map(({ id, text, tokens, sentences, pos, entities, relations }) => {
    const words = entities.map(({ start, end, type }) => `${text.slice(tokens[start]?.start, tokens[end - 1]?.end)}/${type}`);
    const links = relations.map(({ head, tail, type }) => `${words[head]} ${type} ${words[tail]}`);
    return { id, text, tokens: tokens.length, sentences: sentences.length, pos, entities: words, relations: links };
  });
  return { document: view[0], omissions: omissions.map(({ line, path, reason }) => `${line} ${path}: ${reason}`) };
};

test("reads the export of one sentence, and recognises it by its first line", async () => {
  const file = `#FORMAT=WebAnno TSV 3.2
#T_SP=webanno.custom.Actor|comment|kind
#T_RL=webanno.custom.Deal|kind|BT_webanno.custom.Actor


#Text=Kira chairs Velo
1-1	0-4	Kira	sure?	PER	_	_	
1-2	5-11	chairs	_	_	_	_	
1-3	12-16	Velo	*	ORG	leads	1-1	
`;
  for (const name of ["a.tsv", "a.txt", "a"]) expect(detectFormats(name, file)).toEqual([webannoTsv]);
  const { document, omissions } = await read(file);
  expect(document).toMatchObject({ id: "a", entities: ["Kira/PER", "Velo/ORG"], relations: ["Kira/PER leads Velo/ORG"] });
  expect(omissions).toEqual(["7 1-1 comment: an annotation has one label in Weft; this feature was left out"]);
});

test("stacked annotation, parts of tokens, several layers and spans without characters", async () => {
  const file = `#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|coarseValue|PosValue
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_SP=webanno.custom.Unit|
#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation
#T_RL=de.tudarmstadt.ukp.dkpro.core.api.syntax.type.dependency.Dependency|DependencyType|BT_de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS
#T_RL=webanno.custom.Rel|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity


#Sentence.id=s1
#Text=Kira Lund took
#Text=5mg\\tin Bern
1-1	0-4	Kira	*	NNP	*[1]|*[2]	PER[1]|*[2]	_	pr[1]	coref->1-1	_	_	_
1-2	5-9	Lund	*	NNP	*[1]	PER[1]	_	_	_	_	_	_
1-3	10-14	took	*	VBD	_	_	_	_	_	root	1-1	_
1-4	15-18	5mg	*	CD	_	_	_	_	_	_	_	_
1-4.1	16-18	mg	_	_	_	_	*	_	_	_	_	_
1-4.2	18-18		_	_	_	_	*	_	_	_	_	_
1-5	19-21	in	*	IN	_	_	_	_	_	_	_	_
1-6	22-26	Bern	*	NNP	*	LOC	_	_	_	_	_	1-1[1_0]
`;
  const { document, omissions } = await read(file);
  expect(document).toEqual({
    id: "a",
    text: "Kira Lund took\n5mg\tin Bern",
    tokens: 6,
    sentences: 1,
    pos: ["NNP", "NNP", "VBD", "CD", "IN", "NNP"],
    entities: ["Kira Lund/PER", "Kira/null", "Bern/LOC", "5mg/Unit"],
    relations: ["Kira Lund/PER Rel Bern/LOC"],
  });
  expect(omissions).toEqual([
    "13 de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink: Weft cannot store this layer; it was left out",
    "15 de.tudarmstadt.ukp.dkpro.core.api.syntax.type.dependency.Dependency: Weft cannot store this layer; it was left out",
    '17 1-4.1: "mg" does not end on token boundaries; grown to "5mg"',
    "18 1-4.2: the annotation covers no characters; it was left out",
  ]);
});

test("a relation between tokens is reported, and the number of its source finds stacked annotation", async () => {
  const file = `#FORMAT=WebAnno TSV 3.3
#T_SP=custom.Span|label
#T_RL=custom.Link|label|BT_de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token
#T_RL=custom.Relation|label|BT_custom.Span


#Text=A tale of kinds
1-1	0-1	A	_	_	_	_	_	
1-2	2-6	tale	A[1]|B[2]|C[3]	_	_	_	_	
1-3	7-9	of	_	next	1-1	_	_	
1-4	10-15	kinds	D	_	_	r1|r2	1-2[3_0]|1-2[1_0]	
`;
  const { document, omissions } = await read(file);
  expect(document?.relations).toEqual(["tale/C r1 kinds/D", "tale/A r2 kinds/D"]);
  expect(omissions).toEqual(["10 1-3: the relation is between tokens (Token), and Weft holds only relations between mentions"]);
});

test("links of a span are relations with their role as type", async () => {
  const file = `#FORMAT=WebAnno TSV 3.3
#T_SP=webanno.custom.Frame|name|ROLE_webanno.custom.Frame:Roles_webanno.custom.FrameRolesLink|webanno.custom.Filler
#T_SP=webanno.custom.Filler|value


#Text=Bob sold the clock
1-1	0-3	Bob	_	_	_	PER	
1-2	4-8	sold	trade	seller;goods	1-1;1-3[4]	_	
1-3	9-12	the	_	_	_	thing[4]	
1-4	13-18	clock	_	_	_	thing[4]	
`;
  expect((await read(file)).document).toMatchObject({
    entities: ["sold/trade", "Bob/PER", "the clock/thing"],
    relations: ["sold/trade seller Bob/PER", "sold/trade goods the clock/thing"],
  });
});

test("offsets count code points if the tokens say so", async () => {
  const shifted = example.replaceAll(/^(\d-\d+)\t(\d+)-(\d+)/gm, (_, unit: string, start: string, end: string) => {
    const moved = [start, end].map((offset) => (Number(offset) > 0 ? Number(offset) - 1 : 0));
    return `${unit}\t${moved.join("-")}`;
  });
  const { documents, omissions } = await readFiles(webannoTsv, { "doc-1.tsv": shifted });
  expect({ documents, omissions }).toMatchObject({ documents: [adaDocument()], omissions: [] });
});

test("offsets that begin again with every sentence keep their sentence", async () => {
  const file =
    "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|label\n\n\n#Text=Kira left\n1-1\t0-4\tKira\tPER\n1-2\t5-9\tleft\t_\n\n#Text=Velo\n2-1\t0-4\tVelo\tORG\n";
  expect((await read(file)).document).toMatchObject({
    text: "Kira left\nVelo",
    entities: ["Kira/PER", "Velo/ORG"],
    sentences: 2,
  });
});

test("a text without rows is tokenised", async () => {
  expect((await read("#FORMAT=WebAnno TSV 3.3\n\n\n#Text=Kira left.\n")).document).toMatchObject({ tokens: 3, entities: [] });
});

test("reserved characters in labels and text survive", async () => {
  const [plain] = [adaDocument("x")];
  const type = "a|b_[1]\\->;*\t\n";
  const document = {
    ...plain,
    entities: plain.entities.map((entity) => ({ ...entity, type })),
    relations: [{ head: 0, tail: 1, type }],
  };
  const { files, omissions } = await writeFiles(webannoTsv, [document]);
  const { documents } = await readFiles(webannoTsv, files);
  expect({ documents, omissions }).toEqual({ documents: [document], omissions: [] });
});

test("a start that is far away does not fill the memory", async () => {
  const file = "#FORMAT=WebAnno TSV 3.3\n\n\n#Text=Kira\n1-1\t99999999999-99999999999\tKira\t_\n";
  await expect(readFiles(webannoTsv, { "a.tsv": file })).rejects.toThrow("SPAN_OUTSIDE");
});
