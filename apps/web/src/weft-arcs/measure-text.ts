import { fontFamily, type MeasureText } from "@weft-nlp/draw";

const widths = new Map<string, Map<string, number>>();
let context: CanvasRenderingContext2D | null | undefined;

/** Widths in the font that this browser really draws; undefined where it has no canvas. */
export function textMeasure(): MeasureText | undefined {
  if (context === undefined) {
    context = document.createElement("canvas").getContext("2d");
    if (context !== null) context.textRendering = "geometricPrecision";
  }
  return context === null ? undefined : measure;
}

const measure: MeasureText = (text, fontSize, weight) => {
  const font = `${weight} ${fontSize}px ${fontFamily}`;
  const known = widths.get(font) ?? new Map<string, number>();
  widths.set(font, known);
  const width = known.get(text);
  if (width !== undefined || context === null || context === undefined) return width ?? 0;
  if (known.size >= maxKnown) known.clear();
  context.font = font;
  const { width: measured } = context.measureText(text);
  known.set(text, measured);
  return measured;
};

/** Enough for the words of a long document, and a few megabytes at most. */
const maxKnown = 20_000;
