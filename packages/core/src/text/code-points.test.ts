import fc from "fast-check";
import { expect, test } from "vitest";
import { offsetTranslation } from "./code-points.ts";

test("counts user-perceived characters as graphemes", () => {
  const text = "e\u0301👩‍🚀\r\nx"; // an accent, an astronaut of three code points, a line end of two
  const { toUtf16, fromUtf16 } = offsetTranslation(text, "grapheme");
  expect([0, 1, 2, 3, 4, 5].map(toUtf16)).toEqual([0, 2, 7, 9, 10, undefined]);
  expect([0, 1, 2, 4, 7, 8, 9, 10].map(fromUtf16)).toEqual([0, undefined, 1, undefined, 2, undefined, 3, 4]);
});

test("offsets survive a round trip in every unit and increase with position", () => {
  const piece = fc.constantFrom("a", "é", "e\u0301", "🚀", "👩‍🚀", "\r\n", "한", "\u1112\u1161\u11ab", "\ud800");
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, fc.constantFrom("utf16" as const, "codepoint" as const, "grapheme" as const), (whole, unit) => {
      const { toUtf16, fromUtf16 } = offsetTranslation(whole, unit);
      const starts = startsOf(whole, unit);
      for (const [offset, start] of starts.entries()) {
        expect(toUtf16(offset)).toBe(start);
        expect(fromUtf16(start)).toBe(offset);
      }
      expect(toUtf16(starts.length)).toBeUndefined();
      for (let place = 0; place <= whole.length; place++) if (!starts.includes(place)) expect(fromUtf16(place)).toBeUndefined();
    }),
  );
});

test("line ends count as one character, or as two, whatever the text has", () => {
  const windows = offsetTranslation("🚀\r\nb\r\nc", "codepoint", "once");
  expect([0, 1, 2, 3, 4, 5, 6].map(windows.toUtf16)).toEqual([0, 2, 4, 5, 7, 8, undefined]);
  expect([0, 2, 3, 4, 5, 7, 8].map(windows.fromUtf16)).toEqual([0, 1, undefined, 2, 3, 4, 5]);
  const plain = offsetTranslation("🚀\nb\nc", "codepoint", "twice");
  expect([0, 1, 3, 4, 6, 7, 8].map(plain.toUtf16)).toEqual([0, 2, 3, 4, 5, 6, undefined]);
  expect([0, 2, 3, 4, 5, 6].map(plain.fromUtf16)).toEqual([0, 1, 3, 4, 6, 7]);
});

/** Where each character begins, plus the end of the text. */
function startsOf(text: string, unit: "utf16" | "codepoint" | "grapheme"): number[] {
  const pieces =
    unit === "utf16"
      ? text.split("")
      : unit === "codepoint"
        ? Array.from(text)
        : Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const starts = [0];
  for (const { length } of pieces) starts.push((starts.at(-1) ?? 0) + length);
  return starts;
}
