import { expect, test } from "vitest";
import { didYouMean, nearestName } from "./nearest-name.ts";

test.each([
  ["epohcs", "epochs"],
  ["epoch", "epochs"],
  ["learningRate", "learning_rate"],
  ["batch-sze", "batchSize"],
  ["dropuot", "dropout"],
  ["vec", "vectors"],
])("%s means %s", (typed, meant) => {
  const names = ["epochs", "learning_rate", "batchSize", "dropout", "vectors", "seed"];
  expect(nearestName(typed, names)).toBe(meant);
  expect(didYouMean(typed, names)).toBe(`did you mean ${meant}?`);
});

test("suggests nothing if no name is near", () => {
  expect(nearestName("colour", ["epochs", "seed"])).toBeUndefined();
  expect(didYouMean("", ["epochs"])).toBeUndefined();
});
