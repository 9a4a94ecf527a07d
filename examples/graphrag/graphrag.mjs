// Builds a graph from LangChain documents, and collects from it what a question needs to know.
// Run it here after `npm install`, or without LangChain: plain objects do as well.
import { Extractor } from "weft-nlp";
import { GraphTransformer } from "weft-nlp/langchain";

const { Document } = await import("@langchain/core/documents").catch(() => ({ Document: undefined }));
const make = (pageContent, metadata) =>
  Document === undefined ? { pageContent, metadata } : new Document({ pageContent, metadata });

const documents = [
  make("Mara Voss founded Kettle Robotics in Bremen and still leads it.", { source: "news-1" }),
  make("Nadia Okafor, who wrote The Salt Orchard, lives in Lagos.", { source: "news-2" }),
];

const extractor = await Extractor.open(process.argv[2] ?? "examples/model");
const graphs = await new GraphTransformer(extractor).convertToGraphDocuments(documents);
await extractor.close();

// `await new Neo4jGraph(…).addGraphDocuments(graphs, { includeSource: true })` stores them. This is
// the same retrieval in memory: the facts within two steps of what the question names, with their
// sources.
const edges = graphs.flatMap(({ relationships, source }) =>
  relationships.map((edge) => ({ ...edge, source: edge.source, from: source })),
);
const question = "Where is the company of Mara Voss?";
let reached = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ id }) => id)).filter((id) => question.includes(id)));
const facts = new Set();
for (let step = 0; step < 2; step++) {
  const near = edges.filter(({ source, target }) => reached.has(source.id) || reached.has(target.id));
  for (const { source, type, target, from } of near) facts.add(`${source.id} ${type} ${target.id} (${from.metadata.source})`);
  reached = new Set([...reached, ...near.flatMap(({ source, target }) => [source.id, target.id])]);
}
console.log(question);
for (const fact of facts) console.log(`  ${fact}`);
