import { expect, test } from "vitest";
import { Random } from "../../tensor/random.ts";
import { backwardMessages, bestPath, type Chain, expectations, pathScore } from "./chain.ts";

function drawChain(n: number, tags: number, seed: number): Chain {
  const random = Random.of(seed, "chain");
  const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.normal());
  return { scores: draw(n * tags), transitions: draw(tags * tags), start: draw(tags), end: draw(tags) };
}

function* paths(n: number, tags: number): Generator<number[]> {
  if (n === 0) yield [];
  else for (const rest of paths(n - 1, tags)) for (let t = 0; t < tags; t++) yield [...rest, t];
}

test.each([
  [0, 3],
  [1, 4],
  [4, 3],
  [5, 1],
])("sums, shares and the best path are those of all paths: %i tokens, %i tags", (n, tags) => {
  const chain = drawChain(n, tags, 5);
  const all = [...paths(n, tags)].map((path) => ({ path, score: pathScore(chain, path) }));
  const total = all.reduce((sum, { score }) => sum + Math.exp(score), 0);
  const found = expectations(chain);
  expect(found.logPartition).toBeCloseTo(Math.log(total), 10);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < tags; t++) {
      const share = all.filter(({ path }) => path[i] === t).reduce((sum, { score }) => sum + Math.exp(score), 0) / total;
      expect(found.scores[i * tags + t]).toBeCloseTo(share, 10);
    }
  }
  expect(found.transitions.reduce((sum, value) => sum + value, 0)).toBeCloseTo(Math.max(0, n - 1), 10);
  const best = all.reduce((top, item) => (item.score > top.score ? item : top));
  expect([...bestPath(chain)]).toEqual(best.path);
  expect(backwardMessages(chain).length).toBe(n * tags);
});

test("a forbidden step is never taken", () => {
  const chain = drawChain(6, 3, 9);
  chain.transitions[1] = -Infinity;
  chain.start[2] = -Infinity;
  const path = [...bestPath(chain)];
  expect(path[0]).not.toBe(2);
  expect(path.some((tag, i) => tag === 1 && path[i - 1] === 0)).toBe(false);
  const { transitions, start } = expectations(chain);
  expect([transitions[1], start[2]]).toEqual([0, 0]);
});
