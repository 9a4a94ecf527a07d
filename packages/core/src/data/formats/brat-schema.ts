import type { Document } from "../../schema/index.ts";

interface Role {
  readonly name: string;
  /** Entity types, in the order in which they were met. */
  readonly types: Set<string>;
}

/** The types of a brat project, as `annotation.conf` declares them: entity types, and for each relation type its two roles. */
export class BratSchema {
  readonly entities = new Set<string>();
  readonly relations = new Map<string, readonly [Role, Role]>();

  /** Takes in the types of a document. */
  add({ entities, relations }: Pick<Document, "entities" | "relations">): void {
    for (const { type } of entities) if (type !== null) this.entities.add(type);
    for (const { head, tail, type } of relations) {
      const roles = this.#roles(type);
      const ends = [entities[head]?.type, entities[tail]?.type];
      for (const [index, end] of ends.entries()) if (end !== null && end !== undefined) roles[index]?.types.add(end);
    }
  }

  /** The ends of a relation with the head's in front: as its type declares them, else by the names Arg1 and Arg2, else as given. */
  order<End extends { readonly role: string }>(type: string, ends: readonly [End, End]): readonly [End, End] {
    const first = this.relations.get(type)?.[0].name ?? "Arg1";
    return ends[1].role === first && ends[0].role !== first ? [ends[1], ends[0]] : ends;
  }

  print(): string {
    const roles = (pair: readonly Role[]): string => pair.map(({ name, types }) => `${name}:${[...types].join("|")}`).join(", ");
    const relations = Array.from(this.relations, ([type, pair]) => `${type}\t${roles(pair)}`);
    const sections = { entities: [...this.entities], relations, events: [], attributes: [] };
    return Object.entries(sections)
      .map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"))
      .join("\n");
  }

  #roles(type: string): readonly [Role, Role] {
    const known = this.relations.get(type);
    if (known !== undefined) return known;
    const made: readonly [Role, Role] = [
      { name: "Arg1", types: new Set() },
      { name: "Arg2", types: new Set() },
    ];
    this.relations.set(type, made);
    return made;
  }
}

/**
 * What an `annotation.conf` declares. Comments, macros, settings in angle brackets and sections of other kinds say nothing about
 * types and are passed over, as is the indentation that orders entity types in a tree.
 */
export function parseBratSchema(text: string): BratSchema {
  const schema = new BratSchema();
  let section = "";
  for (const raw of text.split("\n")) {
    const line = raw.replace(/^\uFEFF/, "").trim();
    const heading = /^\[(\w+)\]$/.exec(line)?.[1];
    if (heading !== undefined) section = heading.toLowerCase();
    else if (line === "" || /^[#!<-]/.test(line)) continue;
    else if (section === "entities") schema.entities.add(line.split(/\s/)[0] as string);
    else if (section === "relations") addRelation(schema, line);
  }
  return schema;
}

function addRelation(schema: BratSchema, line: string): void {
  const [type = "", ...rest] = line.split(/\s+/);
  const roles = rest
    .join("")
    .split(",")
    .map((argument) => /^([^:<]+):(.+)$/.exec(argument))
    .flatMap((match) => (match === null ? [] : [{ name: match[1] as string, types: new Set((match[2] as string).split("|")) }]));
  const [head, tail] = roles;
  if (head !== undefined && tail !== undefined) schema.relations.set(type, [head, tail]);
}
