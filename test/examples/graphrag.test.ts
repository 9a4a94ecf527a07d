import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Document } from "@weft-nlp/core";
import { expect, test } from "vitest";
import { documentFromRecord } from "weft-nlp";
import { GraphTransformer } from "weft-nlp/langchain";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Annotates each document as the record with its id says. */
const annotations: Readonly<Record<string, object>> = {
  a: {
    entities: [
      { startChar: 0, endChar: 10, type: "PER", confidence: 0.7 },
      { startChar: 18, endChar: 22, type: "ORG", confidence: 0.9 },
      { startChar: 24, endChar: 33, type: "PER", confidence: 0.8 },
      { startChar: 40, endChar: 44, type: "ORG", confidence: 0.6 },
      { startChar: 46, endChar: 50, type: null },
    ],
    relations: [
      { head: 0, tail: 1, type: "leads", confidence: 0.5 },
      { head: 2, tail: 3, type: "leads", confidence: 0.75 },
      { head: 1, tail: 0, type: "pays" },
    ],
  },
  b: { entities: [], relations: [] },
};
const extractor = {
  async *documents(documents: Iterable<Document>): AsyncGenerator<Document> {
    for (const { id, text } of documents) yield documentFromRecord({ id, text, ...annotations[id] }, {}).document;
  },
};
const source = { id: "a", pageContent: "Mara  Voss leads  Acme. Mara Voss leads Acme. Acme", metadata: { page: 3 } };

test("mentions of one thing are one node, and relations between the same nodes are one relationship", async () => {
  const graphs = await new GraphTransformer(extractor).convertToGraphDocuments([source, { id: "b", pageContent: "" }]);
  const mara = { id: "Mara Voss", type: "PER", properties: { mentions: 2, confidence: 0.8 } };
  const acme = { id: "Acme", type: "ORG", properties: { mentions: 2, confidence: 0.9 } };
  expect(graphs[0]?.nodes).toEqual([mara, acme, { id: "Acme", type: "Entity", properties: { mentions: 1, confidence: 1 } }]);
  expect(graphs[0]?.relationships).toEqual([
    { source: mara, target: acme, type: "leads", properties: { mentions: 2, confidence: 0.75 } },
    { source: acme, target: mara, type: "pays", properties: { mentions: 1, confidence: 1 } },
  ]);
  expect(graphs[0]?.source).toBe(source);
  expect(graphs[1]).toMatchObject({ nodes: [], relationships: [] });
});

test("the example collects the facts that a question needs", () => {
  const lines = execFileSync(process.execPath, ["examples/graphrag/graphrag.mjs"], { cwd: root, encoding: "utf8" }).split("\n");
  expect(lines).toContain("  Mara Voss founded Kettle Robotics (news-1)");
  expect(lines).toContain("  Kettle Robotics based_in Bremen (news-1)");
  expect(lines.join("\n")).not.toContain("Nadia");
});

/** Where `npm install` in the example put LangChain; it is no dependency of this repository. */
function langchain(name: string): string | undefined {
  try {
    return pathToFileURL(createRequire(process.env["WEFT_LANGCHAIN"] ?? `${root}examples/graphrag/x.mjs`).resolve(name)).href;
  } catch {
    return undefined;
  }
}

const documentsModule = langchain("@langchain/core/documents");
const graphModule = langchain("@langchain/community/graphs/document");

test.skipIf(documentsModule === undefined || graphModule === undefined)(
  "LangChain's own classes take the graph documents (skipped without `npm install` in the example)",
  async () => {
    const { Document: LangChainDocument } = (await import(documentsModule ?? "")) as {
      Document: new (fields: object) => { pageContent: string; id?: string };
    };
    const { GraphDocument, Node, Relationship } = (await import(graphModule ?? "")) as Record<
      "GraphDocument" | "Node" | "Relationship",
      new (
        fields: object,
      ) => object
    >;
    const [graph] = await new GraphTransformer(extractor).convertToGraphDocuments([new LangChainDocument(source)]);
    const relationships = graph?.relationships.map((each) => new Relationship(each)) ?? [];
    const theirs = new GraphDocument({ nodes: graph?.nodes.map((node) => new Node(node)), relationships, source: graph?.source });
    expect(theirs).toMatchObject({ nodes: graph?.nodes, relationships: graph?.relationships });
  },
);
