import { expect, test } from "vitest";
import { eightSentences, tagged, untyped } from "../testing/example-sentences.ts";
import { parseConfig } from "./config.ts";
import { fingerprint } from "./fingerprint.ts";

const config = parseConfig({ data: { train: "a", dev: "b" }, model: { name: "rin" } });
const [train, dev] = [eightSentences.slice(0, 6), eightSentences.slice(6)];
const mark = fingerprint(config, train, dev);

test("paths do not matter: the same training elsewhere has the same mark", () => {
  expect(mark).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprint({ ...config, data: { train: "/x/a", dev: "/x/b", test: "/x/c" } }, train, dev)).toBe(mark);
  expect(fingerprint({ ...config, vectors: "/x" }, train, dev)).toBe(mark);
});

test.each<[string, string]>([
  ["a seed", fingerprint({ ...config, seed: 2 }, train, dev)],
  ["a setting of the model", fingerprint({ ...config, model: { ...config.model, rounds: 3 } }, train, dev)],
  ["word vectors", fingerprint(config, train, dev, { digest: "0123456789abcdef" })],
  ["the order of sentences", fingerprint(config, train.toReversed(), dev)],
  ["entity types", fingerprint(config, untyped(train), dev)],
  ["part-of-speech tags", fingerprint(config, tagged(train), tagged(dev))],
  ["the border of train and dev", fingerprint(config, eightSentences.slice(0, 5), eightSentences.slice(5))],
  [
    "a relation of dev",
    fingerprint(
      config,
      train,
      dev.map((sentence) => ({ ...sentence, relations: [] })),
    ),
  ],
])("%s matters", (_, other) => {
  expect(other).not.toBe(mark);
});
