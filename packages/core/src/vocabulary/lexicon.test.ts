import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../errors.ts";
import { eightSentences, sentence, tagged, untyped } from "../testing/example-sentences.ts";
import { buildLexicon, type LexiconNeeds, type LexiconSettings, lexiconFromJson, lexiconSettings } from "./lexicon.ts";

const built = (sentences = eightSentences, settings: Partial<LexiconSettings> = {}, needs?: LexiconNeeds) =>
  buildLexicon(sentences, lexiconSettings.parse(settings), needs);

test("label numbers do not depend on the order of the data", () => {
  const lexicon = built();
  expect(lexicon.tags.names.slice(0, 5)).toEqual(["O", "B-LOC", "I-LOC", "E-LOC", "S-LOC"]);
  expect(lexicon.tags.size).toBe(1 + 3 * 4);
  expect(lexicon.relations.names).toEqual(["based_in", "born_in", "lives_in", "works_for"]);
  expect(JSON.stringify(built(eightSentences.toReversed()))).toBe(JSON.stringify(lexicon));
});

test("untyped data has one kind of entity, mixed data both", () => {
  expect(built(untyped(eightSentences))).toMatchObject({ typed: false, tags: { names: ["O", "B", "I", "E", "S"] } });
  const mixed = built([...eightSentences.slice(0, 1), ...untyped(eightSentences.slice(1))], { scheme: "bio" });
  expect(mixed.tags.names).toEqual(["O", "B", "I", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER"]);
});

test("a lexicon holds what the model's inputs read, by default everything", () => {
  expect(built().characters?.has("A")).toBe(true);
  expect(built(tagged(eightSentences)).pos?.words).toEqual(expect.arrayContaining(["NN", "NNP", "."]));
  const bare = built(tagged(eightSentences), {}, {});
  expect([bare.characters, bare.pos]).toEqual([undefined, undefined]);
  expect(built(eightSentences, {}, { characters: true }).characters).toBeDefined();
});

test("knows part-of-speech tags if every sentence has them, or any sentence on request", () => {
  const half = [...tagged(eightSentences.slice(0, 4)), ...eightSentences.slice(4)];
  expect(built().pos).toBeUndefined();
  expect(built(half).pos).toBeUndefined();
  expect(built(half, {}, { pos: "always" }).pos?.size).toBe(4);
  expect(() => built(eightSentences, {}, { pos: "always" })).toThrow("model.inputs.pos.when: no training sentence has");
});

test("a lexicon survives JSON, whatever its words", () => {
  const word = fc.oneof(
    fc.string({ minLength: 1 }).filter((text) => !/\s|[[\]|]/.test(text)),
    fc.constantFrom("__proto__", "constructor"),
  );
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 9 }),
      fc.constantFrom("bio", "bioes", "bilou"),
      fc.boolean(),
      (words, scheme, pos) => {
        const plain = [{ ...sentence("1", "[a b|__proto__] x", "0 constructor 0"), tokens: ["a", "b", ...words] }];
        const lexicon = built(pos ? tagged(plain) : plain, { scheme, unknown: "shape", minCount: 2 });
        const back = lexiconFromJson(JSON.parse(JSON.stringify(lexicon)));
        expect(JSON.stringify(back)).toBe(JSON.stringify(lexicon));
        for (const token of [...words, "unseen"]) expect(back.words.indexOf(token)).toBe(lexicon.words.indexOf(token));
        expect(back.tags.find("B-__proto__")).toBe(lexicon.tags.find("B-__proto__"));
        expect(back.relations.names).toEqual(["constructor"]);
      },
    ),
    { numRuns: 50 },
  );
});

test("refuses invalid lexicons with the place of the fault", () => {
  const whole = JSON.parse(JSON.stringify(built())) as Record<string, unknown>;
  const change: fc.Arbitrary<[string, unknown]> = fc.tuple(
    fc.constantFrom("words", "pos", "scheme", "tags", "relations"),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(change, ([name, value]) => {
      try {
        lexiconFromJson({ ...whole, [name]: value }, { source: "vocab.json" });
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        expect((error as DataError).at?.source).toBe("vocab.json");
      }
    }),
  );
  for (const value of [null, [], "x", {}]) expect(() => lexiconFromJson(value)).toThrow(DataError);
  expect(() => lexiconFromJson({ ...whole, scheme: "iob" })).toThrow("scheme: expected bio, bioes or bilou, found iob");
});
