import { type Loss, type LossKind, overlappingEntities, type Sentence } from "../../schema/index.ts";
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

/** What is wrong with the sentences of one file, each looked at by itself, and with what its reader reported. */
export function checkSentences(file: CheckedFile, settings: CheckSettings): Problem[] {
  const gathered = new Gathered(file.source, settings.places);
  const ids = new Map<string, CheckedSentence>();
  const texts = new Map<string, CheckedSentence>();
  for (const loss of file.losses) gathered.add(codeOf(loss), { ...locationOf(loss), says: loss.reason });
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
  if (file.sentences.length === 0 && file.faults.length === 0) gathered.add("EMPTY_FILE", { source: file.source });
  return gathered.problems((code, amount) => describe(code, amount, settings));
}

function checkEntities(placed: CheckedSentence, gathered: Gathered): void {
  const { sentence } = placed;
  const first = new Map<string, number>();
  const copies = new Set<number>();
  for (const [index, { start, end, type }] of sentence.entities.entries()) {
    const key = `${start} ${end} ${type ?? ""}`;
    const same = first.get(key);
    if (same === undefined) first.set(key, index);
    else {
      copies.add(index);
      const says = `${quoted(sentence, { start, end })} is entities[${same}] too`;
      gathered.add("REPEATED_ENTITY", { ...placeIn(placed, `entities[${index}]`), says });
    }
  }
  for (const index of overlappingEntities(sentence.entities)) {
    const entity = sentence.entities[index];
    if (entity === undefined || copies.has(index)) continue;
    gathered.add("OVERLAPPING_ENTITY", { ...placeIn(placed, `entities[${index}]`), says: quoted(sentence, entity) });
  }
}

function checkRelations(placed: CheckedSentence, gathered: Gathered): void {
  const { sentence } = placed;
  const seen = new Set<string>();
  for (const [index, relation] of sentence.relations.entries()) {
    const place = { ...placeIn(placed, `relations[${index}]`), says: spelled(sentence, relation) };
    if (relation.head === relation.tail) gathered.add("SELF_RELATION", place);
    const key = relationKey(sentence, index);
    if (seen.has(key)) gathered.add("REPEATED_RELATION", place);
    seen.add(key);
  }
}

/** Ends are compared by what they are and not by their number, since an entity may stand twice. */
function relationKey({ entities, relations }: Sentence, index: number): string {
  const { head = 0, tail = 0, type = "" } = relations[index] ?? {};
  const end = (place: number): string => `${entities[place]?.start} ${entities[place]?.end} ${entities[place]?.type ?? ""}`;
  return [end(head), end(tail), type].join("\n");
}

const lossCodes: Readonly<Record<LossKind, ProblemCode>> = {
  misaligned: "MISALIGNED_SPAN",
  disagreeing: "OFFSETS_DISAGREE",
  undeclared: "SCHEMA_DISAGREES",
};

function codeOf({ kind }: Loss): ProblemCode {
  return kind === undefined ? "NOT_CARRIED" : lossCodes[kind];
}

function locationOf({ source, line, column, path }: Loss): Pick<Loss, "source" | "line" | "column" | "path"> {
  return { source, line, column, path };
}

function describe(code: ProblemCode, amount: number, { longestSentence }: CheckSettings): Description {
  const count = (one: string, many: string): string => counted(amount, one, many);
  switch (code) {
    case "EMPTY_FILE":
      return { message: "no sentence in this file" };
    case "MISALIGNED_SPAN":
      return {
        message: `${count("entity does", "entities do")} not end on tokens`,
        hint: "move the offsets to the ends of words; --fix writes what they were grown to",
        fix: { kind: "automatic" },
      };
    case "OFFSETS_DISAGREE":
      return {
        message: `${count("place is", "places are")} given by offsets that say something else than the words beside them`,
        hint: "the text may have changed after it was annotated, or the offsets count another unit (code points, UTF-16 units)",
      };
    case "SCHEMA_DISAGREES":
      return {
        message: `${count("annotation is", "annotations are")} not as the schema of the corpus says`,
        hint: "correct the annotation, or declare in the schema what is meant",
      };
    case "OVERLAPPING_ENTITY":
      return {
        message: `${count("entity overlaps", "entities overlap")} a longer one, which flat tags cannot hold`,
        hint: "training leaves the shorter entity and its relations out",
      };
    case "REPEATED_RELATION":
      return {
        message: `${count("relation is", "relations are")} there twice in one sentence`,
        hint: "--fix keeps one",
        fix: { kind: "automatic" },
      };
    case "SELF_RELATION":
      return {
        message: `${count("relation joins", "relations join")} an entity with itself`,
        hint: "one of the ends may be wrong",
      };
    case "REPEATED_ENTITY":
      return {
        message: `${count("entity is", "entities are")} there twice in one sentence`,
        hint: "--fix keeps one, with the relations of both",
        fix: { kind: "automatic" },
      };
    case "REPEATED_ID":
      return {
        message: `${count("sentence has", "sentences have")} the id of an earlier one`,
        hint: "scores are matched by id; give each its own",
      };
    case "REPEATED_SENTENCE":
      return {
        message: `${count("sentence repeats", "sentences repeat")} an earlier one, word for word`,
        level: "note",
        hint: "a repeated sentence counts twice in training and in scores",
      };
    case "LONG_SENTENCE":
      return {
        message: `${count("sentence has", "sentences have")} more than ${longestSentence} tokens`,
        level: "note",
        hint: "pairs grow with the square of the length; look whether sentences were not cut apart",
      };
    default:
      return { message: `${count("annotation", "annotations")} could not be carried over` };
  }
}
