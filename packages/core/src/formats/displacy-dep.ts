import type { Document, Entity } from "../schema/index.ts";
import type { OutputFormat } from "./format.ts";
import { wordsOf } from "./shared/mentions.ts";
import { fittedRecords, type Omit } from "./shared/records.ts";

/**
 * One object per line for displaCy's `dep` style with `manual=True`: the words of a sentence, each
 * entity as one word, with relations as arcs. displaCy draws two arcs between the same words on top
 * of each other and none from a word to itself; both are reported.
 */
export const displacyDep: OutputFormat = {
  name: "displacy-dep",
  title: "displaCy relations",
  extensions: [".jsonl"],
  holds: {
    record: "sentence",
    text: false,
    tokens: false,
    offsets: "tokens",
    entities: "all",
    entityTypes: "optional",
    relations: true,
    overlapping: false,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: false,
    metadata: false,
  },

  async *write(documents) {
    for await (const { record, omit, omissions } of fittedRecords(documents, displacyDep)) {
      const text = `${JSON.stringify(printSentence(record, omit))}\n`;
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
    }
  },
};

function printSentence(record: Document, omit: Omit): unknown {
  const { tokens, entities, relations } = record;
  const startsAt = new Map(entities.map((entity, index) => [entity.start, index]));
  const words: { text: string; tag: string }[] = [];
  const wordOf: number[] = [];
  for (let token = 0; token < tokens.length; ) {
    const index = startsAt.get(token);
    const { start, end, type } = index === undefined ? { start: token, end: token + 1, type: null } : (entities[index] as Entity);
    if (index !== undefined) wordOf[index] = words.length;
    words.push({ text: wordsOf(record, { start, end }), tag: type ?? "" });
    token = end;
  }
  const drawn = new Set<string>();
  const arcs = relations.flatMap(({ head, tail, type }, index) => {
    const [from, to] = [wordOf[head] as number, wordOf[tail] as number];
    const [start, end] = [Math.min(from, to), Math.max(from, to)];
    if (start === end) {
      omit(`relations[${index}]`, "displaCy cannot draw a relation from a word to itself; it was left out");
      return [];
    }
    if (drawn.has(`${start} ${end}`)) omit(`relations[${index}]`, "displaCy draws it over another one between the same words");
    drawn.add(`${start} ${end}`);
    return [{ start, end, label: type, dir: from < to ? "right" : "left" }];
  });
  return { words, arcs };
}
