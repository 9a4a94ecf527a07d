import { expect, test } from "vitest";
import { inputNeeds, inputSettings } from "./input-settings.ts";

const schema = inputSettings({ words: { size: 7 }, pos: { size: 3 } });
const off = { words: { size: 7 }, characters: false, wordShape: false, pos: { size: 3, when: "tagged" }, encoder: false };

test("a model reads its own inputs by default, with its own sizes", () => {
  expect(schema.parse(undefined)).toEqual(off);
  expect(schema.parse({})).toEqual(off);
});

test("given settings are merged over the defaults", () => {
  expect(schema.parse({ characters: {}, pos: { when: "always" } })).toEqual({
    ...off,
    characters: { size: 50, filters: 25, widths: [2, 3] },
    pos: { size: 3, when: "always" },
  });
});

test.each([
  ["off", "on"],
  [false, true],
])("%j switches an input off and %j on", (no, yes) => {
  const inputs = schema.parse({ pos: no, words: yes, wordShape: yes });
  expect(inputs).toEqual({ ...off, pos: false, wordShape: { size: 10 } });
  expect(schema.parse(inputs)).toEqual(inputs);
});

test.each([{ words: 3 }, { word: {} }, { words: { sise: 3 } }, { tags: {} }, { words: "off", pos: "off" }])(
  "%j is refused",
  (inputs) => {
    expect(schema.safeParse(inputs).success).toBe(false);
  },
);

test("a lexicon needs what the inputs read that are switched on", () => {
  expect(inputNeeds(schema.parse({}))).toEqual({ pos: "tagged" });
  expect(inputNeeds(schema.parse({ characters: "on", pos: "off" }))).toEqual({ characters: true });
  expect(inputNeeds(schema.parse({ pos: { when: "always" } }))).toEqual({ pos: "always" });
});
