import { basename } from "node:path";
import { type Location, type Loss, overlappingEntities, surfaceTriple } from "@weft/core";
import type { PlacedSentence } from "../files/read-documents.ts";
import type { FailureReport } from "./failure.ts";

export type Role = "train" | "dev" | "test";

/** One file as it was read, with the faults that kept records out. */
export interface CheckedFile {
  readonly source: string;
  readonly sentences: readonly PlacedSentence[];
  readonly losses: readonly Loss[];
  readonly faults: readonly FailureReport[];
}

type FindingKind =
  | "empty"
  | "overlap"
  | "repeatedRelation"
  | "selfRelation"
  | "repeatedEntity"
  | "repeatedId"
  | "repeatedSentence"
  | "sharedSentence"
  | "newLabel"
  | "notCarried";

/** What a check found beside faults: nothing that stops training, much that spoils a number. */
interface Finding {
  readonly kind: FindingKind;
  /** How many sentences, entities or relations it concerns. */
  readonly amount: number;
  readonly message: string;
  /** The first few places. */
  readonly places: readonly Location[];
}

export interface CheckReport {
  readonly files: readonly { source: string; role: Role | undefined; sentences: number; faults: readonly FailureReport[] }[];
  readonly findings: readonly Finding[];
  /** For each file that is not for training: how many of its triples of strings occur in the training file. */
  readonly leakage: readonly { readonly source: string; readonly triples: number; readonly seen: number }[];
}

/** Looks at files that belong together, such as train, dev and test; the names say which is which. */
export function checkCorpora(files: readonly CheckedFile[]): CheckReport {
  const roles = files.map(({ source }) => roleOf(source));
  const train = files.filter((_, index) => roles[index] === "train");
  const held = files.filter((_, index) => roles[index] === "dev" || roles[index] === "test");
  const findings = [
    ...files.flatMap(checkFile),
    ...sharedSentences(files),
    ...(train.length === 0 ? [] : newLabels(train, held)),
  ];
  return {
    files: files.map(({ source, sentences, faults }, index) => ({
      source,
      role: roles[index],
      sentences: sentences.length,
      faults,
    })),
    findings,
    leakage: train.length === 0 ? [] : held.map((file) => leakageOf(train, file)),
  };
}

/** What a file is for, by the words in its name. */
export function roleOf(source: string): Role | undefined {
  const words = basename(source)
    .toLowerCase()
    .split(/[^a-z]+/);
  if (words.some((word) => word.startsWith("train"))) return "train";
  if (words.some((word) => /^(dev|valid|validation|val|development)$/.test(word))) return "dev";
  return words.some((word) => /^(test|eval)$/.test(word)) ? "test" : undefined;
}

const shownPlaces = 3;

function checkFile({ source, sentences, losses, faults }: CheckedFile): Finding[] {
  const gathered = new Map<keyof typeof messages, Gathered>();
  const add = (kind: keyof typeof messages, at: Location, path: string, amount = 1): void => {
    if (amount === 0) return;
    const entry = gathered.get(kind) ?? { amount: 0, places: [] };
    gathered.set(kind, entry);
    entry.amount += amount;
    if (entry.places.length < shownPlaces) entry.places.push({ ...at, path });
  };
  const ids = new Set<string>();
  const texts = new Set<string>();
  for (const { sentence, at } of sentences) {
    const { entities, relations } = sentence;
    const spans = new Set(entities.map(({ start, end, type }) => `${start} ${end} ${type ?? ""}`));
    add("repeatedEntity", at, "entities", entities.length - spans.size);
    const overlaps = overlappingEntities(entities).filter((index) => !isCopy(entities, index));
    add("overlap", at, `entities[${overlaps[0] ?? 0}]`, overlaps.length);
    add("selfRelation", at, "relations", relations.filter(({ head, tail }) => head === tail).length);
    const triples = new Set(relations.map(({ head, tail, type }) => `${head} ${tail} ${type}`));
    add("repeatedRelation", at, "relations", relations.length - triples.size);
    if (ids.has(sentence.id)) add("repeatedId", at, sentence.id);
    ids.add(sentence.id);
    const text = keyOf(sentence.tokens);
    if (texts.has(text)) add("repeatedSentence", at, sentence.id);
    texts.add(text);
  }
  for (const loss of losses) add("notCarried", loss, loss.path ?? "");
  const empty = sentences.length === 0 && faults.length === 0;
  if (empty) add("empty", { source }, "");
  return [...gathered].map(([kind, { amount, places }]) => ({
    kind,
    amount,
    places,
    message: `${source}: ${messages[kind](amount)}`,
  }));
}

interface Gathered {
  amount: number;
  readonly places: Location[];
}

const messages: Readonly<Record<Exclude<FindingKind, "sharedSentence" | "newLabel">, (amount: number) => string>> = {
  empty: () => "no sentence in this file",
  overlap: (amount) => `${plural(amount, "entity overlaps", "entities overlap")} a longer one, which flat tags cannot hold`,
  repeatedRelation: (amount) => `${plural(amount, "relation is", "relations are")} there twice in one sentence`,
  selfRelation: (amount) => `${plural(amount, "relation joins", "relations join")} an entity with itself`,
  repeatedEntity: (amount) => `${plural(amount, "entity is", "entities are")} there twice in one sentence`,
  repeatedId: (amount) => `${plural(amount, "sentence has", "sentences have")} the id of an earlier one`,
  repeatedSentence: (amount) => `${plural(amount, "sentence repeats", "sentences repeat")} an earlier one, word for word`,
  notCarried: (amount) => `${plural(amount, "annotation", "annotations")} could not be carried over`,
};

function sharedSentences(files: readonly CheckedFile[]): Finding[] {
  const findings: Finding[] = [];
  const earlier: { source: string; texts: Set<string> }[] = [];
  for (const { source, sentences } of files) {
    const texts = new Set(sentences.map(({ sentence }) => keyOf(sentence.tokens)));
    for (const other of earlier) {
      const shared = sentences.filter(({ sentence }) => other.texts.has(keyOf(sentence.tokens)));
      if (shared.length === 0) continue;
      const places = shared.slice(0, shownPlaces).map(({ at, sentence }) => ({ ...at, path: sentence.id }));
      const message = `${source}: ${plural(shared.length, "sentence stands", "sentences stand")} in ${other.source} too, word for word`;
      findings.push({ kind: "sharedSentence", amount: shared.length, places, message });
    }
    earlier.push({ source, texts });
  }
  return findings;
}

function newLabels(train: readonly CheckedFile[], held: readonly CheckedFile[]): Finding[] {
  const known = new Set(
    train.flatMap(({ sentences }) => sentences.flatMap(({ sentence }) => labelsOf(sentence).map(({ name }) => name))),
  );
  return held.flatMap(({ source, sentences }) => {
    const fresh = new Map<string, { uses: number; at: Location }>();
    for (const { sentence, at } of sentences) {
      for (const { name, path } of labelsOf(sentence)) {
        if (known.has(name)) continue;
        const entry = fresh.get(name);
        if (entry === undefined) fresh.set(name, { uses: 1, at: { ...at, path } });
        else entry.uses++;
      }
    }
    if (fresh.size === 0) return [];
    const uses = [...fresh].map(([name, entry]) => `${name} (${entry.uses})`);
    const listed = uses.length > 6 ? `${uses.slice(0, 6).join(", ")} and ${uses.length - 6} more` : uses.join(", ");
    const places = [...fresh.values()].slice(0, shownPlaces).map(({ at }) => at);
    return [
      {
        kind: "newLabel" as const,
        amount: fresh.size,
        places,
        message: `${source}: ${plural(fresh.size, "label is", "labels are")} not in the training file: ${listed}`,
      },
    ];
  });
}

function labelsOf({ entities, relations }: PlacedSentence["sentence"]): { name: string; path: string }[] {
  return [
    ...entities.map(({ type }, index) => ({ name: `entity ${type ?? "without a type"}`, path: `entities[${index}].type` })),
    ...relations.map(({ type }, index) => ({ name: `relation ${type}`, path: `relations[${index}].type` })),
  ];
}

function leakageOf(train: readonly CheckedFile[], file: CheckedFile): CheckReport["leakage"][number] {
  const known = new Set(train.flatMap(triplesOf));
  const triples = triplesOf(file);
  return { source: file.source, triples: triples.length, seen: triples.filter((triple) => known.has(triple)).length };
}

function triplesOf({ sentences }: CheckedFile): string[] {
  return sentences.flatMap(({ sentence: { tokens, entities, relations } }) =>
    relations.flatMap(({ head, tail, type }) => {
      const [first, second] = [entities[head], entities[tail]];
      return first === undefined || second === undefined ? [] : [surfaceTriple(tokens, { head: first, tail: second, type })];
    }),
  );
}

function isCopy(entities: PlacedSentence["sentence"]["entities"], index: number): boolean {
  const one = entities[index];
  return entities.some((other, place) => {
    return place < index && other.start === one?.start && other.end === one.end && other.type === one.type;
  });
}

function keyOf(tokens: readonly string[]): string {
  return tokens.join("\u001f");
}

function plural(amount: number, one: string, many: string): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? one : many}`;
}
