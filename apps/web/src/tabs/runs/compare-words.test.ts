import { expect, test } from "vitest";
import { claimWords, entityWords, probabilityWords, signedPoints } from "./compare-words.ts";

const score = (correct: number) => ({ precision: 0.5, recall: 0.5, f1: 0.5, predicted: 10, gold: 10, correct });
const compared = {
  claim: "none" as const,
  difference: 0.012,
  sentences: 400,
  better: 3,
  worse: 2,
  scores: { first: score(4), second: score(5) },
};
const names = { first: "old", second: "new" };

test("a comparison claims a difference only if the tests do, and says when there is none to see", () => {
  expect(claimWords({ ...compared, claim: "better" }, names)).toBe("new is better than old.");
  expect(claimWords({ ...compared, claim: "worse" }, names)).toBe("new is worse than old.");
  expect(claimWords(compared, names)).toBe("new has +1.2 points: chance alone may explain the difference.");
  expect(claimWords({ ...compared, sentences: 40 }, names)).toContain("and 40 sentences are few");
  expect(claimWords({ ...compared, difference: 0.0001 }, names)).toMatch(/^The two are level:/);
  expect(claimWords({ ...compared, better: 0, worse: 0 }, names)).toBe("new and old are equal on every sentence.");
  const nothing = { ...compared, scores: { first: score(0), second: score(0) } };
  expect(claimWords(nothing, names)).toBe("Neither old nor new gets anything right here yet.");
});

test("numbers have a sign that is a minus, and p is that of the weaker test", () => {
  expect([0.0234, -0.004, 0.0001].map(signedPoints)).toEqual(["+2.3", "−0.4", "0.0"]);
  expect(probabilityWords({ bootstrap: 0.0123, randomisation: 0.00011 })).toBe("0.012");
  expect(probabilityWords({ bootstrap: 0.5, randomisation: 1 })).toBe("1.00");
  expect(entityWords({ protocol: "ner-strict", first: 0.601, second: 0.632 })).toBe(" Entities: 60.1 → 63.2 by ner-strict.");
  expect(entityWords(null)).toBe("");
});
