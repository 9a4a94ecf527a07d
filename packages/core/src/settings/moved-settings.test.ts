import { expect, test } from "vitest";
import { models } from "../models/index.ts";
import { migrateSettings, movedSetting } from "./moved-settings.ts";

test.each([
  [["model", "wordSize"], "model.inputs.words.size"],
  [["model", "classifier", "tagSize"], "model.classifier.inputs.tags.size"],
  [["model", "filterWidths"], "model.inputs.characters.widths (and model.spanWidths for the spans of joint-nn)"],
  [["vocabulary", "characters"], "model.inputs.characters"],
  [["vocabulary", "pos"], "model.inputs.pos"],
])("%j is now %s", (path, place) => {
  expect(movedSetting(path)).toBe(place);
});

test.each([[["model", "rounds"]], [["training", "wordSize"]], [["wordSize"]], [["model", "constructor"]], [[]]])(
  "%j has not moved",
  (path) => {
    expect(movedSetting(path)).toBeUndefined();
  },
);

test("old settings become sections of their inputs; inputs without settings keep the defaults", () => {
  expect(migrateSettings({ name: "rin", wordSize: 3, posSize: 2, rounds: 1 })).toEqual({
    ...{ name: "rin", rounds: 1 },
    inputs: { words: { size: 3 }, pos: { size: 2 } },
  });
  expect(migrateSettings({ name: "joint-nn", characterFilters: 4, filterWidths: [2], tagger: "crf" })).toEqual({
    ...{ name: "joint-nn", tagger: "crf", spanWidths: [2] },
    inputs: { characters: { filters: 4, widths: [2] } },
  });
  expect(migrateSettings({ name: "pcnn", tag: false, tagSize: 7 })).toEqual({ name: "pcnn", inputs: { tags: false } });
  expect(migrateSettings({ name: "rin" })).toEqual({ name: "rin" });
});

test("each part of a pipeline is migrated", () => {
  const { name: _name, ...settings } = migrateSettings({
    name: "pipeline",
    tagger: { name: "bilstm-tagger", wordSize: 5, filterWidths: [3] },
    classifier: { name: "pcnn", wordSize: 6, tag: true, tagSize: 4 },
  });
  expect(models.get("pipeline").settings.parse(settings)).toMatchObject({
    tagger: { inputs: { words: { size: 5 }, characters: { size: 50, widths: [3] }, pos: false } },
    classifier: { inputs: { words: { size: 6 }, tags: { size: 4 }, characters: false } },
  });
});
