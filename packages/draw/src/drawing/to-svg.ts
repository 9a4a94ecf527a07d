import { escapeXml } from "@weft-nlp/core/text";
import { type Arc, type ArcLayout, arcSizes, layoutArcs, portsWidth } from "./arc-layout.ts";
import { checkDrawable, confidenceText, type Drawable, entityText } from "./drawable.ts";
import { groupByLine } from "./group-by-line.ts";
import { neutralSlot, typeSlots } from "./palette.ts";
import { fitText, type MeasureText, measureByTable } from "./text-width.ts";
import { colourRules, paint, round, svgFrame, type Theme } from "./theme.ts";
import { type EntityBox, layoutWords, type WordLayout, type WordLayoutOptions } from "./word-layout.ts";

/** The look of a drawing. */
export interface SvgOptions {
  /** Max width of a line in pixels. Defaults to 860. */
  readonly width?: number | undefined;
  /** In pixels. Defaults to 17. */
  readonly fontSize?: number | undefined;
  /** Defaults to `auto`. */
  readonly theme?: Theme | undefined;
  /** Paints paper behind the drawing. Defaults to true. */
  readonly background?: boolean | undefined;
  /** Writing direction of the text. Defaults to `auto`: that of the first letter. */
  readonly direction?: "auto" | "ltr" | "rtl" | undefined;
  /** Name for screen readers. Defaults to the counts of entities and relations. */
  readonly title?: string | undefined;
  /** All entity types of the label set, so that colours are the same in many drawings. */
  readonly types?: readonly string[] | undefined;
  /**
   * Widths in the font that will be drawn, for a program that can ask a renderer. Defaults to a
   * table of Helvetica's widths, and renderers with other fonts are told to keep them.
   */
  readonly measure?: MeasureText | undefined;
  /** Keeps the text's own runs of spaces, indents and empty lines. Defaults to false. */
  readonly ownSpaces?: boolean | undefined;
  /** Names the token of every word in `data-token`, for pages to mark words. Defaults to false. */
  readonly tokens?: boolean | undefined;
  /** False omits the style rules, for pages that include those of `svgStyles`. Defaults to true. */
  readonly styles?: boolean | undefined;
}

/**
 * A picture of a text with its entities and relations, as one SVG element.
 *
 * Entities are boxes coloured by type, relations are arcs from head to tail (the arrow). Long texts
 * wrap, and an arc between lines is drawn as two halves with the same number. Opacity and tooltips
 * show the confidence.
 *
 * @throws {DataError} when an entity lies outside the tokens or a relation names an entity that
 *   does not exist
 */
export function toSvg(source: Drawable, options: SvgOptions = {}): string {
  checkDrawable(source);
  const { width = 860, fontSize = 17, theme = "auto", background = true, direction = "auto" } = options;
  const { measure = measureByTable, ownSpaces = false } = options;
  const words = layoutWithArcs(source, { width: Math.max(width - 2 * margin, 120), fontSize, direction, measure, ownSpaces });
  const look: Look = {
    sizes: lineSizes(fontSize),
    measure,
    exact: options.measure !== undefined,
    tokens: options.tokens === true,
  };
  const { sizes } = look;
  const slots = typeSlots([...(options.types ?? []), ...typesOf(source)]);
  const slotOf = (type: string | null) => (type === null ? neutralSlot : (slots.get(type) ?? neutralSlot));

  const body: string[] = [];
  const { lineCount } = words.layout;
  const boxesOf = groupByLine(words.layout.boxes.flat(), lineCount);
  const wordsOf = groupByLine(words.layout.words, lineCount);
  const arcsOf = groupByLine(words.arcs.arcs, lineCount);
  let y = margin;
  for (const [line, boxes] of boxesOf.entries()) {
    const layers = Math.max(-1, ...boxes.map((box) => box.layer));
    const boxTop = y + (words.arcs.heights[line] ?? 0);
    const baseline = boxTop + (layers < 0 ? 0 : sizes.topPad + layers * layerPad) + sizes.ascent;
    for (const box of boxes.sort((a, b) => b.layer - a.layer || a.left - b.left)) {
      body.push(drawBox(source, box, words.layout.boxes[box.entity]?.[0] === box, baseline, look, slotOf));
    }
    for (const word of wordsOf[line] ?? []) body.push(drawWord(word, baseline, look));
    for (const arc of arcsOf[line] ?? []) body.push(drawArc(source, arc, boxTop, words.labels[arc.relation] ?? "", look));
    y = baseline + sizes.descent + (layers + 1) * sizes.labelRow + lineGap;
  }
  const used = new Set(source.entities.map((entity) => slotOf(entity.type)));
  return svgFrame({
    width: words.right + margin,
    height: Math.max(y - lineGap, margin) + margin,
    title:
      options.title ??
      `Text with ${count(source.entities.length, "entity", "entities")} and ${count(source.relations.length, "relation", "relations")}`,
    description: describe(source),
    theme,
    background,
    slots: used,
    styles: options.styles ?? true,
    rules: rules(theme, fontSize, used),
    body: `<g transform="translate(${round(words.left)} 0)">\n${body.join("\n")}\n</g>`,
  });
}

/**
 * The style sheet for drawings made with `styles: false` and the same options, for all entity
 * types. A page whose content policy forbids style elements can adopt it.
 */
export function svgStyles({ theme = "auto", fontSize = 17 }: Pick<SvgOptions, "theme" | "fontSize"> = {}): string {
  const slots = Array.from({ length: neutralSlot + 1 }, (_, slot) => slot);
  return `${colourRules({ theme, slots })}\n${rules(theme, fontSize, slots)}`;
}

const margin = 18;
const lineGap = 16;
const layerPad = 4;
const typeFontSize = 9.5;
const relationFontSize = 11;
/** Letter spacing of type labels. */
const typeSpacing = 0.3;

function lineSizes(fontSize: number) {
  return { ascent: fontSize * 0.86, descent: fontSize * 0.28, topPad: 5, labelRow: 15 };
}

/** How the parts of one drawing are drawn. */
interface Look {
  readonly sizes: ReturnType<typeof lineSizes>;
  readonly measure: MeasureText;
  /** Whether the widths are those of the font that is drawn, so that nothing has to be fitted. */
  readonly exact: boolean;
  readonly tokens: boolean;
}

interface Placed {
  readonly layout: WordLayout;
  readonly arcs: ArcLayout;
  readonly labels: readonly string[];
  readonly left: number;
  readonly right: number;
}

/**
 * Lays out words, then arcs above them. If an arc continues on another line, repeats the layout
 * with gutters for the continuation marks.
 */
function layoutWithArcs(
  source: Drawable,
  options: Pick<WordLayoutOptions, "width" | "fontSize" | "direction" | "ownSpaces"> & { readonly measure: MeasureText },
): Placed {
  const ends = new Array<number>(source.entities.length).fill(0);
  for (const { head, tail } of source.relations) {
    ends[head] = (ends[head] ?? 0) + 1;
    ends[tail] = (ends[tail] ?? 0) + 1;
  }
  const entityWidths = source.entities.map(({ type }, index) =>
    Math.max(type === null ? 0 : Math.min(typeWidth(type, options.measure), options.width) + 12, portsWidth(ends[index] ?? 0)),
  );
  const relationWidth = (text: string) => options.measure(text, relationFontSize, 400);
  const place = (gutter: number): Placed => {
    const marks = gutter === 0 ? 0 : arcSizes.markRadius;
    const room = options.width - 2 * (gutter + marks);
    const layout = layoutWords(source, { ...options, width: room, entityWidths });
    const first = layout.boxes.map((boxes) => boxes[0] as EntityBox);
    const tops = new Map<number, number>();
    for (const box of layout.boxes.flat()) tops.set(box.line, Math.max(tops.get(box.line) ?? 0, box.layer));
    const labels = source.relations.map(({ type }) => fitText(type, relationFontSize, room, relationWidth));
    const right = layout.width + gutter;
    const arcs = layoutArcs(
      first.map(({ line, left, right: end, layer }) => ({
        line,
        left,
        right: end,
        top: ((tops.get(line) ?? 0) - layer) * layerPad,
      })),
      source.relations.map(({ head, tail }, index) => ({
        head,
        tail,
        labelWidth: relationWidth(labels[index] ?? "") + 4,
      })),
      {
        lineCount: layout.lineCount,
        left: -gutter,
        right: gutter === 0 ? Math.max(right, options.width) : right,
        rightToLeft: layout.rightToLeft,
      },
    );
    const reach = Math.max(right + marks, ...arcs.arcs.map((arc) => arc.label.right));
    const start = Math.min(-gutter - marks, ...arcs.arcs.map((arc) => arc.label.left));
    return { layout, arcs, labels, left: margin - start, right: margin - start + reach };
  };
  const simple = place(0);
  return simple.arcs.arcs.some((arc) => arc.mark !== null) ? place(16) : simple;
}

/** Type labels are bold and slightly spaced. */
function typeWidth(label: string, measure: MeasureText): number {
  return measure(label, typeFontSize, 600) + label.length * typeSpacing;
}

function drawWord({ text, token, x, width, rightToLeft }: WordLayout["words"][number], baseline: number, look: Look): string {
  const name = look.tokens && token !== null ? ` data-token="${token}"` : "";
  const direction = rightToLeft ? ' direction="rtl"' : "";
  return `<text class="weft-word"${name} x="${round(x + width / 2)}" y="${round(baseline)}"${fixedLength(text, width, look)}${direction}>${escapeXml(text)}</text>`;
}

/** Makes a renderer with wider or narrower letters keep the width of the layout. */
function fixedLength(text: string, width: number, { exact }: Pick<Look, "exact">): string {
  return !exact && width > 0 && text.length > 1 ? ` textLength="${round(width)}" lengthAdjust="spacingAndGlyphs"` : "";
}

function drawBox(
  source: Drawable,
  box: EntityBox,
  first: boolean,
  baseline: number,
  { sizes, measure }: Look,
  slotOf: (type: string | null) => number,
): string {
  const { type, confidence } = source.entities[box.entity] ?? { type: null, confidence: undefined };
  const top = baseline - sizes.ascent - sizes.topPad - box.layer * layerPad;
  const bottom = baseline + sizes.descent + (box.layer + 1) * sizes.labelRow;
  const width = box.right - box.left;
  const rectangle = `x="${round(box.left)}" y="${round(top)}" width="${round(width)}" height="${round(bottom - top)}" rx="${6 + 2 * box.layer}"`;
  const label =
    first && type !== null ? fitText(type, typeFontSize, Math.max(width - 6, 12), (text) => typeWidth(text, measure)) : "";
  const labelY = baseline + sizes.descent + box.layer * sizes.labelRow + 9.5;
  return [
    `<g class="weft-entity weft-type-${slotOf(type)}" data-entity="${box.entity}">`,
    `<title>${escapeXml(`${type === null ? "" : `${type}: `}${entityText(source, box.entity)}${confidenceText(confidence)}`)}</title>`,
    `<rect ${rectangle}${opacity(confidence)}/>`,
    label === ""
      ? ""
      : `<text class="weft-type" x="${round((box.left + box.right) / 2)}" y="${round(labelY)}">${escapeXml(label)}</text>`,
    "</g>",
  ].join("");
}

function drawArc(source: Drawable, arc: Arc, base: number, label: string, look: Look): string {
  const { bar, radius, head, tail, mark } = arc;
  const relation = source.relations[arc.relation] ?? { head: 0, tail: 0, type: "" };
  const y = base + bar.y;
  const corner = `${round(radius)} ${round(radius)} 0 0 1`;
  const [leftLeg, rightLeg] = (head?.x ?? mark?.x ?? 0) <= (tail?.x ?? mark?.x ?? 0) ? [head, tail] : [tail, head];
  const start =
    leftLeg === null
      ? `M${round(bar.left + arcSizes.markRadius)} ${round(y)}`
      : `M${round(bar.left)} ${round(y + radius)}A${corner} ${round(bar.left + radius)} ${round(y)}`;
  const end =
    rightLeg === null
      ? `H${round(bar.right - arcSizes.markRadius)}`
      : `H${round(bar.right - radius)}A${corner} ${round(bar.right)} ${round(y + radius)}`;
  const legs = [head, tail].flatMap((leg) =>
    leg === null
      ? []
      : leg.parts.map(
          ([top, bottom]) =>
            `M${round(leg.x)} ${round(base + top)}V${round(base + bottom - (bottom === leg.bottom ? (leg === tail ? 5 : 1) : 0))}`,
        ),
  );
  const tip = tail === null ? "" : `M${round(tail.x)} ${round(base + tail.bottom - 0.5)}l-3.6 -7.2q3.6 1.6 7.2 0z`;
  const origin = head === null ? "" : `<circle cx="${round(head.x)}" cy="${round(base + head.bottom)}" r="2.2"/>`;
  const shape = `<g class="weft-stroke"${opacity(relation.confidence)}><path class="weft-arc" d="${start}${end}${legs.join("")}"/>${tip === "" ? "" : `<path d="${tip}"/>`}${origin}</g>`;
  const continued =
    mark === null
      ? ""
      : `<circle class="weft-mark" cx="${round(mark.x)}" cy="${round(y)}" r="${arcSizes.markRadius}"/><text class="weft-number" x="${round(mark.x)}" y="${round(y + 3)}">${mark.number}</text>`;
  const name = `${entityText(source, relation.head)} → ${relation.type} → ${entityText(source, relation.tail)}${confidenceText(relation.confidence)}`;
  const text = `<text class="weft-relation" x="${round((arc.label.left + arc.label.right) / 2)}" y="${round(base + arc.label.bottom - 2)}"${fixedLength(label, arc.label.right - arc.label.left - 4, look)}>${escapeXml(label)}</text>`;
  return `<g class="weft-link" data-relation="${arc.relation}"><title>${escapeXml(name)}</title>${shape}${continued}${text}</g>`;
}

function opacity(confidence: number | undefined): string {
  if (confidence === undefined || !Number.isFinite(confidence)) return "";
  return ` opacity="${round(0.35 + 0.65 * Math.min(1, Math.max(0, confidence)))}"`;
}

function rules(theme: Theme, fontSize: number, slots: Iterable<number>): string {
  const rows = [
    `.weft-word,.weft-type,.weft-relation,.weft-number{text-anchor:middle;unicode-bidi:isolate}`,
    `.weft-word{font-size:${fontSize}px;${paint("fill", "ink", theme)}}`,
    `.weft-type{font-size:${typeFontSize}px;font-weight:600;letter-spacing:${typeSpacing}px}`,
    `.weft-relation{font-size:${relationFontSize}px;${paint("fill", "soft", theme)}}`,
    `.weft-number{font-size:8.5px;${paint("fill", "soft", theme)}}`,
    `.weft-stroke{${paint("fill", "line", theme)}}`,
    `.weft-arc{fill:none;stroke-width:1.3;${paint("stroke", "line", theme)}}`,
    `.weft-mark{fill:none;stroke-width:1.1;${paint("stroke", "line", theme)}}`,
    `.weft-entity rect{stroke-width:1.2}`,
    `.weft-link:hover .weft-arc{stroke-width:2.2}`,
  ];
  for (const slot of slots) {
    rows.push(
      `.weft-type-${slot} rect{${paint("fill", `type-${slot}-fill`, theme)};${paint("stroke", `type-${slot}-border`, theme)}}`,
    );
    rows.push(`.weft-type-${slot} .weft-type{${paint("fill", `type-${slot}-label`, theme)}}`);
  }
  return rows.join("\n");
}

function describe(source: Drawable): string {
  const entities = source.entities.map(({ type }, index) => `${entityText(source, index)}${type === null ? "" : ` (${type})`}`);
  const relations = source.relations.map(
    ({ head, tail, type }) => `${entityText(source, head)} ${type} ${entityText(source, tail)}`,
  );
  return `${source.text.replace(/\s+/gu, " ").trim()} Entities: ${entities.join("; ") || "none"}. Relations: ${relations.join("; ") || "none"}.`;
}

function typesOf(source: Drawable): string[] {
  return source.entities.flatMap(({ type }) => (type === null ? [] : [type]));
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
