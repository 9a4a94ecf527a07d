import { compareSystems, type Prediction } from "@weft-nlp/core/metrics";
import { eightSentences, sentence } from "@weft-nlp/core/testing";
import { expect, test } from "vitest";
import { comparisonPage, differences } from "./index.ts";

const gold = [...eightSentences, ...eightSentences];
const empty = gold.map(({ entities }): Prediction => ({ entities, relations: [] }));
const first = { name: "runs/a", runs: [empty] };
const second = {
  name: "runs/b",
  runs: [gold.map(({ entities, relations }) => ({ entities, relations: relations.slice(0, 1) }))],
};

test("differences come largest first, with the mistakes of each side", () => {
  const found = differences("strict", gold, first, second);
  const gains = found.map(({ gain }) => gain);
  expect(gains).toEqual([...gains].sort((a, b) => b - a));
  expect(found.length).toBe(gold.filter(({ relations }) => relations.length > 0).length);
  const [one] = found;
  expect(one).toMatchObject({ verdict: "better", gain: 1 });
  expect(one?.findings.every(({ side, kind }) => side === 1 && kind === "falseNegative")).toBe(true);
  expect(differences("strict", gold, second, first)[0]?.verdict).toBe("worse");
  expect(differences("strict", gold, second, second)).toEqual([]);
});

test("shows the first of several runs", () => {
  const one = [sentence("1", "[Ann|PER] met [Bob|PER]", "0 met 1")];
  const nothing = one.map(({ entities }): Prediction => ({ entities, relations: [] }));
  const systems = [
    { name: "a", runs: [nothing, one] },
    { name: "b", runs: [nothing, nothing] },
  ] as const;
  expect(differences("strict", one, systems[0], systems[1])).toEqual([]);
});

test("a page states the claim, the tests and the parts", async () => {
  const comparison = compareSystems(gold, first, second, { protocols: ["strict", "ner-strict"] });
  const page = await comparisonPage({ comparison, gold, first, second, title: "a <b> b" });
  for (const text of [
    "a &lt;b&gt; b",
    "<strong>strict:</strong> B is better",
    "<strong>ner-strict:</strong> no difference can be claimed",
    "10,000 resamples each",
    "By words between the arguments",
    '<option value="better">',
  ]) {
    expect(page).toContain(text);
  }
});
