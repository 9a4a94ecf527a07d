import { addCounts, type Counts, noCounts } from "../metrics/index.ts";
import type { Annotation } from "../schema/index.ts";
import { entityUnits, relationUnits } from "./agreement-units.ts";
import { entityCounts, f1Of, type PairCounts, relationCounts, relationsOf, spanKey, typeOf } from "./items.ts";
import { KappaByType } from "./kappa-by-type.ts";
import type { MatchedAnnotators, SharedDocument } from "./match-annotators.ts";

/** Agreement by one rule. F1 is null if no annotator marked anything, κ if it cannot be
 * computed. */
export interface AgreementScores {
  /** 0 to 1, over all pairs of annotators: 2 · agreed / (marked by one + marked by the other). */
  readonly f1: number | null;
  /** −1 to 1: 0 is what chance gives. */
  readonly kappa: number | null;
}

/** Agreement on one type. */
export interface AgreementOfType {
  readonly type: string;
  /** How many each annotator marked, in the documents that are shared. */
  readonly marked: readonly number[];
  readonly exact: AgreementScores;
  readonly partial: AgreementScores;
}

/** Agreement on entities, or on relations. */
export interface KindAgreement {
  readonly exact: AgreementScores;
  readonly partial: AgreementScores;
  /** Most frequent type first. */
  readonly types: readonly AgreementOfType[];
  /** Types that two annotators gave to the same span or pair, most frequent first. */
  readonly confusions: readonly { readonly types: readonly [string, string]; readonly count: number }[];
}

/** The F1 of two annotators, each 0 to 1, or null if neither marked anything. */
export interface PairAgreement {
  readonly annotators: readonly [string, string];
  readonly documents: number;
  readonly entities: { readonly exact: number | null; readonly partial: number | null };
  readonly relations: { readonly exact: number | null; readonly partial: number | null };
}

/** How far several annotators agree. */
export interface Agreement {
  readonly kappa: "Cohen" | "Fleiss";
  readonly matchedBy: "id" | "order";
  readonly annotators: readonly {
    readonly name: string;
    readonly documents: number;
    readonly entities: number;
    readonly relations: number;
  }[];
  /** What at least two annotators have. */
  readonly shared: { readonly documents: number; readonly sentences: number; readonly tokens: number };
  readonly entities: KindAgreement;
  readonly relations: KindAgreement;
  /** F1 of each pair of annotators, if there are three or more. */
  readonly pairs: readonly PairAgreement[];
}

/**
 * Measures the agreement of annotators on the documents that at least two of them have.
 *
 * *Exact*: the same type and the same span, or both ends' spans for a relation. *Partial*: the same
 * type, and at least a token in common (at both ends). Each item counts for one agreement at most.
 *
 * κ needs units that everyone decides on. Entities, exact: every span of up to as many tokens as
 * the longest entity. Entities, partial: every token. Relations, exact: ordered pairs of spans that
 * all annotators of the document marked as entities, within a sentence or related by at least one.
 * Relations, partial: the same with entities that overlap in place of equal spans. F1 is where such
 * a κ goes as the units without any mark grow in number (Hripcsak and Rothschild 2005).
 *
 * @throws {RangeError} for fewer than two annotators
 */
export function agreement({ names, documents, by }: MatchedAnnotators): Agreement {
  if (names.length < 2) throw new RangeError(`expected at least 2 annotators, found ${names.length}`);
  const shared = documents.filter(({ annotations }) => annotations.filter((each) => each !== undefined).length > 1);
  const entities = new KindSums(names.length);
  const relations = new KindSums(names.length);
  const longest = shared.flatMap(entityLengths).reduce((max, length) => Math.max(max, length), 1);
  for (const document of shared) {
    entityUnits(document, longest, entities.exact, entities.partial);
    relationUnits(document, relations.exact, relations.partial);
    for (const [index, annotation] of document.annotations.entries()) {
      for (const entity of annotation?.entities ?? []) entities.mark(typeOf(entity), index);
      for (const { type } of annotation?.relations ?? []) relations.mark(type, index);
    }
    for (const [one, other] of pairsOf(names.length)) {
      const [a, b] = [document.annotations[one], document.annotations[other]];
      if (a !== undefined && b !== undefined) compare(a, b, `${one} ${other}`, entities, relations);
    }
  }
  return {
    kappa: names.length === 2 ? "Cohen" : "Fleiss",
    matchedBy: by,
    annotators: names.map((name, index) => {
      const own = documents.flatMap(({ annotations }) => annotations[index] ?? []);
      const sum = (of: (annotation: Annotation) => number): number => own.reduce((total, each) => total + of(each), 0);
      return {
        name,
        documents: own.length,
        entities: sum((each) => each.entities.length),
        relations: sum((each) => each.relations.length),
      };
    }),
    shared: {
      documents: shared.length,
      sentences: shared.reduce((sum, { document }) => sum + document.sentences.length, 0),
      tokens: shared.reduce((sum, { document }) => sum + document.tokens.length, 0),
    },
    entities: entities.report(),
    relations: relations.report(),
    pairs: names.length === 2 ? [] : pairsOf(names.length).map((pair) => pairReport(pair, names, shared, entities, relations)),
  };
}

function entityLengths({ annotations }: SharedDocument): number[] {
  return annotations.flatMap((each) => each?.entities.map(({ start, end }) => end - start) ?? []);
}

function compare(a: Annotation, b: Annotation, pair: string, entities: KindSums, relations: KindSums): void {
  const typesIn = (of: (annotation: Annotation) => string[]): Set<string> => new Set([...of(a), ...of(b)]);
  for (const type of typesIn((each) => each.entities.map(typeOf))) {
    const own = ({ entities }: Annotation) => entities.filter((entity) => typeOf(entity) === type);
    entities.count(type, pair, entityCounts(own(a), own(b)));
  }
  const [ones, others] = [relationsOf(a), relationsOf(b)];
  for (const type of typesIn((each) => each.relations.map((relation) => relation.type))) {
    const own = (items: typeof ones) => items.filter((item) => item.type === type);
    relations.count(type, pair, relationCounts(own(ones), own(others)));
  }
  entities.confuse(
    a.entities.map((each) => [spanKey(each), typeOf(each)]),
    b.entities.map((each) => [spanKey(each), typeOf(each)]),
  );
  const placed = (items: typeof ones): [string, string][] =>
    items.map(({ head, tail, type }) => [`${spanKey(head)} ${spanKey(tail)}`, type]);
  relations.confuse(placed(ones), placed(others));
}

function pairReport(
  [one, other]: readonly [number, number],
  names: readonly string[],
  shared: readonly SharedDocument[],
  entities: KindSums,
  relations: KindSums,
): PairAgreement {
  const rates = (sums: KindSums) => {
    const { exact, partial } = sums.ofPair(`${one} ${other}`);
    return { exact: f1Of(exact), partial: f1Of(partial) };
  };
  return {
    annotators: [names[one] ?? "", names[other] ?? ""],
    documents: shared.filter(({ annotations }) => annotations[one] !== undefined && annotations[other] !== undefined).length,
    entities: rates(entities),
    relations: rates(relations),
  };
}

function pairsOf(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, one) =>
    Array.from({ length: count - one - 1 }, (_, step) => [one, one + step + 1] as const),
  ).flat();
}

const nothing: PairCounts = { exact: noCounts, partial: noCounts };

function add(left: PairCounts, right: PairCounts): PairCounts {
  return { exact: addCounts(left.exact, right.exact), partial: addCounts(left.partial, right.partial) };
}

/** What is counted of entities, or of relations. */
class KindSums {
  readonly exact: KappaByType;
  readonly partial: KappaByType;
  readonly #annotators: number;
  readonly #marked = new Map<string, number[]>();
  readonly #byType = new Map<string, PairCounts>();
  readonly #byPair = new Map<string, PairCounts>();
  readonly #confused = new Map<string, { readonly types: readonly [string, string]; count: number }>();

  constructor(annotators: number) {
    this.#annotators = annotators;
    this.exact = new KappaByType(annotators);
    this.partial = new KappaByType(annotators);
  }

  mark(type: string, annotator: number): void {
    const marked = this.#marked.get(type) ?? Array.from({ length: this.#annotators }, () => 0);
    this.#marked.set(type, marked);
    marked[annotator] = (marked[annotator] ?? 0) + 1;
  }

  count(type: string, pair: string, counts: PairCounts): void {
    this.#byType.set(type, add(this.#byType.get(type) ?? nothing, counts));
    this.#byPair.set(pair, add(this.#byPair.get(pair) ?? nothing, counts));
  }

  /** Counts different types at the same place, if neither annotator gave the other's type too. */
  confuse(one: readonly (readonly [string, string])[], other: readonly (readonly [string, string])[]): void {
    const at = new Map<string, string[]>();
    for (const [place, type] of other) at.set(place, [...(at.get(place) ?? []), type]);
    for (const [place, type] of one) {
      const types = at.get(place);
      if (types === undefined || types.includes(type)) continue;
      for (const against of types) {
        const pair = type < against ? ([type, against] as const) : ([against, type] as const);
        const known = this.#confused.get(pair.join("\u001f")) ?? { types: pair, count: 0 };
        known.count++;
        this.#confused.set(pair.join("\u001f"), known);
      }
    }
  }

  ofPair(pair: string): PairCounts {
    return this.#byPair.get(pair) ?? nothing;
  }

  report(): KindAgreement {
    const [exact, partial] = [this.exact.values(), this.partial.values()];
    const all = [...this.#byType.values()].reduce(add, nothing);
    const scores = (counts: Counts, kappa: number | null | undefined): AgreementScores => ({
      f1: f1Of(counts),
      kappa: kappa ?? null,
    });
    const types = [...this.#marked].map(([type, marked]): AgreementOfType => {
      const counts = this.#byType.get(type) ?? nothing;
      return {
        type,
        marked,
        exact: scores(counts.exact, exact.types.get(type)),
        partial: scores(counts.partial, partial.types.get(type)),
      };
    });
    const total = ({ marked }: AgreementOfType): number => marked.reduce((sum, count) => sum + count, 0);
    return {
      exact: scores(all.exact, exact.overall),
      partial: scores(all.partial, partial.overall),
      types: types.sort((a, b) => total(b) - total(a) || (a.type < b.type ? -1 : 1)),
      confusions: [...this.#confused.values()].sort(
        (a, b) => b.count - a.count || (a.types.join("\u001f") < b.types.join("\u001f") ? -1 : 1),
      ),
    };
  }
}
