import type { Document } from "@weft-nlp/core";
import { expect, test } from "vitest";
import { tripleGraph } from "./triple-graph.ts";

function chain(names: readonly string[], links: readonly [number, string, number][]): Document {
  const text = names.join(" ");
  let at = 0;
  const tokens = names.map((name) => {
    const token = { text: name, start: at, end: at + name.length };
    at += name.length + 1;
    return token;
  });
  return {
    id: "d",
    text,
    tokens,
    sentences: [{ start: 0, end: names.length }],
    entities: names.map((_, index) => ({ start: index, end: index + 1, type: "X" })),
    relations: links.map(([head, type, tail], index) => ({ head, tail, type, confidence: 0.5 + index / 100 })),
    metadata: {},
  };
}

const measure = (text: string): number => text.length * 7;

test("mentions with the same words and type share a node, and repeated triples an edge with the highest confidence", () => {
  const document = chain(
    ["Ada", "Acme", "Ada", "Acme"],
    [
      [0, "leads", 1],
      [2, "leads", 3],
      [2, "founded", 3],
    ],
  );
  const { nodes, edges } = tripleGraph(document, measure, 1.5);
  expect(nodes.map(({ text, degree }) => [text, degree])).toEqual([
    ["Acme", 3],
    ["Ada", 3],
  ]);
  expect(edges.map(({ relation, count, confidence, lane }) => [relation, count, confidence, lane])).toEqual([
    ["leads", 2, 0.51, 0],
    ["founded", 1, 0.52, expect.any(Number)],
  ]);
  expect(Math.abs(edges[1]?.lane ?? 0)).toBe(1);
});

test("the same document gives the same picture, and no boxes overlap", () => {
  const names = Array.from({ length: 40 }, (_, index) => `Name${index}`);
  const links = names.slice(1).map((_, index): [number, string, number] => [index + 1, "of", Math.floor(index / 3)]);
  const [one, other] = [tripleGraph(chain(names, links), measure, 1.5), tripleGraph(chain(names, links), measure, 1.5)];
  expect(one.nodes.map(({ x, y }) => [x, y])).toEqual(other.nodes.map(({ x, y }) => [x, y]));
  for (const [index, a] of one.nodes.entries()) {
    for (const b of one.nodes.slice(index + 1)) {
      expect(Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < 30, `${a.text} and ${b.text}`).toBe(false);
    }
  }
});

test("of very many entities, those with the most relations are drawn and the rest are counted", () => {
  const names = Array.from({ length: 500 }, (_, index) => `Name${index}`);
  const links = names.slice(1).map((_, index): [number, string, number] => [index + 1, "of", 0]);
  const { nodes, edges, total } = tripleGraph(chain(names, links), measure, 1.5);
  expect(total).toBe(500);
  expect(nodes.length).toBe(120);
  expect(nodes[0]?.text).toBe("Name0");
  expect(edges.length).toBe(119);
});
