import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { Sentence } from "@weft-nlp/core";
import { evaluate, type Prediction, type ProtocolName } from "@weft-nlp/core/metrics";
import { eightSentences, sentence } from "@weft-nlp/core/testing";
import { expect, test } from "vitest";
import { pageScriptSource, scorePage } from "./index.ts";
import type { ReviewData } from "./review.ts";

const withoutLast = ({ entities, relations }: Sentence): Prediction => ({ entities, relations: relations.slice(0, -1) });

async function pageOf(
  gold: readonly Sentence[],
  predictions: readonly Prediction[] = gold.map(withoutLast),
  names: readonly ProtocolName[] = ["strict", "ner-strict"],
  limit?: number,
): Promise<string> {
  const report = evaluate(gold, predictions, { protocols: names, intervals: { resamples: 100 } });
  return scorePage({ report, gold, predictions, title: "A model on data", limit });
}

const block = (page: string, id: string): string =>
  new RegExp(`<script type="[a-z/]+" id="${id}">([^<]*)</script>`).exec(page)?.[1] ?? "";
const dataOf = (page: string) => JSON.parse(block(page, "review-data")) as ReviewData;
const drawingsOf = (page: string, number: number) =>
  JSON.parse(gunzipSync(Buffer.from(block(page, `drawings-${number}`), "base64")).toString()) as string[][];

test("a page requests nothing, and its policy allows only its own script", async () => {
  const page = await pageOf(eightSentences);
  const [, script = ""] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
  const hash = createHash("sha256").update(script).digest("base64");
  expect(pageScriptSource).toBe(`'sha256-${hash}'`);
  expect(page).toContain(
    `content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-${hash}&#39;`,
  );
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:\/\/|<link|<img|@import|url\(/);
  expect(page).not.toMatch(/\son[a-z]+=/);
});

test("numbers come with their intervals, their rule in words and the common rules", async () => {
  const page = await pageOf(eightSentences);
  for (const text of [
    "A relation is right when its type, both argument spans and both argument entity types are right.",
    "95 % interval: 100 bootstrap resamples of the sentences, seed 1",
    "false negative",
    "empty sentences",
    "tokens between the arguments",
    "number of gold triples in the sentence",
  ]) {
    expect(page).toContain(text);
  }
  expect(page).toMatch(/<td>100\.0<span class="range">100\.0–100\.0<\/span><\/td>/);
});

test("the list has every sentence with a mistake, and draws each side", async () => {
  const gold = Array.from({ length: 45 }, (_, index) =>
    sentence(`s${index}`, "[Ada|PER] joined [Acme|ORG] .", ...(index % 2 === 0 ? ["0 works_for 1"] : [])),
  );
  const page = await pageOf(gold);
  const { sentences, left, columns } = dataOf(page);
  expect({ count: sentences.length, left, columns }).toEqual({ count: 23, left: 0, columns: ["gold", "predicted"] });
  expect(sentences[1]).toEqual({
    id: "s2",
    text: "Ada joined Acme .",
    verdict: "",
    findings: [
      { side: 1, what: "relation", kind: "falseNegative", gold: "works_for", predicted: null, head: [0, 3], tail: [11, 15] },
    ],
  });
  const [goldDrawing = "", predictedDrawing = ""] = drawingsOf(page, 1)[2] ?? [];
  expect(goldDrawing).toContain("gold: s44");
  expect(goldDrawing).toContain("works_for");
  expect(predictedDrawing).toContain("predicted: s44");
  expect(predictedDrawing).not.toContain("works_for");
});

test("counts sentences that do not fit", async () => {
  const page = await pageOf(eightSentences, undefined, undefined, 3);
  const { sentences, left } = dataOf(page);
  expect(sentences).toHaveLength(3);
  expect(left).toBeGreaterThan(0);
  expect(page).toContain(`${left} more are not in this file`);
});

test("hostile text is escaped", async () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&`;
  const arabic = "\u202eمرحبا";
  const gold: Sentence[] = [
    {
      id: evil,
      tokens: [evil, arabic, "👩‍👩‍👧", "\u0000\ud800"],
      entities: [
        { start: 0, end: 1, type: evil },
        { start: 1, end: 3, type: "</title>" },
      ],
      relations: [{ head: 0, tail: 1, type: `<svg onload="alert(1)">` }],
    },
  ];
  const predictions: Prediction[] = [{ entities: gold[0]?.entities ?? [], relations: [{ head: 1, tail: 0, type: evil }] }];
  const report = evaluate(gold, predictions, { protocols: ["strict"], dataSet: evil, ignoredTypes: ["<b>"] });
  const page = await scorePage({ report, gold, predictions, title: evil, facts: [[evil, evil]] });
  const markup = [page, ...drawingsOf(page, 0).flat()].join("\n");
  expect(markup).not.toContain("<script>alert");
  expect(markup).not.toContain("<img");
  expect(markup).not.toMatch(/<svg onload/);
  expect(page.match(/<script\b/g)).toHaveLength(3);
  expect(dataOf(page).sentences[0]?.text).toContain(evil);
  expect(dataOf(page).sentences[0]?.text).toContain("👩‍👩‍👧");
});

test("shows classifiers of given pairs pair by pair", async () => {
  const first = (page: string) => /<select name="view"><option value="(\w+)"/.exec(page)?.[1];
  expect(first(await pageOf(eightSentences))).toBe("sentences");
  expect(first(await pageOf(eightSentences, undefined, ["pairs-undirected"]))).toBe("pairs");
});

test("makes a page without sentences or without mistakes", async () => {
  expect(dataOf(await pageOf([])).sentences).toEqual([]);
  expect(dataOf(await pageOf(eightSentences, eightSentences)).sentences).toEqual([]);
});

test("a data set with hundreds of types gets a list of confusions", async () => {
  const gold = Array.from({ length: 40 }, (_, index) => sentence(`${index}`, "[a|X] b [c|Y]", `0 type${index} 1`));
  const predictions = gold.map(({ entities }, index) => ({
    entities,
    relations: [{ head: 0, tail: 1, type: `type${(index + 1) % 40}` }],
  }));
  const page = await pageOf(gold, predictions, ["strict"]);
  expect(page).toContain("and 10 rarer ones");
});
