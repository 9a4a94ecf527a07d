import { escapeXml } from "@weft-nlp/core/text";
import { checkDrawable, confidenceText, type Drawable, entityText } from "./drawable.ts";
import { neutralSlot, paperColours, slotColour, typeSlots } from "./palette.ts";
import { type SvgOptions, toSvg } from "./to-svg.ts";

/** The look of the drawing, and whether to make a whole page. */
export interface HtmlOptions extends SvgOptions {
  /** Makes a whole page instead of a `<figure>` for one. Defaults to true. */
  readonly page?: boolean | undefined;
}

/**
 * The drawing of `toSvg`, the text with inline marks, and a list of relations, as self-contained
 * HTML.
 *
 * Unlike the drawing, the inline text can be selected and read aloud.
 *
 * @throws {DataError} as `toSvg`
 */
export function toHtml(source: Drawable, options: HtmlOptions = {}): string {
  checkDrawable(source);
  const { theme = "auto", page = true } = options;
  const svg = toSvg(source, options);
  const slots = typeSlots([...(options.types ?? []), ...source.entities.flatMap(({ type }) => (type === null ? [] : [type]))]);
  const relations = source.relations.map(({ head, tail, type, confidence }) => {
    const [from, to] = [entityText(source, head), entityText(source, tail)].map((text) => `<bdi>${escapeXml(text)}</bdi>`);
    return `<li>${from} → <em>${escapeXml(type)}</em> → ${to}${confidenceText(confidence)}</li>`;
  });
  const figure = [
    `<figure class="weft-figure weft-figure-${theme}">`,
    `<style>${styles(theme)}</style>`,
    svg.trimEnd(),
    `<figcaption><p dir="${options.direction ?? "auto"}">${inlineSpans(source, slots)}</p>`,
    relations.length === 0 ? "</figcaption>" : `<ul>\n${relations.join("\n")}\n</ul></figcaption>`,
    "</figure>",
  ].join("\n");
  if (!page) return `${figure}\n`;
  const scheme = theme === "auto" ? "light dark" : theme;
  return [
    "<!doctype html>",
    `<html lang="und"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="${scheme}">`,
    `<title>${escapeXml(options.title ?? "Entities and relations")}</title></head>`,
    `<body>\n${figure}\n</body></html>\n`,
  ].join("\n");
}

/**
 * The text with a span around every entity. If entities cross, the later one is closed and
 * reopened.
 */
function inlineSpans(source: Drawable, slots: ReadonlyMap<string, number>): string {
  const marks = source.entities.map(({ start, end, type, confidence }, index) => ({
    start: source.tokens[start]?.start ?? 0,
    end: source.tokens[end - 1]?.end ?? 0,
    tag: `<span class="weft-span weft-span-${type === null ? neutralSlot : (slots.get(type) ?? neutralSlot)}" title="${escapeXml(`${type ?? "entity"}${confidenceText(confidence)}`)}" data-entity="${index}">`,
    label: type === null ? "" : `<small>${escapeXml(type)}</small>`,
  }));
  marks.sort((a, b) => a.start - b.start || b.end - a.end);
  const edges = [...new Set([0, source.text.length, ...marks.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  let html = "";
  let next = 0;
  let open: (typeof marks)[number][] = [];
  for (const [place, edge] of edges.entries()) {
    const firstEnding = open.findIndex(({ end }) => end <= edge);
    if (firstEnding >= 0) {
      const closing = open.slice(firstEnding);
      html += closing
        .reverse()
        .map(({ end, label }) => `${end <= edge ? label : ""}</span>`)
        .join("");
      const going = open.slice(firstEnding).filter(({ end }) => end > edge);
      open = [...open.slice(0, firstEnding), ...going];
      html += going.map(({ tag }) => tag).join("");
    }
    for (let mark = marks[next]; mark !== undefined && mark.start === edge; mark = marks[++next]) {
      if (mark.end <= edge) continue;
      html += mark.tag;
      open.push(mark);
    }
    html += escapeXml(source.text.slice(edge, edges[place + 1] ?? edge));
  }
  return html;
}

function styles(theme: "auto" | "light" | "dark"): string {
  const colours = (shade: "light" | "dark") => {
    const rows = [
      `.weft-figure-${theme}{color:${paperColours[shade].ink}}`,
      `.weft-figure-${theme} figcaption ul{color:${paperColours[shade].soft}}`,
    ];
    for (let slot = 0; slot <= neutralSlot; slot++) {
      const { fill, border, label } = slotColour(slot, shade);
      rows.push(`.weft-figure-${theme} .weft-span-${slot}{background:${fill};border-color:${border}}`);
      rows.push(`.weft-figure-${theme} .weft-span-${slot}>small{color:${label}}`);
    }
    return rows.join("\n");
  };
  return [
    ".weft-figure{margin:1rem;font:16px/1.9 system-ui,sans-serif}.weft-figure svg{max-width:100%;height:auto}",
    ".weft-span{border:1px solid;border-radius:5px;padding:1px 4px;unicode-bidi:isolate;box-decoration-break:clone}.weft-span>small{font-weight:600;unicode-bidi:isolate;margin-inline-start:.4em}",
    ".weft-figure figcaption p{white-space:pre-wrap;max-width:50rem}.weft-figure figcaption ul{padding-inline-start:1.2rem}",
    colours(theme === "dark" ? "dark" : "light"),
    ...(theme === "auto" ? [`@media (prefers-color-scheme:dark){${colours("dark")}}`] : []),
  ].join("\n");
}
