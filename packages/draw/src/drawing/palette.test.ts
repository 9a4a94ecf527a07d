import { expect, test } from "vitest";
import { contrast, neutralSlot, paperColours, type Shade, seriesColours, slotColour, slotCount, typeSlots } from "./palette.ts";

const shades: readonly Shade[] = ["light", "dark"];

test.each(shades)("text on %s paper and in boxes has the contrast that WCAG AA requires", (shade) => {
  const { paper, ink, soft, line } = paperColours[shade];
  expect(contrast(ink, paper)).toBeGreaterThan(12);
  expect(contrast(soft, paper)).toBeGreaterThan(5.5);
  expect(contrast(line, paper)).toBeGreaterThan(3);
  for (let slot = 0; slot <= neutralSlot; slot++) {
    const { fill, label } = slotColour(slot, shade);
    expect(contrast(label, fill), `label of slot ${slot}`).toBeGreaterThan(4.5);
    expect(contrast(ink, fill), `word in slot ${slot}`).toBeGreaterThan(7);
  }
  for (const colour of seriesColours[shade]) expect(contrast(colour, paper), colour).toBeGreaterThan(4.5);
});

test("contrast agrees with its definition at the extremes", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#777777")).toBe(1);
});

test("a type's colour depends on its name, whatever the spelling of common names", () => {
  expect(typeSlots(["PER"]).get("PER")).toBe(typeSlots(["Person", "LOC"]).get("Person"));
  expect(typeSlots(["zeta"]).get("zeta")).toBe(typeSlots(["zeta", "PER", "ORG"]).get("zeta"));
});

test("up to twelve types have different colours, in any order", () => {
  const types = Array.from({ length: slotCount }, (_, index) => `type ${index}`);
  const slots = typeSlots(types);
  expect(new Set(slots.values()).size).toBe(slotCount);
  expect(typeSlots([...types].reverse())).toEqual(slots);
  expect(typeSlots([...types, "one more"]).size).toBe(slotCount + 1);
});
