import type { Annotation, Entity, Relation, Sentence, Span } from "../schema/index.ts";
import { surface } from "../schema/index.ts";
import { relationItems, surfaceTriple } from "./matching.ts";

/**
 * A system that only memorises training triples. It also answers whether a triple was in training.
 */
export interface MemoryBaseline {
  /** The number of distinct memorised triples of strings. */
  readonly triples: number;
  /** Whether this triple of strings occurs in train; `key` comes from `surfaceTriple`. */
  has(key: string): boolean;
  /**
   * Each memorised triple whose two strings occur in the sentence, at the first place of each
   * string.
   */
  predict(tokens: readonly string[]): Annotation;
}

/**
 * Memorises every triple of strings in the training sentences. A string's entity type is its most
 * frequent one as an argument. Strings are compared token by token, with case.
 *
 * A trie over tokens finds the strings of a sentence in one pass, so the cost does not grow with
 * the number of triples.
 */
export function buildMemoryBaseline(train: Iterable<Sentence>): MemoryBaseline {
  const keys = new Set<string>();
  const root = newNode();
  const names = new Map<string, Name>();
  for (const sentence of train) {
    for (const item of relationItems(sentence)) {
      const head = remember(names, root, sentence.tokens, item.head);
      const tail = remember(names, root, sentence.tokens, item.tail);
      const key = surfaceTriple(sentence.tokens, item);
      if (keys.has(key)) continue;
      keys.add(key);
      head.triples.push({ type: item.type, tail });
    }
  }
  return { triples: keys.size, has: (key) => keys.has(key), predict: (tokens) => predictFrom(root, tokens) };
}

/** A string that was an argument in train, with the triples of which it is the head. */
interface Name {
  readonly types: Map<string | null, number>;
  readonly triples: { readonly type: string; readonly tail: Name }[];
}

interface Node {
  readonly next: Map<string, Node>;
  name: Name | undefined;
}

function newNode(): Node {
  return { next: new Map(), name: undefined };
}

function remember(names: Map<string, Name>, root: Node, tokens: readonly string[], entity: Entity): Name {
  const text = surface(tokens, entity);
  let name = names.get(text);
  if (name === undefined) {
    name = { types: new Map(), triples: [] };
    names.set(text, name);
    let node = root;
    for (const token of tokens.slice(entity.start, entity.end)) {
      const next = node.next.get(token) ?? newNode();
      node.next.set(token, next);
      node = next;
    }
    node.name = name;
  }
  name.types.set(entity.type, (name.types.get(entity.type) ?? 0) + 1);
  return name;
}

function predictFrom(root: Node, tokens: readonly string[]): Annotation {
  const places = firstPlaces(root, tokens);
  const indexes = new Map<Name, number>();
  const entities: Entity[] = [];
  const relations: Relation[] = [];
  const indexOf = (name: Name, span: Span): number => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    indexes.set(name, entities.length);
    return entities.push({ ...span, type: commonestType(name) }) - 1;
  };
  for (const [name, span] of places) {
    for (const triple of name.triples) {
      const tailSpan = places.get(triple.tail);
      if (tailSpan === undefined) continue;
      relations.push({ head: indexOf(name, span), tail: indexOf(triple.tail, tailSpan), type: triple.type });
    }
  }
  return { entities, relations };
}

/** Every memorised string in the sentence, with its first place. */
function firstPlaces(root: Node, tokens: readonly string[]): Map<Name, Span> {
  const places = new Map<Name, Span>();
  for (let start = 0; start < tokens.length; start += 1) {
    let node: Node | undefined = root;
    for (let end = start; end < tokens.length; end += 1) {
      node = node.next.get(tokens[end] ?? "");
      if (node === undefined) break;
      if (node.name !== undefined && !places.has(node.name)) places.set(node.name, { start, end: end + 1 });
    }
  }
  return places;
}

function commonestType(name: Name): string | null {
  let best: string | null = null;
  let max = 0;
  for (const [type, times] of name.types) if (times > max) [best, max] = [type, times];
  return best;
}
