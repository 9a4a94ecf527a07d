import { charSpan, type Document, type Entity, type Relation, type Span } from "../../schema/index.ts";
import { joinKey, spanKey } from "../../schema/span-keys.ts";
import { documentFromText, type TextOptions } from "../../text/index.ts";
import { EntityTable, type Omit } from "./records.ts";

type MentionRule = "nearest" | "first";

/** The only name that begins with these words, if they are not a name themselves. */
export function wholeName(words: string, names: Iterable<string>): string | undefined {
  const longer = new Set<string>();
  for (const name of names) {
    if (name === words) return undefined;
    if (name.startsWith(`${words} `)) longer.add(name);
  }
  return longer.size === 1 ? [...longer][0] : undefined;
}

/** A mention that a list gives by its words alone. */
export interface NamedMention {
  readonly words: string;
  readonly type: string | null;
  /** Its path in the file, for reports. */
  readonly path: string;
}

/**
 * The maximum matches examined per sentence: far more than real data has, to bound time and memory.
 */
const maxPlaces = 1000;

/**
 * Locates the mentions of relations in formats that give words alone (CasRel, RIN).
 *
 * If the words of an end occur several times, `nearest` takes the two places with the fewest tokens
 * between them, preferring pairs that do not overlap, then earlier ones. For ambiguous relations
 * whose offsets people marked, it is right for 65 % in CoNLL04, 81 % in SciERC, 75 % in
 * Chinese-Literature and 62 % in Re-DocRED; taking the first place of each end is right for 45 %,
 * 56 %, 51 % and 55 %. The releases of NYT and WebNLG were labelled by the first place, which
 * `first` reproduces.
 */
export class MentionFinder {
  readonly table = new EntityTable();
  readonly #document: Pick<Document, "text" | "tokens">;
  readonly #rule: MentionRule;
  readonly #omit: Omit;
  /** Token indices by the characters where they start and end. */
  readonly #starts: ReadonlyMap<number, number>;
  readonly #ends: ReadonlyMap<number, number>;
  /** The entities created for some words. */
  readonly #placed = new Map<string, Set<number>>();
  readonly #found = new Map<string, readonly Span[]>();
  readonly #pairs = new Map<string, readonly [Span, Span]>();

  constructor(document: Pick<Document, "text" | "tokens">, rule: MentionRule, omit: Omit) {
    this.#document = document;
    this.#starts = new Map(document.tokens.map(({ start }, index) => [start, index]));
    this.#ends = new Map(document.tokens.map(({ end }, index) => [end, index]));
    this.#rule = rule;
    this.#omit = omit;
  }

  /** The places where the words occur on token boundaries, in order. */
  places(words: string): readonly Span[] {
    const known = this.#found.get(words);
    if (known !== undefined) return known;
    const places = this.#search(words);
    this.#found.set(words, places);
    return places;
  }

  /**
   * The entities at the two ends of a relation. Reports and returns undefined if the text lacks
   * their words.
   */
  relation(head: string, tail: string, path: string): { head: number; tail: number } | undefined {
    const pair = this.pair(head, tail);
    if (pair === undefined) {
      const absent = this.places(head).length === 0 ? head : tail;
      this.#omit(path, `no tokens of the text are ${JSON.stringify(absent)}; the relation was left out`);
      return undefined;
    }
    const named = [...new Set([head, tail])].flatMap((words) => {
      const { length } = this.places(words);
      return length > 1 ? [`${JSON.stringify(words)} occurs ${length} times`] : [];
    });
    const taken = this.#rule === "first" ? "the first place" : "the nearest pair";
    if (named.length > 0) this.#omit(path, `${named.join(" and ")}; ambiguous, ${taken} was used`);
    return { head: this.#place(head, pair[0]), tail: this.#place(tail, pair[1]) };
  }

  /** The places that the rule chooses for two ends, without creating entities. */
  pair(head: string, tail: string): readonly [Span, Span] | undefined {
    const [heads, tails] = [this.places(head), this.places(tail)];
    if (heads[0] === undefined || tails[0] === undefined) return undefined;
    if (this.#rule === "first") return [heads[0], tails[0]];
    const key = JSON.stringify([head, tail]);
    const pair = this.#pairs.get(key) ?? nearestPair(heads, tails);
    this.#pairs.set(key, pair);
    return pair;
  }

  /**
   * Ensures that these words are an entity, at the place that relations gave them or else at their
   * first place.
   */
  entity(words: string, type: string | null, path: string): void {
    const places = this.places(words);
    const [first] = places;
    if (first === undefined) {
      this.#omit(path, `no tokens of the text are ${JSON.stringify(words)}; the entity was left out`);
      return;
    }
    const placed = this.#placed.get(words) ?? [];
    for (const index of placed) {
      const entity = this.table.entities[index] as Entity;
      if (entity.type === null) this.table.entities[index] = { ...entity, type };
    }
    if (this.#placed.has(words)) return;
    this.#placed.set(words, new Set([this.table.add({ ...first, type })]));
    if (places.length > 1) {
      this.#omit(path, `${JSON.stringify(words)} occurs ${places.length} times; ambiguous, the first place was used`);
    }
  }

  /**
   * Makes each mention of a list an entity. Words listed several times get as many places: first
   * those that relations gave them, then the earliest others. Types are assigned in text order.
   */
  entities(named: readonly NamedMention[]): void {
    for (const group of groupBy(named, ({ words }) => words).values()) {
      const [{ words, path }] = group as [NamedMention];
      const places = this.places(words);
      for (const { path } of group.slice(places.length)) {
        const amount = places.length === 0 ? "" : ` more than ${places.length} times`;
        this.#omit(path, `no tokens of the text are ${JSON.stringify(words)}${amount}; the entity was left out`);
      }
      const placed = this.#placed.get(words)?.size ?? 0;
      const free = places.filter((place) => this.table.find(place) === undefined);
      for (const place of free.slice(0, Math.max(0, group.length - placed))) this.#place(words, place);
      if (placed < group.length && group.length < places.length) {
        this.#omit(path, `${JSON.stringify(words)} occurs ${places.length} times; ambiguous, the first places were used`);
      }
      const { entities } = this.table;
      const own = [...(this.#placed.get(words) ?? [])].sort(
        (a, b) => (entities[a] as Entity).start - (entities[b] as Entity).start,
      );
      for (const [order, index] of own.entries()) {
        const type = group[Math.min(order, group.length - 1)]?.type ?? null;
        entities[index] = { ...(entities[index] as Entity), type };
      }
    }
  }

  #place(words: string, span: Span): number {
    const index = this.table.ensure(span);
    const placed = this.#placed.get(words);
    if (placed === undefined) this.#placed.set(words, new Set([index]));
    else placed.add(index);
    return index;
  }

  #search(words: string): readonly Span[] {
    const places: Span[] = [];
    if (words.trim() === "") return places;
    const { text } = this.#document;
    for (let at = text.indexOf(words); at >= 0 && places.length < maxPlaces; at = text.indexOf(words, at + 1)) {
      const start = this.#starts.get(at);
      const last = this.#ends.get(at + words.length);
      if (start !== undefined && last !== undefined) places.push({ start, end: last + 1 });
    }
    return places;
  }
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * The two places with the fewest tokens between them. Both lists are non-empty, with ascending
 * starts and ends.
 *
 * The nearest non-overlapping place is either the last before or the first after, so there is no
 * search over pairs.
 */
export function nearestPair<Place extends Span>(heads: readonly Place[], tails: readonly Place[]): readonly [Place, Place] {
  let best: readonly [Place, Place] = [heads[0] as Place, tails[0] as Place];
  let min = Number.POSITIVE_INFINITY;
  let behind = 0;
  let front = -1;
  for (const head of heads) {
    while (behind < tails.length && (tails[behind] as Place).start < head.end) behind++;
    while (front + 1 < tails.length && (tails[front + 1] as Place).end <= head.start) front++;
    for (const tail of [tails[front], tails[behind]]) {
      if (tail === undefined) continue;
      const gap = tail.start >= head.end ? tail.start - head.end : head.start - tail.end;
      if (gap >= min) continue;
      min = gap;
      best = [head, tail];
    }
  }
  return best;
}

/**
 * Reports the annotation that a reader will locate elsewhere because its words occur several times.
 * For writers of formats that give words alone.
 *
 * @param again the record as reading returns it
 */
export function omitMisplaced(record: Document, again: Document, omit: Omit): void {
  const ends = ({ entities }: Document, { head, tail, type }: Relation): string =>
    joinKey(spanKey(entities[head] as Entity), spanKey(entities[tail] as Entity), type);
  const entities = new Set(again.entities.map(spanKey));
  const relations = new Set(again.relations.map((relation) => ends(again, relation)));
  const reason = "the words occur several times, and a reader will locate them elsewhere";
  for (const [index, entity] of record.entities.entries()) {
    if (!entities.has(spanKey(entity))) omit(`entities[${index}]`, reason);
  }
  for (const [index, relation] of record.relations.entries()) {
    if (!relations.has(ends(record, relation))) omit(`relations[${index}]`, reason);
  }
}

/** The text of a token span. */
export function wordsOf(document: Document, span: Span): string {
  const { start, end } = charSpan(document, span);
  return document.text.slice(start, end);
}

/**
 * Makes a sentence from text of space-separated words, as in the releases of NYT and WebNLG.
 * Tokenises the text instead if that makes more annotated mentions fall on token boundaries, which
 * is reported, or if the options name a tokeniser. A text without mentions is tokenised if it ends
 * like ordinary text, with its full stop at the last word.
 *
 * @param mentions the number of annotated mentions
 * @param fitting counts the annotated mentions that fall on this document's token boundaries
 */
export function documentFromSpacedText(
  id: string,
  text: string,
  options: TextOptions | undefined,
  mentions: number,
  fitting: (document: Document) => number,
  omit: Omit,
): Document {
  const tokenised = (): Document => documentFromText(id, text, { sentences: "one", ...options });
  if (options?.mode !== undefined) return tokenised();
  const tokens = Array.from(text.matchAll(/[^ \t\r\n]+/g), ({ 0: word, index: start }) => ({
    text: word,
    start,
    end: start + word.length,
  }));
  const sentences = tokens.length === 0 ? [] : [{ start: 0, end: tokens.length }];
  const spaced: Document = { id, text, tokens, sentences, entities: [], relations: [], metadata: {} };
  if (mentions === 0) return /[\p{L}\p{N}][.!?]["')\]]*\s*$/u.test(text) ? tokenised() : spaced;
  const reached = fitting(spaced);
  if (reached === mentions) return spaced;
  const other = tokenised();
  if (fitting(other) <= reached) return spaced;
  omit("text", "a mention does not begin and end at spaces; the text was tokenised again");
  return other;
}
