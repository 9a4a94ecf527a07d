import { fontFamily, type MeasureText } from "@weft-nlp/draw";

const context = document.createElement("canvas").getContext("2d");
if (context !== null) context.textRendering = "geometricPrecision";
const widths = new Map<string, Map<string, number>>();

/** Widths in the font that this browser really draws; undefined where it has no canvas. */
export const measureText: MeasureText | undefined =
  context === null
    ? undefined
    : (text, fontSize, weight) => {
        const font = `${weight} ${fontSize}px ${fontFamily}`;
        const known = widths.get(font) ?? new Map<string, number>();
        widths.set(font, known);
        const width = known.get(text);
        if (width !== undefined) return width;
        if (known.size >= maxKnown) known.clear();
        context.font = font;
        const { width: measured } = context.measureText(text);
        known.set(text, measured);
        return measured;
      };

/** Enough for the words of a long document, and a few megabytes at most. */
const maxKnown = 20_000;
