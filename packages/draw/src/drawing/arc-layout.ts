import { groupByLine } from "./group-by-line.ts";

/**
 * The place of an entity: its line, its horizontal extent, and the distance of its top below the
 * highest box of the line.
 */
export interface ArcBox {
  readonly line: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

/** A relation to place as an arc, with the width of its label. */
export interface ArcRequest {
  /** Indices into the boxes. */
  readonly head: number;
  readonly tail: number;
  readonly labelWidth: number;
}

/** An area of the drawing, in drawing units. */
export interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A vertical stroke, interrupted where it passes behind a label. */
export interface Leg {
  readonly x: number;
  /** Top and bottom of each part, from the corner down to the box. */
  readonly parts: readonly (readonly [top: number, bottom: number])[];
  readonly bottom: number;
}

/**
 * An arc, or the half of it on one line. `y` grows downwards; 0 is the top of the line's highest
 * box.
 *
 * `head` and `tail` are the legs. A half that continues on another line has only one leg, and a
 * mark at the other end of its bar.
 */
export interface Arc {
  readonly relation: number;
  readonly line: number;
  readonly level: number;
  readonly bar: { readonly left: number; readonly right: number; readonly y: number };
  readonly radius: number;
  readonly head: Leg | null;
  readonly tail: Leg | null;
  readonly label: Rectangle;
  /** Centre of the continuation mark, and the number shared by both halves. */
  readonly mark: { readonly x: number; readonly number: number } | null;
}

/** All arcs of a drawing, and the room they need. */
export interface ArcLayout {
  readonly arcs: readonly Arc[];
  /** Room above each line, in order; 0 for a line without arcs. */
  readonly heights: readonly number[];
}

/** The lines of a drawing and their bounds. */
export interface ArcLayoutOptions {
  readonly lineCount: number;
  /**
   * Bounds for the labels of whole arcs if they fit; bars that continue on another line end here.
   */
  readonly left: number;
  readonly right: number;
  readonly rightToLeft: boolean;
}

/** Sizes that the layout keeps free; the drawing uses the same ones. */
export const arcSizes = {
  firstLevel: 21,
  levelHeight: 21,
  labelHeight: 11,
  labelGap: 2,
  radius: 8,
  markRadius: 7,
  gap: 7,
  portGap: 10,
} as const;

/** The width a box needs so that its arcs do not crowd. */
export function portsWidth(count: number): number {
  return count === 0 ? 0 : Math.min(count + 1, 16) * arcSizes.portGap;
}

/**
 * Places relation arcs above their entities so that all are visible.
 *
 * Every arc end gets its own place on its box. Arcs are stacked by colouring the interval graph of
 * their bars and labels, short ones first and enclosing ones above what they enclose. So no two
 * labels touch, no bar runs along another, and strokes that pass behind a label leave it free.
 */
export function layoutArcs(boxes: readonly ArcBox[], relations: readonly ArcRequest[], options: ArcLayoutOptions): ArcLayout {
  const halves = cutAtLines(boxes, relations, options);
  givePorts(boxes, halves);
  const heights: number[] = [];
  const arcs: Arc[] = [];
  for (const own of groupByLine(halves, options.lineCount)) {
    const levels = own.length === 0 ? 0 : stackLine(own, options);
    heights.push(
      levels === 0 ? 0 : arcSizes.firstLevel + (levels - 1) * arcSizes.levelHeight + arcSizes.labelGap + arcSizes.labelHeight,
    );
    arcs.push(...drawLine(boxes, own));
  }
  return { arcs: arcs.sort((a, b) => a.relation - b.relation || a.line - b.line), heights };
}

interface Port {
  readonly box: number;
  readonly half: Half;
  /** The side of the half's other end. */
  readonly towards: number;
  x: number;
}

interface Half {
  readonly relation: number;
  readonly line: number;
  readonly labelWidth: number;
  head: Port | null;
  tail: Port | null;
  mark: { readonly x: number; readonly number: number } | null;
  left: number;
  right: number;
  /** Bar and label together. */
  from: number;
  to: number;
  labelCentre: number;
  level: number;
}

function cutAtLines(boxes: readonly ArcBox[], relations: readonly ArcRequest[], options: ArcLayoutOptions): Half[] {
  const halves: Half[] = [];
  let marks = 0;
  const lineEnd = options.rightToLeft ? options.left : options.right;
  const lineStart = options.rightToLeft ? options.right : options.left;
  for (const [relation, { head, tail, labelWidth }] of relations.entries()) {
    const from = boxes[head];
    const to = boxes[tail];
    if (from === undefined || to === undefined) continue;
    const half = (line: number): Half => {
      const empty = { left: 0, right: 0, from: 0, to: 0, labelCentre: 0, level: 0 };
      return { relation, line, labelWidth, head: null, tail: null, mark: null, ...empty };
    };
    if (from.line === to.line) {
      const whole = half(from.line);
      whole.head = { box: head, half: whole, towards: middle(to), x: 0 };
      whole.tail = { box: tail, half: whole, towards: middle(from), x: 0 };
      halves.push(whole);
      continue;
    }
    marks++;
    const first = half(from.line);
    const second = half(to.line);
    const [leaving, arriving] = from.line < to.line ? [lineEnd, lineStart] : [lineStart, lineEnd];
    first.mark = { x: leaving, number: marks };
    second.mark = { x: arriving, number: marks };
    first.head = { box: head, half: first, towards: leaving, x: 0 };
    second.tail = { box: tail, half: second, towards: arriving, x: 0 };
    halves.push(first, second);
  }
  return halves;
}

/**
 * Spreads the arc ends of every box over its top: ends going left first, the shortest outermost,
 * then loops, then ends going right, the longest first. In this order arcs of one box nest without
 * crossing.
 */
function givePorts(boxes: readonly ArcBox[], halves: readonly Half[]): void {
  const ports: Port[][] = boxes.map(() => []);
  for (const { head, tail } of halves) for (const port of [head, tail]) if (port !== null) ports[port.box]?.push(port);
  const taken = new Set<string>();
  const side = (port: Port, centre: number) => (isLoop(port) ? 0 : port.towards < centre ? -1 : 1);
  for (const [index, own] of ports.entries()) {
    const box = boxes[index];
    if (box === undefined || own.length === 0) continue;
    const centre = middle(box);
    own.sort((one, other) => {
      const [left, right] = [side(one, centre), side(other, centre)];
      if (left !== right) return left - right;
      const longer = Math.abs(one.towards - centre) - Math.abs(other.towards - centre) || one.half.relation - other.half.relation;
      return left === 0 ? one.half.relation - other.half.relation : left < 0 ? longer : -longer;
    });
    const step = Math.min(arcSizes.portGap * 1.4, (box.right - box.left - 14) / Math.max(1, own.length - 1));
    for (const [place, port] of own.entries()) {
      port.x = nearestFree(centre + (place - (own.length - 1) / 2) * step, box, taken);
    }
  }
  for (const half of halves) {
    const ends = [half.head?.x, half.tail?.x, half.mark?.x].filter((x) => x !== undefined);
    half.left = Math.min(...ends);
    half.right = Math.max(...ends);
  }
}

/** Ends of nested boxes must not coincide either. */
function nearestFree(wanted: number, box: ArcBox, taken: Set<string>): number {
  const key = (x: number) => `${box.line}:${Math.round(x / 4)}`;
  for (let distance = 0; distance < box.right - box.left; distance += 4) {
    for (const x of [wanted + distance, wanted - distance]) {
      if (x < box.left + 3 || x > box.right - 3 || taken.has(key(x))) continue;
      taken.add(key(x));
      return x;
    }
  }
  return wanted;
}

/**
 * Stacks the halves of a line. If that takes many levels, arcs that continue on another line no
 * longer run to the end of their own: they end next to their label, where more fit on one level.
 */
function stackLine(halves: readonly Half[], options: ArcLayoutOptions): number {
  const levels = stack(halves, options);
  if (levels <= maxWholeLevels) return levels;
  for (const half of halves) {
    const port = half.head ?? half.tail;
    if (half.mark === null || port === null) continue;
    const reach = half.labelWidth + 2 * (arcSizes.markRadius + 3) + arcSizes.radius;
    const x = half.mark.x > port.x ? Math.min(half.mark.x, port.x + reach) : Math.max(half.mark.x, port.x - reach);
    half.mark = { ...half.mark, x };
    [half.left, half.right] = [Math.min(port.x, x), Math.max(port.x, x)];
  }
  return stack(halves, options);
}

/** Levels up to which an arc between lines runs to the end of its line. */
const maxWholeLevels = 5;

/** Assigns a level and a label position to every half on one line; returns the number of levels. */
function stack(halves: readonly Half[], options: ArcLayoutOptions): number {
  const levels: Half[][] = [];
  for (const half of halves) {
    const reach = half.labelWidth / 2;
    const [low, high] = labelRange(half);
    const centre = (low + high) / 2;
    half.labelCentre = half.mark === null ? Math.max(options.left + reach, Math.min(options.right - reach, centre)) : centre;
    const markReach = half.mark === null ? 0 : arcSizes.markRadius;
    half.from = Math.min(half.left - markReach, half.labelCentre - reach);
    half.to = Math.max(half.right + markReach, half.labelCentre + reach);
  }
  const byLength = [...halves].sort((a, b) => a.right - a.left - (b.right - b.left) || a.relation - b.relation);
  for (const half of byLength) {
    let level = 0;
    for (const [index, others] of levels.entries()) if (others.some((other) => encloses(half, other))) level = index + 1;
    while (levels[level]?.some((other) => half.from < other.to + arcSizes.gap && other.from < half.to + arcSizes.gap)) level++;
    half.level = level;
    levels[level] ??= [];
    levels[level]?.push(half);
  }
  for (const half of halves) half.labelCentre = calmest(half, halves);
  return levels.length;
}

function encloses(outer: Half, inner: Half): boolean {
  return outer.left <= inner.left && inner.right <= outer.right;
}

/**
 * The range for the centre of a label over its bar. A label that is too long is centred, or goes
 * next to the continuation mark and beyond the leg.
 */
function labelRange({ left, right, labelWidth, mark }: Half): [low: number, high: number] {
  const inner = arcSizes.markRadius + 3;
  const low = left + labelWidth / 2 + (mark?.x === left ? inner : 0);
  const high = right - labelWidth / 2 - (mark?.x === right ? inner : 0);
  if (low <= high) return [low, high];
  const only = mark === null ? (left + right) / 2 : mark.x === left ? low : high;
  return [only, only];
}

/**
 * The position nearest to the middle of the bar at which no leg of a higher arc passes behind the
 * label.
 */
function calmest(half: Half, halves: readonly Half[]): number {
  const reach = half.labelWidth / 2 + 3;
  const [low, high] = labelRange(half);
  if (low === high) return half.labelCentre;
  const legs: number[] = [];
  for (const other of halves) {
    if (other.level <= half.level) continue;
    for (const port of [other.head, other.tail])
      if (port !== null && port.x > half.left && port.x < half.right) legs.push(port.x);
  }
  const free = (centre: number) => !legs.some((x) => Math.abs(x - centre) < reach);
  const candidates = [half.labelCentre, ...legs.flatMap((x) => [x - reach, x + reach])];
  const allowed = candidates.filter((centre) => centre >= low && centre <= high && free(centre));
  const distance = (centre: number) => Math.abs(centre - half.labelCentre);
  return allowed.sort((a, b) => distance(a) - distance(b) || a - b)[0] ?? half.labelCentre;
}

function drawLine(boxes: readonly ArcBox[], halves: readonly Half[]): Arc[] {
  const placed = halves.map((half) => {
    const y = -(arcSizes.firstLevel + half.level * arcSizes.levelHeight);
    const bottom = y - arcSizes.labelGap;
    const [left, right] = [half.labelCentre - half.labelWidth / 2, half.labelCentre + half.labelWidth / 2];
    return { half, y, label: { left, right, top: bottom - arcSizes.labelHeight, bottom } };
  });
  const radius = arcSizes.markRadius + 1;
  const obstacles = placed
    .flatMap(({ half: { mark }, y, label }) => [
      { ...label, below: y },
      ...(mark === null
        ? []
        : [{ left: mark.x - radius, right: mark.x + radius, top: y - radius, bottom: y + radius, below: y }]),
    ])
    .sort((a, b) => a.top - b.top);
  return placed.map(({ half, y, label }): Arc => {
    const radius = Math.min(arcSizes.radius, (half.right - half.left) / 2);
    const leg = (port: Port | null): Leg | null => {
      if (port === null) return null;
      const bottom = boxes[port.box]?.top ?? 0;
      const parts: [number, number][] = [];
      let top = y + radius;
      for (const { left, right, ...behind } of obstacles) {
        if (behind.below <= y || port.x < left - 2 || port.x > right + 2) continue;
        if (behind.top > top) parts.push([top, behind.top]);
        top = Math.max(top, behind.bottom);
      }
      parts.push([top, bottom]);
      return { x: port.x, parts, bottom };
    };
    const bar = { left: half.left, right: half.right, y };
    const { relation, line, level, mark } = half;
    return { relation, line, level, bar, radius, head: leg(half.head), tail: leg(half.tail), label, mark };
  });
}

function isLoop({ half }: Port): boolean {
  return half.head !== null && half.tail !== null && half.head.box === half.tail.box;
}

function middle(box: ArcBox): number {
  return (box.left + box.right) / 2;
}
