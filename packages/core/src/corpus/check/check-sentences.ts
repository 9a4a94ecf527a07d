import {
  type Entity,
  type Omission,
  type OmissionKind,
  overlappingEntities,
  type Relation,
  type Sentence,
} from "../../schema/index.ts";
import { joinKey, typedSpanKey } from "../../schema/span-keys.ts";
import { type Description, Gathered } from "./gather.ts";
import { placeIn, placeOf, quoted, spelled, textKey } from "./place.ts";
import {
  type CheckedFile,
  type CheckedSentence,
  type CheckSettings,
  counted,
  type Problem,
  type ProblemCode,
} from "./problem.ts";
import { splitTokens } from "./split-tokens.ts";

/**
 * Finds the problems in the individual sentences of one file, and those that its reader reported.
 */
export function checkSentences(file: CheckedFile, settings: CheckSettings): Problem[] {
  const gathered = new Gathered<SentenceProblem>(file.source, settings.places);
  const ids = new Map<string, CheckedSentence>();
  const texts = new Map<string, CheckedSentence>();
  for (const omission of file.omissions) {
    if (omission.kind !== undefined && omission.kind !== "split")
      gathered.add(omissionCodes[omission.kind], { ...locationOf(omission), says: omission.reason });
  }
  for (const placed of file.sentences) {
    const { sentence } = placed;
    checkEntities(placed, gathered);
    checkRelations(placed, gathered);
    const { length } = sentence.tokens;
    if (length > settings.longestSentence)
      gathered.add("LONG_SENTENCE", { ...placeOf(placed), says: counted(length, "token", "tokens") });
    const sameId = ids.get(sentence.id);
    if (sameId === undefined) ids.set(sentence.id, placed);
    else gathered.add("REPEATED_ID", { ...placeOf(placed), other: placeOf(sameId) });
    const key = textKey(sentence.tokens);
    const sameText = texts.get(key);
    if (sameText === undefined) texts.set(key, placed);
    else gathered.add("REPEATED_SENTENCE", { ...placeOf(placed), other: placeOf(sameText) });
  }
  const annotated = file.sentences.some(({ sentence }) => sentence.entities.length + sentence.relations.length > 0);
  if (file.sentences.length > 0 && !annotated) gathered.add("NO_ANNOTATION", { source: file.source });
  if (file.sentences.length === 0 && file.faults.length === 0) gathered.add("EMPTY_FILE", { source: file.source });
  return [
    ...gathered.problems((code, amount) => descriptions[code]((one, many) => counted(amount, one, many), settings)),
    ...splitTokens(file, settings),
    ...notCarried(file, settings),
  ];
}

/** The omissions of a reader, grouped by reason; names and numbers are ignored. */
function notCarried({ source, omissions }: CheckedFile, { places: kept }: CheckSettings): Problem[] {
  const groups = new Map<string, Omission[]>();
  for (const omission of omissions) {
    if (omission.kind !== undefined) continue;
    const key = omission.reason.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\d+/g, "0");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [omission]);
    else group.push(omission);
  }
  return [...groups.values()].map((group) => {
    const amount = group.length;
    const message = `${source}: ${counted(amount, "annotation", "annotations")} could not be carried over: ${group[0]?.reason ?? ""}`;
    const places = group.slice(0, kept).map((omission) => ({ ...locationOf(omission), says: omission.reason }));
    return { code: "NOT_CARRIED", level: "warning", source, amount, message, places };
  });
}

function checkEntities(placed: CheckedSentence, gathered: Gathered<SentenceProblem>): void {
  const { sentence } = placed;
  const first = new Map<string, number>();
  const copies = new Set<number>();
  for (const [index, entity] of sentence.entities.entries()) {
    const key = typedSpanKey(entity);
    const same = first.get(key);
    if (same === undefined) first.set(key, index);
    else {
      copies.add(index);
      const says = `${quoted(sentence, entity)} is entities[${same}] too`;
      gathered.add("REPEATED_ENTITY", { ...placeIn(placed, `entities[${index}]`), says });
    }
  }
  for (const index of overlappingEntities(sentence.entities)) {
    const entity = sentence.entities[index];
    if (entity === undefined || copies.has(index)) continue;
    gathered.add("OVERLAPPING_ENTITY", { ...placeIn(placed, `entities[${index}]`), says: quoted(sentence, entity) });
  }
}

function checkRelations(placed: CheckedSentence, gathered: Gathered<SentenceProblem>): void {
  const { sentence } = placed;
  const seen = new Set<string>();
  const turned = new Set<string>();
  for (const [index, relation] of sentence.relations.entries()) {
    const place = { ...placeIn(placed, `relations[${index}]`), says: spelled(sentence, relation) };
    if (relation.head === relation.tail) gathered.add("SELF_RELATION", place);
    const key = relationKey(sentence, relation);
    if (seen.has(key)) gathered.add("REPEATED_RELATION", place);
    seen.add(key);
    const other = relationKey(sentence, { ...relation, head: relation.tail, tail: relation.head });
    if (other !== key && seen.has(other) && !turned.has(key)) gathered.add("SYMMETRIC_RELATION", place);
    turned.add(key);
  }
}

/** Compares ends by span and type rather than index, since an entity may occur twice. */
function relationKey({ entities }: Sentence, { head, tail, type }: Relation): string {
  return joinKey(...[head, tail].map((place) => typedSpanKey(entities[place] as Entity)), type);
}

/** A split token is no fault of the data. */
type FaultKind = Exclude<OmissionKind, "split">;

const omissionCodes = {
  misaligned: "MISALIGNED_SPAN",
  disagreeing: "OFFSETS_DISAGREE",
  undeclared: "SCHEMA_DISAGREES",
} as const satisfies Readonly<Record<FaultKind, ProblemCode>>;

function locationOf({ source, line, column, path }: Omission): Pick<Omission, "source" | "line" | "column" | "path"> {
  return { source, line, column, path };
}

type SentenceProblem =
  | (typeof omissionCodes)[FaultKind]
  | "EMPTY_FILE"
  | "NO_ANNOTATION"
  | "LONG_SENTENCE"
  | "OVERLAPPING_ENTITY"
  | "REPEATED_ENTITY"
  | "REPEATED_ID"
  | "REPEATED_RELATION"
  | "REPEATED_SENTENCE"
  | "SELF_RELATION"
  | "SYMMETRIC_RELATION";

/** The message and hint of each problem, by its number of occurrences. */
const descriptions: Readonly<Record<SentenceProblem, (count: Count, settings: CheckSettings) => Description>> = {
  EMPTY_FILE: () => ({ message: "no sentence in this file" }),
  NO_ANNOTATION: () => ({
    message: "no entity and no relation anywhere in this file",
    hint: "check that this is the annotated file, and that its lists have the names that the format expects",
  }),
  MISALIGNED_SPAN: (count) => ({
    message: `${count("entity does", "entities do")} not end on token boundaries`,
    hint: "move the offsets to word boundaries; --fix writes the enlarged spans",
    fix: { kind: "automatic" },
  }),
  OFFSETS_DISAGREE: (count) => ({
    message: `${count("place is", "places are")} given by offsets that disagree with the words in the file`,
    hint: "the text may have changed after it was annotated, or the offsets count another unit (code points, UTF-16 units)",
  }),
  SCHEMA_DISAGREES: (count) => ({
    message: `${count("annotation is", "annotations are")} not in the schema of the corpus`,
    hint: "correct the annotation, or extend the schema",
  }),
  OVERLAPPING_ENTITY: (count) => ({
    message: `${count("entity overlaps", "entities overlap")} a longer one, which flat tags cannot hold`,
    hint: "with tags, training skips the shorter entity and its relations; model.spans: on keeps both, in joint-nn and bilstm-tagger",
  }),
  REPEATED_RELATION: (count) => ({
    message: `${count("relation repeats", "relations repeat")} another one of the same sentence`,
    hint: "--fix keeps one",
    fix: { kind: "automatic" },
  }),
  SELF_RELATION: (count) => ({
    message: `${count("relation joins", "relations join")} an entity with itself`,
    hint: "one of the ends may be wrong",
  }),
  SYMMETRIC_RELATION: (count) => ({
    message: `${count("relation is", "relations are")} marked in both directions`,
    level: "note",
    hint: "if the type is symmetric, mark only one direction, always the same; otherwise a model must find both",
  }),
  REPEATED_ENTITY: (count) => ({
    message: `${count("entity repeats", "entities repeat")} another one of the same sentence`,
    hint: "--fix keeps one, with the relations of both",
    fix: { kind: "automatic" },
  }),
  REPEATED_ID: (count) => ({
    message: `${count("sentence has", "sentences have")} the id of an earlier one`,
    hint: "scores are matched by id; give each sentence its own id",
  }),
  REPEATED_SENTENCE: (count) => ({
    message: `${count("sentence repeats", "sentences repeat")} an earlier one, word for word`,
    level: "note",
    hint: "a repeated sentence counts twice in training and in scores",
  }),
  LONG_SENTENCE: (count, { longestSentence }) => ({
    message: `${count("sentence has", "sentences have")} more than ${longestSentence} tokens`,
    level: "note",
    hint: "pairs grow with the square of the length; check whether sentence splitting failed",
  }),
};

/** The number with its noun. */
type Count = (one: string, many: string) => string;
