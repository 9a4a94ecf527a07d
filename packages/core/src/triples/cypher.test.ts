import fc from "fast-check";
import { expect, test } from "vitest";
import { type Document, joinTokens } from "../schema/index.ts";
import { cypher } from "./cypher.ts";
import { collectTriples } from "./triple-format.ts";

const nasty = fc.oneof(
  fc.string({ minLength: 1, unit: "binary" }),
  fc
    .array(
      fc.constantFrom("'", "\\", "\\u0027", "u0060", "`", ";", "\n", "//", "}) DETACH DELETE n", "\u2028", "\u0000", "é", "🚀"),
      { minLength: 1 },
    )
    .map((parts) => parts.join("")),
);

function documentOf(id: string, head: string, type: string, relation: string): Document {
  return {
    id,
    ...joinTokens([head, "Acme"]),
    sentences: [{ start: 0, end: 2 }],
    entities: [
      { start: 0, end: 1, type, confidence: 0.5 },
      { start: 1, end: 2, type: null },
    ],
    relations: [{ head: 0, tail: 1, type: relation, confidence: 0.25 }],
    metadata: {},
  };
}

async function written(documents: readonly Document[]): Promise<string[]> {
  const { main } = await collectTriples(cypher, documents, { model: { name: "m", version: "1", digest: "sha256:0" } });
  const text = new TextDecoder("utf-8", { fatal: true }).decode(main);
  expect(text.endsWith(";\n")).toBe(true);
  return text.slice(0, -1).split("\n").slice(2);
}

test("writes nodes for a document and its entities, with mentions and relations", async () => {
  const lines = await written([documentOf("d", "Ada", "PER", "works for")]);
  const about = "model: 'm', modelVersion: '1', modelDigest: 'sha256:0'";
  expect(lines).toEqual([
    "MERGE (n:`Document` {id: 'document/d'}) SET n += {name: 'd'};",
    "MERGE (n:`Entity` {id: 'entity/PER/Ada'}) SET n += {name: 'Ada', type: 'PER'}, n:`PER`;",
    "MERGE (n:`Entity` {id: 'entity/Acme'}) SET n += {name: 'Acme'};",
    "MATCH (h:Document {id: 'document/d'}), (t:Entity {id: 'entity/PER/Ada'}) MERGE (h)-[r:`MENTIONS` {start: 0, end: 3}]->(t) " +
      `SET r += {text: 'Ada', sentence: 0, confidence: 0.5, ${about}};`,
    "MATCH (h:Document {id: 'document/d'}), (t:Entity {id: 'entity/Acme'}) MERGE (h)-[r:`MENTIONS` {start: 4, end: 8}]->(t) " +
      `SET r += {text: 'Acme', sentence: 0, ${about}};`,
    "MATCH (h:Entity {id: 'entity/PER/Ada'}), (t:Entity {id: 'entity/Acme'}) " +
      "MERGE (h)-[r:`works for` {id: 'document/d#0-3:PER/works%20for/4-8'}]->(t) SET r += {relation: 'works for', document: 'd', sentence: 0, " +
      `headStart: 0, headEnd: 3, tailStart: 4, tailEnd: 8, confidence: 0.25, headConfidence: 0.5, ${about}};`,
  ]);
});

test("does not repeat a recent node, and no entity type makes it a document", async () => {
  const lines = await written([documentOf("d", "Ada", "Document", "r"), documentOf("d", "Ada", "Document", "r")]);
  expect(lines.filter((line) => line.startsWith("MERGE"))).toEqual([
    "MERGE (n:`Document` {id: 'document/d'}) SET n += {name: 'd'};",
    "MERGE (n:`Entity` {id: 'entity/Document/Ada'}) SET n += {name: 'Ada', type: 'Document'};",
    "MERGE (n:`Entity` {id: 'entity/Acme'}) SET n += {name: 'Acme'};",
  ]);
});

test.each([
  ["servers of today", false],
  ["servers that replace \\uXXXX in the whole statement first", true],
])("no text can end its literal, for %s", async (_, old) => {
  const calm = shapeOf(await written([documentOf("d", "Ada", "PER", "r")]), old).shape;
  await fc.assert(
    fc.asyncProperty(nasty, nasty, nasty, nasty, async (id, head, type, relation) => {
      const { shape, literals } = shapeOf(await written([documentOf(id, head, type, relation)]), old);
      expect(shape).toEqual(calm);
      // biome-ignore lint/suspicious/noMisleadingCharacterClass: lone surrogates are meant
      const clean = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd");
      expect(literals).toEqual(expect.arrayContaining([id, type, relation].map(clean)));
    }),
    { numRuns: 300 },
  );
});

/**
 * Replaces every literal by `S` and every quoted name by `I`, and returns the values of the
 * literals.
 *
 * @param old whether Unicode escapes are replaced before parsing, as servers before Neo4j 5 did
 */
function shapeOf(lines: readonly string[], old: boolean): { shape: string[]; literals: string[] } {
  const literals: string[] = [];
  const shape = lines.map((source) => {
    const line = old
      ? source.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      : source;
    const outside = line.replace(/'((?:[^'\\]|\\[^])*)'|`(?:[^`]|``)*`/g, (whole, body: string | undefined) => {
      if (body === undefined) return "I";
      literals.push(body.replace(/\\(u[0-9a-f]{4}|[^])/g, (escape, what: string) => unescaped(escape, what)));
      return whole.startsWith("'") ? "S" : whole;
    });
    return outside;
  });
  // Concatenated parts are one text.
  const joined = shape.map((line) => line.replace(/S(?: \+ S)+/g, "S").replace(/\b\d+(?:\.\d+)?/g, "0"));
  return { shape: joined, literals: [...literals, ...sums(lines, old)] };
}

function sums(lines: readonly string[], old: boolean): string[] {
  return lines.flatMap((source) => {
    const line = old
      ? source.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      : source;
    return [...line.matchAll(/'(?:[^'\\]|\\[^])*'(?: \+ '(?:[^'\\]|\\[^])*')+/g)].map(([sum]) =>
      sum
        .split(/(?<=(?:^|[^\\])(?:\\\\)*)' \+ '/)
        .map((part) => part.replace(/^'|'$/g, "").replace(/\\(u[0-9a-f]{4}|[^])/g, unescaped))
        .join(""),
    );
  });
}

function unescaped(escape: string, what: string): string {
  if (what.length > 1) return String.fromCharCode(Number.parseInt(what.slice(1), 16));
  return { n: "\n", r: "\r", t: "\t" }[what] ?? (/['\\]/.test(what) ? what : `unknown escape ${escape}`);
}
