import type { Annotation, Entity, Span } from "@weft-nlp/core";

/**
 * A sentence with inline annotation: `[aol]ORG:→ORG-AFF-1 [shareholder]PER:ORG-AFF-1→`. A relation
 * has the same number at both ends, and its arrow points from head to tail.
 *
 * The notation of Sun et al. 2018, appendix D, with the direction added.
 */
export function bracketedText(tokens: readonly string[], { entities, relations }: Annotation): string {
  const notes = entities.map((): string[] => []);
  for (const [index, { head, tail, type }] of relations.entries()) {
    notes[head]?.push(`${type}-${index + 1}→`);
    notes[tail]?.push(`→${type}-${index + 1}`);
  }
  const order = [...entities.keys()].sort((a, b) => lengthOf(entities[b]) - lengthOf(entities[a]));
  const opening = tokens.map(() => "");
  const closing = tokens.map(() => "");
  for (const index of order) {
    const { start, end, type } = entities[index] as Entity;
    if (start < 0 || end > tokens.length || end <= start) continue;
    opening[start] = `${opening[start]}[`;
    const label = [type ?? "", ...(notes[index] ?? [])].filter((part) => part !== "").join(":");
    // The shorter entity closes first.
    closing[end - 1] = `]${label}${closing[end - 1]}`;
  }
  return tokens.map((token, at) => `${opening[at]}${token}${closing[at]}`).join(" ");
}

/** A sentence with the two arguments of one pair marked: `[Ada Lovelace]head joined [Acme]tail`. */
export function markedPair(tokens: readonly string[], head: Span, tail: Span): string {
  const entities = [
    { start: head.start, end: head.end, type: "head" },
    { start: tail.start, end: tail.end, type: "tail" },
  ];
  return bracketedText(tokens, { entities, relations: [] });
}

function lengthOf(entity: Entity | undefined): number {
  return entity === undefined ? 0 : entity.end - entity.start;
}
