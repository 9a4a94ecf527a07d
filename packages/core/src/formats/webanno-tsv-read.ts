import { DataError, type Location } from "../errors.ts";
import type { Document, Entity, Relation, Span } from "../schema/index.ts";
import { documentFromText } from "../text/index.ts";
import type { ReadOptions } from "./format.ts";
import { spanPlacer } from "./shared/character-spans.ts";
import { labelFeature, layers, marksMentions, shortName } from "./shared/layers.ts";
import type { Omit } from "./shared/records.ts";
import { parseReference, parseValue, splitCell, type TsvFile, type TsvLayer } from "./webanno-tsv-lines.ts";
import { type PlacedRow, placeSentences } from "./webanno-tsv-text.ts";

/** An annotation of a span layer, which may have several rows. */
interface Mention {
  readonly layer: string;
  readonly id: string | undefined;
  /** The first row. */
  readonly unit: string;
  readonly at: Location;
  readonly type: string | null;
  start: number;
  end: number;
}

/** A relation before its ends are known: a cell of a relation layer, or a link of a span. */
interface Link {
  readonly head: Mention | EndName;
  readonly tail: EndName;
  readonly type: string | null;
  readonly path: string;
  readonly at: Location;
}

interface EndName {
  readonly unit: string;
  /** `0` if the unit has only one annotation of the layer. */
  readonly id: string;
  /** The layer that the header declares for this end. */
  readonly base: string;
}

/** Makes a document of a file. Reports what Weft cannot store. */
export function documentFromTsv(
  file: TsvFile,
  { id, metadata }: Pick<Document, "id" | "metadata">,
  options: ReadOptions,
  omit: Omit,
): Document {
  for (const at of file.others) omit(at.path ?? "#", "Weft does not know this line; it was left out", at);
  const { rows, ...placed } = placeSentences(file.sentences, options.offsetUnit, omit);
  // Without rows, only the text is known.
  if (rows.length === 0) return { ...documentFromText(id, placed.text, options.text), metadata };
  const plain: Document = { id, ...placed, entities: [], relations: [], metadata };
  const mentions = new Mentions();
  const links: Link[] = [];
  for (const layer of file.layers) {
    if (layer.kind === "relation") links.push(...readRelations(layer, rows, omit));
    else if (layer.kind === "span" && marksMentions(layer.name)) links.push(...readMentions(layer, rows, mentions, omit));
    else if (layer.name !== layers.pos) reportLayer(layer, rows, omit);
  }
  const place = spanPlacer(plain, "utf16", omit);
  const entities: Entity[] = [];
  const places = new Map<Mention, number>();
  for (const mention of mentions.all) {
    const span = placeMention(mention, place, omit);
    if (span !== undefined) places.set(mention, entities.push({ ...span, type: mention.type }) - 1);
  }
  const relations = links.flatMap((link) => readLink(link, mentions, places, omit));
  return { ...plain, ...readPos(file.layers, rows), entities, relations };
}

function placeMention(mention: Mention, place: ReturnType<typeof spanPlacer>, omit: Omit): Span | undefined {
  const { start, end, unit, at } = mention;
  if (start < end) return place({ start, end }, unit, at);
  omit(unit, "the annotation covers no characters; it was left out", at);
  return undefined;
}

/** The mentions of a file, looked up by the rows that they cover. */
class Mentions {
  readonly all: Mention[] = [];
  readonly #byId = new Map<string, Mention>();
  readonly #byUnit = new Map<string, Mention[]>();
  readonly #layers = new Set<string>();

  /** The mention that this row continues, if its number was used before. */
  known(layer: string, id: string | undefined): Mention | undefined {
    return id === undefined ? undefined : this.#byId.get(`${id} ${layer}`);
  }

  add(mention: Mention): void {
    this.all.push(mention);
    this.#layers.add(mention.layer);
    if (mention.id !== undefined) this.#byId.set(`${mention.id} ${mention.layer}`, mention);
    this.cover(mention.unit, mention);
  }

  cover(unit: string, mention: Mention): void {
    const held = this.#byUnit.get(unit);
    if (held === undefined) this.#byUnit.set(unit, [mention]);
    else held.push(mention);
  }

  at(unit: string): readonly Mention[] {
    return this.#byUnit.get(unit) ?? [];
  }

  has(layer: string): boolean {
    return this.#layers.has(layer);
  }
}

/** Adds the mentions of a layer, and returns their links to other spans. */
function readMentions(layer: TsvLayer, rows: readonly PlacedRow[], mentions: Mentions, omit: Omit): Link[] {
  const features = layer.columns.filter(({ kind }) => kind === "feature");
  const named = features.map(({ name }) => name).filter((name) => name !== "");
  const label = labelFeature(named);
  const links: Link[] = [];
  for (const row of rows) {
    const stacks = layer.columns.map(({ index }) => cellOf(row, index)).map((cell) => (cell === "_" ? [] : splitCell(cell, "|")));
    const depth = stacks.reduce((most, { length }) => Math.max(most, length), 0);
    for (let order = 0; order < depth; order++) {
      const values = stacks.map((stack, column) =>
        layer.columns[column]?.kind === "target"
          ? { value: stack[order] ?? null, id: undefined }
          : parseValue(stack[order] ?? ""),
      );
      const id = values.find(({ id }) => id !== undefined)?.id;
      const known = mentions.known(layer.name, id);
      if (known !== undefined) {
        known.start = Math.min(known.start, row.start);
        known.end = Math.max(known.end, row.end);
        mentions.cover(row.unit, known);
        continue;
      }
      const valueOf = (name: string): string | null =>
        values[layer.columns.findIndex((column) => column.name === name)]?.value ?? null;
      const type = label === undefined ? shortName(layer.name) : valueOf(label);
      const mention = { layer: layer.name, id, unit: row.unit, at: row.at, type, start: row.start, end: row.end };
      mentions.add(mention);
      for (const name of named) if (name !== label && valueOf(name) !== null) reportFeature(name, row, omit);
      links.push(...readSlots(layer, values, mention));
    }
  }
  return links;
}

/** The links of a span: pairs of columns with the roles and the places of their targets. */
function readSlots(layer: TsvLayer, values: readonly { value: string | null }[], head: Mention): Link[] {
  return layer.columns.flatMap((column, order): Link[] => {
    const target = layer.columns[order + 1];
    if (column.kind !== "role" || target?.kind !== "target") return [];
    const roles = splitCell(values[order]?.value ?? "", ";");
    return splitCell(values[order + 1]?.value ?? "", ";").flatMap((place, index): Link[] => {
      const reference = parseReference(place);
      if (reference === undefined) return [];
      const role = parseValue(roles[index] ?? "").value;
      const tail = { unit: reference.unit, id: reference.source, base: target.name };
      // A link without a role has the name of its feature: ROLE_layer:feature_type.
      const type = role ?? /:([^_]+)/.exec(column.name)?.[1] ?? null;
      return [{ head, tail, type, path: `${head.unit} ${type ?? ""}`.trim(), at: head.at }];
    });
  });
}

function readRelations(layer: TsvLayer, rows: readonly PlacedRow[], omit: Omit): Link[] {
  const base = layer.columns.find(({ kind }) => kind === "base");
  if (base === undefined || !marksMentions(layer.name)) {
    reportLayer(layer, rows, omit);
    return [];
  }
  const features = layer.columns.filter(({ kind, name }) => kind === "feature" && name !== "");
  const label = labelFeature(features.map(({ name }) => name));
  return rows.flatMap((row) => {
    const cell = cellOf(row, base.index);
    if (cell === "_") return [];
    const stacks = new Map(features.map(({ name, index }) => [name, splitCell(cellOf(row, index), "|")]));
    return splitCell(cell, "|").map((place, order): Link => {
      const reference = parseReference(place);
      if (reference === undefined) {
        const message = `expected the place of a relation's source (1-1 or 1-1[2_0]), found ${JSON.stringify(place)}`;
        throw new DataError("FIELD_INVALID", { at: { ...row.at, path: row.unit }, message });
      }
      const valueOf = (name: string): string | null => {
        const value = stacks.get(name)?.[order] ?? "_";
        return value === "_" ? null : parseValue(value).value;
      };
      for (const { name } of features) if (name !== label && valueOf(name) !== null) reportFeature(name, row, omit);
      const head = { unit: reference.unit, id: reference.source, base: base.name };
      const tail = { unit: row.unit, id: reference.target, base: base.name };
      return { head, tail, type: label === undefined ? shortName(layer.name) : valueOf(label), path: row.unit, at: row.at };
    });
  });
}

function readLink(link: Link, mentions: Mentions, places: ReadonlyMap<Mention, number>, omit: Omit): Relation[] {
  const { type, path, at } = link;
  const first = "layer" in link.head ? link.head : findEnd(link.head, link, mentions, omit);
  const second = first === undefined ? undefined : findEnd(link.tail, link, mentions, omit);
  if (first === undefined || second === undefined) return [];
  const [head, tail] = [places.get(first), places.get(second)];
  if (head === undefined || tail === undefined) omit(path, "an end of the relation covers no characters; it was left out", at);
  else if (type === null) omit(path, "the relation has no label; it was left out", at);
  else return [{ head, tail, type }];
  return [];
}

function findEnd({ unit, id, base }: EndName, { path, at }: Link, mentions: Mentions, omit: Omit): Mention | undefined {
  const here = mentions.at(unit);
  const fitting = mentions.has(base) ? here.filter(({ layer }) => layer === base) : here;
  const named = id === "0" ? undefined : fitting.find((mention) => mention.id === id);
  if (named !== undefined) return named;
  const starting = fitting.filter((mention) => mention.unit === unit);
  const [first] = starting.length > 0 ? starting : fitting;
  if (first === undefined) {
    if (!marksMentions(base)) {
      omit(path, `the relation is between tokens (${shortName(base)}), and Weft holds only relations between mentions`, at);
      return undefined;
    }
    const message = `the relation names ${unit}, where no annotation of the layer ${base} is`;
    throw new DataError("RELATION_END_MISSING", { at: { ...at, path }, message });
  }
  if (fitting.length > 1) omit(path, `${fitting.length} annotations are at ${unit}; the first was used for the relation`, at);
  return first;
}

function readPos(all: readonly TsvLayer[], rows: readonly PlacedRow[]): { pos?: string[] } {
  const columns = all.find(({ name }) => name === layers.pos)?.columns ?? [];
  const column = columns.find(({ name }) => name === "PosValue") ?? columns[0];
  if (column === undefined) return {};
  const tokens = rows.filter(({ unit, start, end }) => !unit.includes(".") && end > start);
  const tags = tokens.map((row) => {
    const cell = cellOf(row, column.index);
    return cell === "_" ? "" : (parseValue(cell).value ?? "");
  });
  return tags.some((tag) => tag !== "") ? { pos: tags } : {};
}

/** An absent column is empty: editors drop tabs at the end of a line. */
function cellOf({ cells }: PlacedRow, index: number): string {
  return cells[index] || "_";
}

function reportFeature(name: string, { unit, at }: PlacedRow, omit: Omit): void {
  omit(`${unit} ${name}`, "an annotation has one label in Weft; this feature was left out", at);
}

function reportLayer({ name, columns }: TsvLayer, rows: readonly PlacedRow[], omit: Omit): void {
  const used = rows.find((row) => columns.some(({ index }) => cellOf(row, index) !== "_"));
  if (used !== undefined) omit(name, "Weft cannot store this layer; it was left out", used.at);
}
