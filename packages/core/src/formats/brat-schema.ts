import type { Document } from "../schema/index.ts";

interface Role {
  readonly name: string;
  /** Entity types in order of appearance; `<ENTITY>` and `<ANY>` match all types. */
  readonly types: Set<string>;
}

/** The two roles of a relation on one line; a type may be declared on several lines. */
type Rule = readonly [head: Role, tail: Role];

interface EntityType {
  readonly parent: string | undefined;
  /** A heading in the tree; mentions cannot have this type. */
  readonly heading: boolean;
}

/**
 * The types that a brat project declares in `annotation.conf`: the tree of entity types, and for
 * each relation type the roles and entity types of its ends. Without the file it is empty and every
 * annotation conforms.
 */
export class BratSchema {
  readonly entities = new Map<string, EntityType>();
  readonly relations = new Map<string, Rule[]>();
  readonly #parents = new Map<string, string | undefined>();
  readonly #symmetric = new Set<string>();

  /** Adds the types that a document uses. */
  add({ entities, relations }: Pick<Document, "entities" | "relations">): void {
    for (const { type } of entities) if (type !== null) this.declareEntity(type);
    for (const { head, tail, type } of relations) {
      const [rule] = this.relations.get(type) ?? [];
      const roles = rule ?? [role("Arg1"), role("Arg2")];
      if (rule === undefined) this.declareRelation(type, roles);
      const ends = [entities[head]?.type, entities[tail]?.type];
      for (const [index, end] of ends.entries()) if (end !== null && end !== undefined) roles[index]?.types.add(end);
    }
  }

  declareEntity(type: string, parent?: string, heading = false): void {
    if (!this.entities.has(type)) this.entities.set(type, { parent, heading });
  }

  /** @param rule defaults to the roles of the parent type */
  declareRelation(
    type: string,
    rule: Rule | undefined,
    { parent, symmetric }: { parent?: string; symmetric?: boolean } = {},
  ): void {
    const inherited = parent === undefined ? [] : (this.relations.get(parent) ?? []);
    const rules = this.relations.get(type) ?? [];
    this.relations.set(type, [...rules, ...(rule === undefined ? inherited : [rule])]);
    if (!this.#parents.has(type)) this.#parents.set(type, parent);
    if (symmetric === true || (rule === undefined && parent !== undefined && this.#symmetric.has(parent)))
      this.#symmetric.add(type);
  }

  /** Whether the ends of a relation are unordered. */
  isSymmetric(type: string): boolean {
    return this.#symmetric.has(type);
  }

  /**
   * The ends of a relation, head first: in the declared order, otherwise Arg1 before Arg2,
   * otherwise as given.
   */
  order<End extends { readonly role: string }>(type: string, ends: readonly [End, End]): readonly [End, End] {
    const rules = this.relations.get(type) ?? [];
    const names = ends.map(({ role }) => role);
    const fitting = rules.find((rule) => rule.every(({ name }) => names.includes(name))) ?? rules[0];
    const first = fitting?.[0].name ?? "Arg1";
    return ends[1].role === first && ends[0].role !== first ? [ends[1], ends[0]] : ends;
  }

  /** Why a mention's type violates the declarations; undefined if it conforms. */
  disagreementOfEntity(type: string): string | undefined {
    if (this.entities.size === 0) return undefined;
    const declared = this.entities.get(type);
    if (declared === undefined) return `${file} declares no entity type ${JSON.stringify(type)}; it was kept`;
    return declared.heading
      ? `${file} declares ${JSON.stringify(type)} as a heading, not a type of mentions; it was kept`
      : undefined;
  }

  /**
   * Why a relation violates the declarations, by its type or the types of its ends; undefined if it
   * conforms.
   */
  disagreementOfRelation(type: string, head: string, tail: string): string | undefined {
    if (this.relations.size === 0) return undefined;
    const rules = this.relations.get(type);
    if (rules === undefined) return `${file} declares no relation type ${JSON.stringify(type)}; it was kept`;
    const fits = ([one, other]: Rule): boolean =>
      (this.#takes(one, head) && this.#takes(other, tail)) ||
      (this.isSymmetric(type) && this.#takes(one, tail) && this.#takes(other, head));
    if (rules.length === 0 || rules.some(fits)) return undefined;
    const declared = rules.map((rule) => rule.map(({ types }) => [...types].join("|")).join(" to ")).join(" or ");
    return `${JSON.stringify(type)} goes from ${head} to ${tail}, but ${file} declares it from ${declared}; it was kept`;
  }

  /** A type also matches its descendants in the tree. */
  #takes({ types }: Role, type: string): boolean {
    if (types.has("<ENTITY>") || types.has("<ANY>")) return true;
    const seen = new Set<string>();
    for (let each: string | undefined = type; each !== undefined && !seen.has(each); each = this.entities.get(each)?.parent) {
      if (types.has(each)) return true;
      seen.add(each);
    }
    return false;
  }

  print(): string {
    const entities = tree(this.entities, ({ parent }) => parent).map(
      ([type, depth]) => `${"\t".repeat(depth)}${this.entities.get(type)?.heading === true ? "!" : ""}${type}`,
    );
    const relations = tree(this.#parents, (parent) => parent).flatMap(([type, depth]) => this.#printRelation(type, depth));
    const sections = { entities, relations, events: [], attributes: [] };
    return Object.entries(sections)
      .map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"))
      .join("\n");
  }

  #printRelation(type: string, depth: number): string[] {
    const start = `${"\t".repeat(depth)}${type}`;
    const rules = this.relations.get(type) ?? [];
    const kind = this.isSymmetric(type) ? ", <REL-TYPE>:symmetric" : "";
    if (rules.length === 0) return [start];
    return rules.map((rule) => `${start}\t${rule.map(({ name, types }) => `${name}:${[...types].join("|")}`).join(", ")}${kind}`);
  }
}

const file = "annotation.conf";

function role(name: string, types: readonly string[] = []): Role {
  return { name, types: new Set(types) };
}

/** The names of a tree with their depth, parents before children, in order of declaration. */
function tree<Value>(nodes: ReadonlyMap<string, Value>, parentOf: (node: Value) => string | undefined): [string, number][] {
  const below = new Map<string | undefined, string[]>();
  for (const [name, node] of nodes) {
    const parent = parentOf(node);
    const place = parent !== undefined && nodes.has(parent) ? parent : undefined;
    below.set(place, [...(below.get(place) ?? []), name]);
  }
  const listed: [string, number][] = [];
  const visit = (parent: string | undefined, depth: number): void => {
    for (const name of below.get(parent) ?? []) {
      listed.push([name, depth]);
      visit(name, depth + 1);
    }
  };
  visit(undefined, 0);
  return listed;
}

/**
 * Parses the entity and relation declarations of an `annotation.conf`. Tabs before a name make it a
 * child of the line above, `!` marks a heading, `<NAME>=a|b` defines a macro for the lines after
 * it, and `<REL-TYPE>:symmetric` marks a relation as unordered. Ignores comments, rulers, overlap
 * rules and other sections, which declare no types.
 */
export function parseBratSchema(text: string): BratSchema {
  const schema = new BratSchema();
  const macros = new Map<string, string>();
  let section = "";
  let above: string[] = [];
  for (const raw of text.replace(/^\uFEFF/, "").split("\n")) {
    const line = raw.trim();
    const heading = /^\[([\w -]+)\]$/.exec(line)?.[1];
    const macro = /^<([\w-]+)>\s*=\s*(.*)$/.exec(line);
    if (heading !== undefined) {
      section = heading.trim().toLowerCase();
      above = [];
    } else if (macro !== null) macros.set(`<${macro[1]}>`, expand(macro[2] ?? "", macros));
    else if (line === "" || line.startsWith("#") || /^-+$/.test(line)) continue;
    else if (section === "entities" || section === "relations") {
      const depth = Math.min(/^\t*/.exec(raw)?.[0].length ?? 0, above.length);
      const parent = above[depth - 1];
      const name = (section === "entities" ? declareEntity : declareRelation)(schema, expand(line, macros), parent);
      if (name !== undefined) above = [...above.slice(0, depth), name];
    }
  }
  return schema;
}

function expand(text: string, macros: ReadonlyMap<string, string>): string {
  return text.replace(/<[\w-]+>/g, (name) => macros.get(name) ?? name);
}

/** Names that alone on a line would be a section heading, a ruler, a comment or a mark. */
const otherwiseRead = /^(?:\[[\w -]+\]|-+|[#!].*)$/;

function declareEntity(schema: BratSchema, line: string, parent: string | undefined): string | undefined {
  const [, mark, name] = /^(!?)([^\s<]\S*)/.exec(line) ?? [];
  if (name === undefined || otherwiseRead.test(name)) return undefined;
  schema.declareEntity(name, parent, mark === "!");
  return name;
}

function declareRelation(schema: BratSchema, line: string, parent: string | undefined): string | undefined {
  const [, name, rest = ""] = /^!?([^\s<]\S*)(.*)$/.exec(line) ?? [];
  if (name === undefined || otherwiseRead.test(name)) return undefined;
  const settings = rest
    .replace(/\s/g, "")
    .split(",")
    .flatMap((part) => {
      const [, key, value] = /^([^:]+):(.+)$/.exec(part) ?? [];
      return key === undefined || value === undefined ? [] : [{ key, types: value.split("|").filter(Boolean) }];
    });
  const [head, tail] = settings
    .filter(({ key }) => !key.startsWith("<"))
    .map(({ key, types }) => role(key.replace(/[?*+]$|\{.*\}$/, ""), types));
  const kinds = settings.find(({ key }) => key === "<REL-TYPE>")?.types ?? [];
  const rule = head === undefined || tail === undefined ? undefined : ([head, tail] as const);
  const symmetric = kinds.some((kind) => kind.split("-").includes("symmetric"));
  schema.declareRelation(name, rule, { ...(parent === undefined ? {} : { parent }), symmetric });
  return name;
}
