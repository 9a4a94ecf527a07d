import { DataError, type Location } from "../../errors.ts";
import { type Fields, within } from "../../json/fields.ts";
import { nearestName } from "../../text/index.ts";

/** What the value of a field looks like; a `list` holds objects or lists. */
type Shape = "list" | "words" | "numbers" | "text" | "number" | "id" | "object";

/** Names that tools use for the same thing. */
const meanings: readonly (readonly string[])[] = [
  ["text", "data", "sentence", "content", "sentText", "sentence_text"],
  ["tokens", "token", "words", "tokenized_text"],
  [
    "type",
    "label",
    "labels",
    "tag",
    "category",
    "class",
    "entity_type",
    "relation_type",
    "relation",
    "predicate",
    "entityLabel",
    "relationLabel",
  ],
  ["entities", "spans", "ents", "ner", "entity_list", "entityMentions", "mentions", "annotations", "label", "labels"],
  ["relations", "triple_list", "relation_list", "relationMentions", "spo_list", "triples", "links", "edges", "arcs"],
  ["head", "from_id", "subject", "from", "source", "em1Text", "h"],
  ["tail", "to_id", "child", "object", "to", "target", "em2Text", "t"],
  ["start", "start_offset", "startChar", "begin"],
  ["end", "end_offset", "endChar", "stop"],
  ["annotations", "completions"],
  ["pos", "position", "positions", "span", "offsets"],
];

/** The fields of items that are annotation, in contrast to lists of links or images. */
const itemNames = new Set(meanings.flat().filter((name) => name !== "text" && name !== "data"));

interface Candidate {
  readonly meant: string;
  /** Whether the names are alike; otherwise they only mean the same. */
  readonly near: boolean;
}

/** Bounds the memory for names that a hostile file makes up. */
const maxRemembered = 1000;

/**
 * The names of an object's fields that matter, to find slips: without this, an optional field with
 * a misspelt name would be absent, and a corpus would be read without its relations.
 *
 * A field is a slip if its name is not known, is near a name that matters or means the same in
 * another format, its value has the right shape, and the field that it may stand for is absent.
 */
export class FieldNames {
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #known: ReadonlySet<string>;
  readonly #found = new Map<string, readonly Candidate[]>();

  /**
   * @param shapes the fields that matter
   * @param others fields that the format has but that no slip can stand for
   */
  constructor(shapes: Readonly<Record<string, Shape>>, others: Iterable<string> = []) {
    this.#shapes = new Map(Object.entries(shapes));
    this.#known = new Set([...this.#shapes.keys(), ...others]);
  }

  /**
   * @param path the path of the object in its record; empty for the record itself
   * @throws {DataError} FIELD_UNKNOWN at the first slip
   */
  check(fields: Fields, at: Location, path = ""): void {
    for (const name of Object.keys(fields)) {
      const meant = this.meant(name, fields);
      if (meant === undefined) continue;
      throw new DataError("FIELD_UNKNOWN", {
        at: within(at, path === "" ? name : `${path}.${name}`),
        message: `Weft does not know the field ${JSON.stringify(name)}, and ${JSON.stringify(meant)} is missing`,
        hint: `did you mean ${meant}?`,
      });
    }
  }

  /** The absent field that a field of an unknown name may stand for. */
  meant(name: string, fields: Fields): string | undefined {
    if (this.#known.has(name)) return undefined;
    const value = fields[name];
    return this.#candidates(name).find(
      ({ meant, near }) =>
        isAbsent(fields[meant]) &&
        hasShape(value, this.#shapes.get(meant)) &&
        (near || !Array.isArray(value) || isAnnotation(value)),
    )?.meant;
  }

  #candidates(name: string): readonly Candidate[] {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const folded = fold(name);
    const group = meanings.filter((names) => names.some((each) => fold(each) === folded)).flat();
    const candidates = [...this.#shapes.keys()].flatMap((meant) => {
      const near = nearestName(name, [meant]) !== undefined;
      return near || group.includes(meant) ? [{ meant, near }] : [];
    });
    const best = nearestName(name, this.#shapes.keys());
    const order = ({ meant, near }: Candidate): number => (meant === best ? 2 : Number(near));
    const found = candidates.toSorted((a, b) => order(b) - order(a));
    if (this.#found.size < maxRemembered) this.#found.set(name, found);
    return found;
  }
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function hasShape(value: unknown, shape: Shape | undefined): boolean {
  const isObject = (each: unknown): boolean => typeof each === "object" && each !== null;
  if (shape === "text") return typeof value === "string";
  if (shape === "id" && typeof value === "string") return true;
  if (shape === "number" || shape === "id") return typeof value === "number";
  if (shape === "object") return isObject(value) && !Array.isArray(value);
  if (!Array.isArray(value)) return false;
  if (shape === "numbers") return value.every((each) => typeof each === "number");
  return shape === "words" ? value.every((each) => typeof each === "string") : value.every(isObject);
}

function isAnnotation(items: readonly unknown[]): boolean {
  return items.some(
    (item) =>
      typeof item === "string" ||
      typeof item === "number" ||
      Array.isArray(item) ||
      Object.keys(item ?? {}).some((name) => itemNames.has(name)),
  );
}

const annotationLists = {
  annotations: "list",
  entities: "list",
  entityMentions: "list",
  entity_list: "list",
  ents: "list",
  ner: "list",
  relationMentions: "list",
  relation_list: "list",
  relations: "list",
  spans: "list",
  triple_list: "list",
} as const;

/** The lists of annotation in any JSON format, for records that have none of their own format's. */
export const anyAnnotation = new FieldNames(annotationLists);

const anything = new FieldNames({
  ...annotationLists,
  data: "object",
  sentText: "text",
  sentences: "list",
  text: "text",
  tokenized_text: "words",
  tokens: "words",
});

/** What the misspelt fields of a record in no known format may mean, as a hint. */
export function slipsIn(record: Fields): string | undefined {
  const slips = Object.keys(record).flatMap((name) => {
    const meant = anything.meant(name, record);
    return meant === undefined ? [] : [`did you mean ${meant} by ${JSON.stringify(name)}?`];
  });
  return slips.length === 0 ? undefined : slips.slice(0, 3).join(" ");
}
