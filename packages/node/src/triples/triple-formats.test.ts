import { type Document, joinTokens, roundConfidence } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import { collectTriples, type TripleOptions, tripleColumns } from "@weft-nlp/core/triples";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { type Quad, Store } from "n3";
import { describe, expect, test } from "vitest";
import { hostileDocuments, placedRelations } from "../testing/hostile-documents.ts";
import { asRows, inXml, readCsv, readRdf, readXml } from "../testing/read-back.ts";
import { tripleFormatOf, tripleFormats } from "./triple-formats.ts";

const model = { name: 'my "best" <run>', version: "0.1.0", digest: "sha256:00ff" };

/** A row of a table, in the form of `placedRelations`. */
function found(row: Readonly<Record<string, unknown>>): unknown[] {
  const number = (name: string): number => Number(row[name]);
  const known =
    row["confidence"] === "" || row["confidence"] === null || row["confidence"] === undefined
      ? null
      : number("confidence").toFixed(6);
  const place = [
    row["document"],
    number("sentence"),
    row["head"],
    number("headStart"),
    number("headEnd"),
    row["relation"],
    row["tail"],
  ];
  return [...place, number("tailStart"), number("tailEnd"), known];
}

async function textOf(
  name: keyof typeof tripleFormats,
  documents: readonly Document[],
  options: TripleOptions = { model },
): Promise<string> {
  const { main } = await collectTriples(tripleFormats[name], documents, options);
  return new TextDecoder("utf-8", { fatal: true }).decode(main);
}

const withoutNul = (text: string): string => text.replaceAll("\0", "\u2400");

describe("tables", () => {
  test("CSV of any documents is read back by the rules of RFC 4180", async () => {
    await fc.assert(
      fc.asyncProperty(hostileDocuments, async (documents) => {
        const rows = asRows(readCsv(await textOf("csv", documents)));
        expect(rows.map(found)).toEqual(placedRelations(documents, withoutNul));
        for (const row of rows)
          expect(row).toMatchObject({ model: model.name, modelVersion: "0.1.0", modelDigest: model.digest });
      }),
    );
  });

  test("TSV has one line per row and one tab between columns, whatever the text", async () => {
    const back: Readonly<Record<string, string>> = { "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\" };
    await fc.assert(
      fc.asyncProperty(hostileDocuments, async (documents) => {
        const lines = (await textOf("tsv", documents)).split("\n").slice(0, -1);
        const cells = lines.map((line) => line.split("\t").map((cell) => cell.replace(/\\./g, (pair) => back[pair] ?? "?")));
        expect(asRows(cells).map(found)).toEqual(placedRelations(documents, withoutNul));
      }),
    );
  });

  test("Parquet of any documents is read back by another library, in columns with their types", async () => {
    await fc.assert(
      fc.asyncProperty(hostileDocuments, async (documents) => {
        const { main } = await collectTriples(tripleFormats.parquet, documents, { model });
        const rows = await parquetReadObjects({ file: main.slice().buffer });
        expect(rows.map(found)).toEqual(placedRelations(documents));
        for (const row of rows) expect(Object.keys(row)).toEqual(Object.keys(tripleColumns));
      }),
      { numRuns: 50 },
    );
  });

  test("formulas are unchanged by default and escaped on request, only in text", async () => {
    const document: Document = {
      id: "-1",
      ...joinTokens(["=HYPERLINK(1)", "fine"]),
      sentences: [{ start: 0, end: 2 }],
      entities: [
        { start: 0, end: 1, type: "+A" },
        { start: 1, end: 2, type: null },
      ],
      relations: [{ head: 0, tail: 1, type: "@r", confidence: 0.25 }],
      metadata: {},
    };
    const kept = asRows(readCsv(await textOf("csv", [document])))[0];
    expect(kept).toMatchObject({
      head: "=HYPERLINK(1)",
      headType: "+A",
      relation: "@r",
      tail: "fine",
      tailType: "",
      document: "-1",
    });
    for (const [name, split] of [
      ["csv", readCsv],
      [
        "tsv",
        (text: string) =>
          text
            .slice(0, -1)
            .split("\n")
            .map((line) => line.split("\t")),
      ],
    ] as const) {
      const escaped = asRows(split(await textOf(name, [document], { escapeFormulas: true })))[0];
      expect(escaped).toMatchObject({ head: "'=HYPERLINK(1)", headType: "'+A", relation: "'@r", tail: "fine", document: "'-1" });
      expect(escaped).toMatchObject({ sentenceText: "'=HYPERLINK(1) fine", confidence: "0.25", headStart: "0", model: "" });
    }
  });
});

describe("RDF", () => {
  test("N-Triples and Turtle of any documents are read back as the same graph, with every statement and its place", async () => {
    await fc.assert(
      fc.asyncProperty(hostileDocuments, async (documents) => {
        const [lines, grouped] = await Promise.all([textOf("ntriples", documents), textOf("turtle", documents)]);
        const graph = readRdf(lines, "N-Triples");
        expect(terms(readRdf(grouped, "Turtle"))).toEqual(terms(graph));
        expect(new Set(statementsIn(graph))).toEqual(
          new Set(placedRelations(documents).map((row) => JSON.stringify(shortened(row)))),
        );
      }),
    );
  });

  test("names begin with the base, the relation itself is a plain triple, and the model appears once", async () => {
    const document: Document = {
      id: "d 1",
      ...joinTokens(["Ada", "Acme"]),
      sentences: [{ start: 0, end: 2 }],
      entities: [
        { start: 0, end: 1, type: "PER" },
        { start: 1, end: 2, type: null },
      ],
      relations: [{ head: 0, tail: 1, type: "works for" }],
      metadata: {},
    };
    const base = "https://example.org/kb/";
    const lines = (await textOf("ntriples", [document, document], { model, base })).split("\n");
    expect(lines).toContain(`<${base}entity/PER/Ada> <${base}relation/works%20for> <${base}entity/Acme> .`);
    expect(lines.filter((line) => line.includes("SoftwareAgent"))).toHaveLength(1);
    expect(lines.filter((line) => /confidence/.test(line))).toEqual([]);
    const open = (wrong: string): unknown => tripleFormats.turtle.open({ write: () => undefined }, { base: wrong });
    for (const wrong of ["kb/", "https://example.org/kb", "urn:a b:", "urn:a#:", "https://e.org/>/", ""]) {
      expect(() => open(wrong)).toThrow("SETTING_INVALID");
    }
  });
});

describe("graphs", () => {
  test("GraphML of any documents is well-formed XML with every node once and before its edges", async () => {
    await fc.assert(
      fc.asyncProperty(hostileDocuments, async (documents) => {
        const nodes = new Map<string, Record<string, string>>();
        const edges: Record<string, string>[] = [];
        readXml(await textOf("graphml", documents), (name, attributes, data) => {
          if (name === "node") {
            expect(nodes.has(attributes["id"] ?? "")).toBe(false);
            nodes.set(attributes["id"] ?? "", data);
          } else edges.push({ ...attributes, ...data });
        });
        expect(nodes.size).toBe(documents.reduce((sum, { entities }) => sum + entities.length, 0));
        const rows = edges.map((edge) => {
          const [head, tail] = [nodes.get(edge["source"] ?? ""), nodes.get(edge["target"] ?? "")];
          const ends = { head: head?.["node-label"], headStart: head?.["node-start"], headEnd: head?.["node-end"] };
          const others = { tail: tail?.["node-label"], tailStart: tail?.["node-start"], tailEnd: tail?.["node-end"] };
          const {
            "edge-document": document,
            "edge-sentence": sentence,
            "edge-label": relation,
            "edge-confidence": confidence,
          } = edge;
          return found({ ...ends, ...others, document, sentence, relation, confidence });
        });
        expect(rows).toEqual(placedRelations(documents, inXml));
      }),
    );
  });

  test("the files for Neo4j name every node that an edge leads to, and no cell has a line end", async () => {
    await fc.assert(
      fc.asyncProperty(hostileDocuments, async (documents) => {
        const { files } = await collectTriples(tripleFormats["neo4j-csv"], documents, { model });
        const [nodes, edges] = ["nodes.csv", "relationships.csv"].map((name) => {
          const text = new TextDecoder("utf-8", { fatal: true }).decode(files.get(name));
          expect(text.split("\r\n").join("")).not.toMatch(/[\r\n]/);
          return asRows(readCsv(text));
        });
        const ids = new Set(nodes?.map((node) => node["id:ID"]));
        expect(ids.size).toBe(nodes?.length);
        for (const edge of edges ?? []) {
          expect(ids).toContain(edge[":START_ID"]);
          expect(ids).toContain(edge[":END_ID"]);
          expect(edge[":TYPE"]).not.toBe("");
        }
        const count = (what: "entities" | "relations"): number => documents.reduce((sum, each) => sum + each[what].length, 0);
        expect(edges?.filter((edge) => edge[":TYPE"] === "MENTIONS" && edge["relation"] === "")).toHaveLength(count("entities"));
        expect(edges?.filter((edge) => edge["relation"] !== "")).toHaveLength(count("relations"));
      }),
    );
  });
});

test("JSONL is read back as the document that was written, with the model", async () => {
  await fc.assert(
    fc.asyncProperty(hostileDocuments, async (documents) => {
      const lines = (await textOf("jsonl", documents)).split("\n").slice(0, -1);
      const back = lines.map((line) => documentFromRecord(JSON.parse(line), {}).document);
      const written = <Part extends { readonly confidence?: number | undefined }>(part: Part): Part =>
        part.confidence === undefined ? part : { ...part, confidence: roundConfidence(part.confidence) };
      expect(back).toEqual(
        documents.map((document) => ({
          ...document,
          entities: document.entities.map(written),
          relations: document.relations.map(written),
          metadata: { model },
        })),
      );
    }),
  );
});

test("Parquet is written in groups of rows, each as soon as it is full", async () => {
  const size = 1000;
  const document: Document = {
    id: "d",
    ...joinTokens(["a", "b"]),
    sentences: [{ start: 0, end: 2 }],
    entities: [
      { start: 0, end: 1, type: "A" },
      { start: 1, end: 2, type: "B" },
    ],
    relations: Array.from({ length: size }, () => ({ head: 0, tail: 1, type: "r" })),
    metadata: {},
  };
  const pieces: Uint8Array[] = [];
  const writer = tripleFormats.parquet.open({ write: (piece) => void pieces.push(piece as Uint8Array) }, { model });
  for (let i = 0; i < 26; i++) await writer.write(document);
  expect(pieces).toHaveLength(1);
  await writer.end();
  const file = Buffer.concat(pieces);
  const { row_groups: groups, key_value_metadata: facts } = parquetMetadata(new Uint8Array(file).buffer);
  expect(groups.map(({ num_rows }) => Number(num_rows))).toEqual([25_000, 1000]);
  expect(facts).toEqual(expect.arrayContaining([{ key: "weft.model.digest", value: model.digest }]));
});

test.each(Object.values(tripleFormats))(
  "$name without a document is a whole file, and its end is not written twice",
  async (format) => {
    const { main, files } = await collectTriples(format, []);
    const text = new TextDecoder().decode(main);
    if (format.name === "parquet") expect(await parquetReadObjects({ file: main.slice().buffer })).toEqual([]);
    else if (format.name === "graphml") readXml(text, () => expect.unreachable());
    else if (format.files === undefined) expect(text.split("\n").length).toBeLessThan(15);
    for (const file of files.values()) expect(new TextDecoder().decode(file)).toMatch(/^[^\r\n]+\r\n$/);
  },
);

test("a file's ending names its format", () => {
  expect(tripleFormatOf("a/b.NT.gz")?.name).toBe("ntriples");
  expect(tripleFormatOf("x.parquet")?.name).toBe("parquet");
  expect(tripleFormatOf("folder")).toBeUndefined();
  const endings = Object.values(tripleFormats).map(({ extension }) => extension);
  expect(new Set(endings).size).toBe(endings.length);
  for (const [name, format] of Object.entries(tripleFormats)) expect(format.name).toBe(name);
});

function terms(quads: readonly Quad[]): string[] {
  const shown = quads.map(({ subject, predicate, object }) =>
    JSON.stringify([subject.value, predicate.value, object.termType, object.value]),
  );
  return [...new Set(shown)].toSorted();
}

const rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const weft = "urn:weft:vocabulary:";

/**
 * Every reified statement, resolved to its document, mentions and labels; it must also be a triple
 * of the graph.
 */
function statementsIn(quads: readonly Quad[]): string[] {
  const store = new Store([...quads]);
  const one = (subject: string, predicate: string): string => store.getObjects(subject, predicate, null)[0]?.value ?? "";
  return store.getSubjects(`${rdf}type`, `${rdf}Statement`, null).map(({ value: node }) => {
    const [subject, predicate, object] = ["subject", "predicate", "object"].map((name) => one(node, rdf + name)) as [
      string,
      string,
      string,
    ];
    expect(store.countQuads(subject, predicate, object, null)).toBe(1);
    expect(one(node, "http://www.w3.org/ns/prov#wasAttributedTo")).toBe("urn:weft:model/sha256%3A00ff");
    const document = one(one(node, "http://www.w3.org/ns/prov#wasDerivedFrom"), "http://purl.org/dc/terms/identifier");
    const [head, tail] = [one(node, `${weft}head`), one(node, `${weft}tail`)];
    expect([one(head, `${weft}entity`), one(tail, `${weft}entity`)]).toEqual([subject, object]);
    const relation = one(predicate, "http://www.w3.org/2000/01/rdf-schema#label");
    const place = (mention: string): number[] => [Number(one(mention, `${weft}start`)), Number(one(mention, `${weft}end`))];
    return JSON.stringify([document, ...place(head), relation, ...place(tail)]);
  });
}

/** The distinct statements of a graph: the same relation at the same places counts once. */
function shortened(row: unknown): unknown[] {
  const [document, , , headStart, headEnd, relation, , tailStart, tailEnd] = row as unknown[];
  return [document, headStart, headEnd, relation, tailStart, tailEnd];
}
