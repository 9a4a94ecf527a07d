import { escapeXml } from "@weft-nlp/core/text";
import { hashText } from "./hash-text.ts";
import { neutralSlot, paperColours, type Shade, seriesColours, slotColour } from "./palette.ts";

/** `auto` follows the reader's system; `light` and `dark` are fixed. */
export type Theme = "auto" | Shade;

export interface SvgFrame {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  readonly theme: Theme;
  /** Paints paper behind the drawing; without it the page must offer a matching background. */
  readonly background: boolean;
  readonly slots?: Iterable<number> | undefined;
  readonly series?: number | undefined;
  /** Whether the element contains its style sheet. Defaults to true. */
  readonly styles?: boolean | undefined;
  /** Rules of the drawing, made with `paint`. */
  readonly rules: string;
  readonly body: string;
}

/**
 * A complete SVG element: sizes, title and description for screen readers, colours for light and
 * dark, and the body.
 */
export function svgFrame(frame: SvgFrame): string {
  const { title, description, theme } = frame;
  const [width, height] = [round(frame.width), round(frame.height)];
  const id = `weft-${hashText(`${title}\n${description}\n${frame.body}`).toString(36)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="weft-${theme}" role="img" aria-labelledby="${id}-title ${id}-desc"`,
    ` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n`,
    `<title id="${id}-title">${escapeXml(title)}</title>\n<desc id="${id}-desc">${escapeXml(description)}</desc>\n`,
    frame.styles === false ? "" : `<style>${colourRules(frame)}\n${frame.rules}</style>\n`,
    frame.background ? `<rect class="weft-paper" width="${width}" height="${height}" rx="10"/>\n` : "",
    `${frame.body}\n</svg>\n`,
  ].join("");
}

/**
 * A CSS declaration with a theme colour.
 *
 * The plain colour comes first, for renderers without CSS variables. All others use the second
 * value, which a page can override and which follows the colour scheme.
 */
export function paint(property: "fill" | "stroke", name: string, theme: Theme): string {
  const fallback = themeColours(theme === "dark" ? "dark" : "light").get(name);
  return `${property}:${fallback};${property}:var(--weft-${name})`;
}

/** Formats a number for drawings: at most two decimals, never in exponent form. */
export function round(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(Object.is(rounded, -0) ? 0 : rounded);
}

/** The colours as CSS variables of the drawing, and its paper. */
export function colourRules(frame: Pick<SvgFrame, "theme" | "slots" | "series">): string {
  const { theme } = frame;
  const wanted = new Set(Object.keys(paperColours.light));
  for (const slot of frame.slots ?? []) for (const part of ["fill", "border", "label"]) wanted.add(`type-${slot}-${part}`);
  for (let index = 0; index < (frame.series ?? 0); index++) wanted.add(`series-${index % seriesColours.light.length}`);
  const variables = (shade: Shade) =>
    [...themeColours(shade)]
      .filter(([name]) => wanted.has(name))
      .map(([name, colour]) => `--weft-${name}:${colour}`)
      .join(";");
  const rules = [`.weft-${theme}{font-family:${fontFamily};${variables(theme === "dark" ? "dark" : "light")}}`];
  if (theme === "auto") rules.push(`@media (prefers-color-scheme:dark){.weft-auto{${variables("dark")}}}`);
  rules.push(`.weft-paper{${paint("fill", "paper", theme)}}`);
  return rules.join("\n");
}

/** Fonts with the widths that `textWidth` knows come first. */
export const fontFamily =
  '"Helvetica Neue",Helvetica,Arial,"Liberation Sans",Arimo,Roboto,"Noto Sans","Noto Sans CJK SC",sans-serif';

const cache = new Map<Shade, Map<string, string>>();

function themeColours(shade: Shade): Map<string, string> {
  const known = cache.get(shade);
  if (known !== undefined) return known;
  const colours = new Map<string, string>(Object.entries(paperColours[shade]));
  for (let slot = 0; slot <= neutralSlot; slot++) {
    for (const [part, colour] of Object.entries(slotColour(slot, shade))) colours.set(`type-${slot}-${part}`, colour);
  }
  for (const [index, colour] of seriesColours[shade].entries()) colours.set(`series-${index}`, colour);
  cache.set(shade, colours);
  return colours;
}
