import type { Location } from "../errors.ts";
import { asObject, asPair, asString, asStrings, type Fields } from "../json/fields.ts";
import type { Document, Entity } from "../schema/index.ts";
import { documentFromText, offsetTranslation } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { type CharacterSpan, detectOffsetUnit, spanPlacer } from "./shared/character-spans.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import { wordsOf } from "./shared/mentions.ts";
import { exceptGrown, type GivenEnd, placeEnds } from "./shared/pair-places.ts";
import { omitNegatives, type PairEnd, type PairRecord, pairsOf, sentencesOfJsonPairs } from "./shared/pairs.ts";
import {
  documentFromWords,
  entityType,
  firstFields,
  fittedRecords,
  type JsonRecord,
  type Omit,
  omitOthers,
  recordId,
  tokenSpan,
} from "./shared/records.ts";

/** The labels that OpenNRE's own scores take for "no relation". */
const noRelation = ["NA", "na", "no_relation", "Other", "Others"];

/**
 * The lines of OpenNRE (Han et al. 2019): a sentence, as `text` or as `token`, with a head `h` and
 * a tail `t` and the relation between them.
 *
 * `pos` is half-open and counts tokens next to `token`, code points next to `text`. `name` is often
 * the name of the entity in a knowledge base, so it places mentions only if neither has `pos`. The
 * first releases called the fields `sentence`, `head`, `tail` and `word`. The lines of one sentence
 * become one sentence. An `id` of the line and a `type` of an end are read if they are
 * there, and written; a sentence without relation has null for `h` and `t`.
 */
export const opennre: Format = {
  name: "opennre",
  title: "OpenNRE JSONL",
  extensions: [".jsonl", ".json"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "tokens",
    entities: "in relations",
    entityTypes: "optional",
    relations: true,
    overlapping: true,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: true,
    pos: false,
    metadata: false,
  },

  recognises(beginning) {
    const fields = presentNames(firstFields(firstJsonValue(beginning)) ?? {});
    if (!("h" in fields && "t" in fields)) return false;
    return typeof fields["text"] === "string" || Array.isArray(fields["token"]);
  },

  async *read(chunks, options = {}) {
    const negatives = new Set(options.negatives ?? noRelation);
    yield* sentencesOfJsonPairs(chunks, options, (record, omit) => readLine(record, options, negatives, omit));
  },

  async *write(documents) {
    const negatives = new Set(noRelation);
    for await (const { record, omit, omissions } of fittedRecords(documents, opennre)) {
      omitNegatives(record, negatives, omit);
      for (const omission of omissions()) yield { kind: "omission", omission };
      for (const fields of printSentence(record)) yield { kind: "text", text: `${JSON.stringify(fields)}\n` };
    }
  },
};

const knownFields = new Set(["id", "text", "token", "h", "t", "relation"]);
const endFields = new Set(["name", "pos", "type"]);
const lineShapes = { h: "object", t: "object", relation: "text" } as const;
/** A line has a text or tokens, so with one of them the other is not missing. */
const lineNames = {
  text: new FieldNames(lineShapes, knownFields),
  neither: new FieldNames({ ...lineShapes, text: "text", token: "words" }, knownFields),
};
const endNames = new FieldNames({ pos: "numbers", name: "text", type: "text" }, ["id"]);

/** The fields of a line under their present names, if it has those of the first releases. */
function presentNames(fields: Fields): Fields {
  const { sentence, head, tail, ...others } = fields;
  const wordOf = (end: unknown): unknown => (end as Fields | null | undefined)?.["word"];
  if (typeof sentence !== "string" || typeof wordOf(head) !== "string" || typeof wordOf(tail) !== "string") return fields;
  const [h, t] = [head, tail].map((end) => {
    const { word, ...rest } = end as Fields;
    return { ...rest, name: word };
  });
  return { ...others, text: sentence, h, t };
}

function readLine(record: JsonRecord, options: ReadOptions, negatives: ReadonlySet<string>, omit: Omit): PairRecord {
  const { at } = record;
  const fields = presentNames(record.fields);
  lineNames[fields["text"] === undefined && fields["token"] === undefined ? "neither" : "text"].check(fields, at);
  omitOthers(fields, knownFields, omit);
  const id = recordId(fields["id"], record, "id");
  const words = fields["token"] === undefined ? undefined : asStrings(fields["token"], at, "token");
  const plain =
    words === undefined
      ? documentFromText(id, asString(fields["text"], at, "text"), { sentences: "one", ...options.text })
      : documentFromWords(id, [words]);
  if (words !== undefined && fields["text"] !== undefined) omit("text", "the line has tokens too; only they were read");
  const ends = (["h", "t"] as const).filter((name) => fields[name] !== undefined && fields[name] !== null);
  const label =
    fields["relation"] === undefined || fields["relation"] === null ? "" : asString(fields["relation"], at, "relation");
  const type = label === "" || negatives.has(label) ? undefined : label;
  if (ends.length === 0) {
    if (type !== undefined) omit("relation", "the relation has no ends; it was left out");
    return { plain };
  }
  const named = namedEnds(fields);
  if (named !== undefined) {
    const spans = placeEnds(plain, named, { unit: undefined, rule: options.mentions ?? "nearest", at, omit });
    const [head, tail] = spans?.map((span): PairEnd => ({ ...span, type: null })) ?? [];
    return head === undefined || tail === undefined ? { plain } : { plain, pair: { head, tail, type } };
  }
  const mentions = (["h", "t"] as const).map((name) => readMention(fields[name], name, at, omit));
  const place = words === undefined ? placeInText(plain, mentions, options, at, omit) : placeInTokens(plain, at, omit);
  const [head, tail] = mentions.map((mention): PairEnd => ({ ...place(mention), type: mention.type }));
  return { plain, pair: { head: head as PairEnd, tail: tail as PairEnd, type } };
}

/** The ends of a line that only names them; their types come from a knowledge base, if at all. */
function namedEnds({ h, t }: Fields): [GivenEnd, GivenEnd] | undefined {
  const [head, tail] = [h, t].map((end, index): GivenEnd | undefined => {
    const { name, pos } = (end ?? {}) as Fields;
    const path = index === 0 ? "h.name" : "t.name";
    return typeof name === "string" && pos === undefined ? { path, words: name, offset: undefined, end: undefined } : undefined;
  });
  return head === undefined || tail === undefined ? undefined : [head, tail];
}

interface Mention {
  readonly start: number;
  readonly end: number;
  readonly name: string | undefined;
  readonly type: string | null;
  readonly path: string;
}

function readMention(value: unknown, path: string, at: Location, omit: Omit): Mention {
  const fields = asObject(value, at, path);
  endNames.check(fields, at, path);
  omitOthers(fields, endFields, omit, path);
  const [start, end] = asPair(fields["pos"], at, `${path}.pos`);
  const name = fields["name"] === undefined || fields["name"] === null ? undefined : asString(fields["name"], at, `${path}.name`);
  return { start, end, name, type: entityType(fields["type"], at, `${path}.type`), path };
}

type Place = (mention: Mention) => Pick<PairEnd, "start" | "end" | "characters" | "path">;

function placeInText(plain: Document, mentions: readonly Mention[], options: ReadOptions, at: Location, omit: Omit): Place {
  const spans = mentions.map(({ start, end, name }): CharacterSpan => ({ start, end, text: name }));
  const unit = options.offsetUnit ?? detectOffsetUnit(plain.text, spans, "codepoint");
  const place = spanPlacer(plain, unit, exceptGrown(omit));
  const units = offsetTranslation(plain.text, unit);
  return (mention) => {
    const path = `${mention.path}.pos`;
    const span = place({ start: mention.start, end: mention.end }, path, at);
    // The span was placed, so its ends are in the text.
    const characters = { start: units.toUtf16(mention.start) as number, end: units.toUtf16(mention.end) as number };
    omitOtherName(plain.text.slice(characters.start, characters.end), mention, omit);
    return { ...span, characters, path };
  };
}

function placeInTokens(plain: Document, at: Location, omit: Omit): Place {
  return (mention) => {
    const span = tokenSpan(mention.start, mention.end, { start: 0, end: plain.tokens.length }, at, `${mention.path}.pos`);
    omitOtherName(wordsOf(plain, span), mention, omit);
    return span;
  };
}

/** Names are often in lower case, and their spaces need not be those between tokens. */
function omitOtherName(found: string, { name, path }: Mention, omit: Omit): void {
  const letters = (text: string): string => text.toLowerCase().replace(/\s/g, "");
  if (name === undefined || letters(name) === letters(found)) return;
  const reason = `the text has ${JSON.stringify(found)} where the name is ${JSON.stringify(name)}; the offsets were used`;
  omit(`${path}.name`, reason, undefined, "disagreeing");
}

function* printSentence(record: Document): Generator<Fields> {
  const { id, tokens } = record;
  const token = tokens.map(({ text }) => text);
  const end = (entity: Entity): Fields => ({
    name: wordsOf(record, entity),
    pos: [entity.start, entity.end],
    ...(entity.type === null ? {} : { type: entity.type }),
  });
  for (const pair of pairsOf(record)) {
    if (pair === undefined) yield { id, token, h: null, t: null, relation: noRelation[0] };
    else yield { id, token, h: end(pair.head), t: end(pair.tail), relation: pair.type };
  }
}
