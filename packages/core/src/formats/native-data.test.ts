import { createReadStream, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { describe, expect, type TestContext, test } from "vitest";
import { type Entity, type Omission, type Sentence, type Span, sentencesOf, surface } from "../schema/index.ts";
import { collectDocuments, type ReadOptions } from "./format.ts";
import { type FormatName, formats } from "./formats.ts";

/**
 * Corpora in other tools' formats, compared with Weft's own. They may not be distributed, and come
 * from a folder next to the repository or the one in WEFT_DATA.
 */
const folder = process.env["WEFT_DATA"] ?? resolve(import.meta.dirname, "../../../../../shared/data");

async function read(file: string, format: FormatName, options: ReadOptions = {}) {
  const unzipped = createReadStream(join(folder, file)).pipe(createGunzip()).setEncoding("utf8");
  const chunks = unzipped as AsyncIterable<string>;
  const { documents, omissions } = await collectDocuments(formats[format].read(chunks, { source: file, ...options }));
  return { documents, omissions, sentences: documents.flatMap((document) => sentencesOf(document).sentences) };
}

const counts = (sentences: readonly Sentence[]) => ({
  sentences: sentences.length,
  entities: sentences.reduce((sum, { entities }) => sum + entities.length, 0),
  relations: sentences.reduce((sum, { relations }) => sum + relations.length, 0),
});

const place = ({ start, end }: Span) => `${start}-${end}`;
const spans = ({ entities }: Sentence) => entities.map((entity) => `${place(entity)} ${entity.type}`).toSorted();
const triples = ({ entities, relations }: Sentence) =>
  relations
    .map(({ head, tail, type }) => `${place(entities[head] as Entity)} ${type} ${place(entities[tail] as Entity)}`)
    .toSorted();

/** Skips a test if the data is missing. */
function needs(file: string, { skip }: TestContext): void {
  skip(!existsSync(join(folder, file)), `${file} is not in ${folder}`);
}

describe("SciERC", () => {
  // Three sentences of train repeat relations (4 in total), which the JSONL has once.
  for (const [split, repeated] of [
    ["train", 4],
    ["dev", 0],
    ["test", 0],
  ] as const) {
    const file = `native/dygie/scierc-${split}.json.gz`;
    test(`${file}: every entity and relation matches the JSONL`, async (context) => {
      needs(file, context);
      const native = await read(file, "scierc");
      const own = await read(`scierc/${split}.jsonl.gz`, "jsonl");
      expect(native.omissions).toEqual([]);
      expect(native.sentences.map(spans)).toEqual(own.sentences.map(spans));
      const distinct = native.sentences.map((sentence) => [...new Set(triples(sentence))]);
      expect(distinct).toEqual(own.sentences.map(triples));
      const { relations, ...others } = counts(native.sentences);
      expect({ ...others, relations: relations - repeated }).toEqual(counts(own.sentences));
      expect(native.documents.every(({ metadata }) => Array.isArray(metadata["clusters"]))).toBe(true);
    });
  }
});

describe("CoNLL04 in the format of multi-head selection", () => {
  /**
   * Both files tokenise sentences in the same way, except that the JSONL leaves a final full stop
   * on the word or in the entity.
   */
  const characters = ({ tokens }: Sentence) => tokens.join("");
  /** An entity as its characters without spaces and its type, without that full stop. */
  const mention = (sentence: Sentence, entity: Entity) => {
    const start = sentence.tokens.slice(0, entity.start).join("").length;
    const text = surface(sentence.tokens, entity).replaceAll(" ", "");
    const atEnd = start + text.length === characters(sentence).length && text.endsWith(".");
    return `${start}-${start + text.length - Number(atEnd)} ${entity.type}`;
  };
  const said = (sentence: Sentence) => {
    const named = sentence.entities.map((entity) => mention(sentence, entity));
    const relations = sentence.relations.map(({ head, tail, type }) => `${named[head]} -${type}-> ${named[tail]}`);
    return [characters(sentence), ...named.toSorted(), ...relations.toSorted()].join("\n");
  };

  test("native/multihead/bekou_test.txt.gz: test has the same sentences, entities and relations", async (context) => {
    needs("native/multihead/bekou_test.txt.gz", context);
    const native = await read("native/multihead/bekou_test.txt.gz", "multihead");
    const own = await read("conll04/test.jsonl.gz", "jsonl");
    expect(native.omissions).toEqual([]);
    expect(counts(native.sentences)).toEqual(counts(own.sentences));
    expect(native.sentences.map(said).toSorted()).toEqual(own.sentences.map(said).toSorted());
  });

  // The two split the same 1,153 sentences differently: 910 + 243 here, 922 + 231 in the JSONL.
  test("native/multihead/bekou_train.txt.gz: train and dev together have them", async (context) => {
    needs("native/multihead/bekou_train.txt.gz", context);
    const native = [];
    const own = [];
    for (const split of ["train", "dev"]) {
      const { sentences, omissions } = await read(`native/multihead/bekou_${split}.txt.gz`, "multihead");
      expect(omissions).toEqual([]);
      native.push(...sentences);
      own.push(...(await read(`conll04/${split}.jsonl.gz`, "jsonl")).sentences);
    }
    expect([native.length, own.length]).toEqual([1153, 1153]);
    expect(counts(native)).toEqual(counts(own));
    expect(native.map(said).toSorted()).toEqual(own.map(said).toSorted());
  });
});

const ambiguous = (omissions: readonly Omission[]) => omissions.filter(({ reason }) => reason.includes("ambiguous")).length;

describe("WebNLG in RIN's format", () => {
  const file = "native/rin/webnlg-test.json.gz";
  test(`${file}: with the first places, every span matches the JSONL, which uses them too`, async (context) => {
    needs(file, context);
    const native = await read(file, "rin", { mentions: "first" });
    const own = await read("webnlg_rin/test.jsonl.gz", "jsonl");
    expect(native.sentences.map(({ tokens, pos }) => [tokens, pos])).toEqual(
      own.sentences.map(({ tokens, pos }) => [tokens, pos]),
    );
    expect(native.sentences.map(spans)).toEqual(own.sentences.map(spans));
    expect(native.sentences.map(triples)).toEqual(own.sentences.map(triples));
  });

  test(`${file}: with the nearest pairs, only the positions of relations differ, and each choice is reported`, async (context) => {
    needs(file, context);
    const native = await read(file, "rin");
    const own = await read("webnlg_rin/test.jsonl.gz", "jsonl");
    const words = (sentence: Sentence) => namedTriples(sentence, (text) => text);
    expect(native.sentences.map(words)).toEqual(own.sentences.map(words));
    // One end has a tag that differs from stan_ner at its word.
    const others = native.omissions.filter(({ reason }) => !reason.includes("ambiguous"));
    expect(others.map(({ path }) => path)).toEqual(["[86].relationMentions[1].em2Label"]);
    // In 312 of 1,581 relations, the words of an end occur several times; for some, the nearest
    // pair is not the first.
    expect(ambiguous(native.omissions)).toBe(312);
    const moved = native.sentences.map((sentence, index) => {
      const first = new Set(triples(own.sentences[index] as Sentence));
      return triples(sentence).filter((triple) => !first.has(triple)).length;
    });
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(140);
  });
});

function namedTriples({ tokens, entities, relations }: Sentence, name: (text: string) => string): string[] {
  const named = (index: number) => name(surface(tokens, entities[index] as Entity));
  return relations.map(({ head, tail, type }) => `${named(head)} ${type} ${named(tail)}`).toSorted();
}

describe("NYT in CasRel's format", () => {
  const file = "native/casrel/nyt_star-dev.json.gz";
  /**
   * The JSONL comes from another release of the same sentences, with whole names instead of last
   * words. It has one more sentence (with one relation), distinct names for pairs of relations that
   * share their last words (eight times), "Jr." as the last word instead of the full stop after
   * "Jr" (four sentences), and in one sentence three separate words that this file joins.
   */
  test(`${file}: relations between last words match the JSONL, except where the releases differ`, async (context) => {
    needs(file, context);
    const native = await read(file, "casrel");
    const all = await read("nyt/dev.jsonl.gz", "jsonl");
    const own = all.sentences.filter(({ tokens }) => !tokens.join(" ").startsWith("In a confidential , internal Web site"));
    expect([native.sentences.length, own.length, all.sentences.length]).toEqual([4999, 4999, 5000]);
    const lastWord = (text: string) => text.slice(text.lastIndexOf(" ") + 1);
    const found = { otherWords: 0, sharedLastWords: 0, otherRelations: [] as string[] };
    for (const [index, sentence] of native.sentences.entries()) {
      const other = own[index] as Sentence;
      const said = namedTriples(sentence, (text) => text);
      const expected = namedTriples(other, lastWord);
      const distinct = [...new Set(expected)];
      found.otherWords += Number(sentence.tokens.join(" ") !== other.tokens.join(" "));
      found.sharedLastWords += expected.length - distinct.length;
      found.otherRelations.push(...said.filter((triple) => !distinct.includes(triple)));
      expect(said.length).toBe(distinct.length);
    }
    expect(found).toEqual({
      otherWords: 1,
      sharedLastWords: 8,
      otherRelations: [
        ". /business/person/company Pfizer",
        ". /business/person/company Wal-Mart",
        ". /business/person/company Wal-Mart",
        ". /people/person/place_lived Mayetta",
        ". /people/person/place_of_birth Mayetta",
      ],
    });
    expect(counts(native.sentences).relations).toBe(counts(all.sentences).relations - 8 - 1);
    expect(native.omissions).toHaveLength(ambiguous(native.omissions));
    expect(ambiguous(native.omissions)).toBe(1013);
  });

  test(`${file}: the option first reproduces the JSONL, which was labelled by first places`, async (context) => {
    needs(file, context);
    const near = await read(file, "casrel");
    const first = await read(file, "casrel", { mentions: "first" });
    const own = new Map(
      (await read("nyt/dev.jsonl.gz", "jsonl")).sentences.map((sentence) => [sentence.tokens.join(" "), sentence]),
    );
    const agreeing = (sentences: readonly Sentence[]) => {
      let agree = 0;
      for (const sentence of sentences) {
        const { entities = [], relations = [] } = own.get(sentence.tokens.join(" ")) ?? {};
        const last = ({ end }: Span) => ({ start: end - 1, end });
        const expected = new Set(
          triples({ ...sentence, entities: entities.map((entity) => ({ ...entity, ...last(entity) })), relations }),
        );
        agree += triples(sentence).filter((triple) => expected.has(triple)).length;
      }
      return agree;
    };
    expect([agreeing(near.sentences), agreeing(first.sentences)]).toEqual([7466, 7830]);
  });
});
