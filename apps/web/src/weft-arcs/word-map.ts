/** A word of a drawing: its token, and its place in the drawing's own coordinates. */
interface DrawnWord {
  readonly token: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The half-open extent of some words, in tokens. */
export interface Words {
  readonly start: number;
  readonly end: number;
}

/** The places of a drawing's words, read once from the drawing and searched by pointer. */
export class WordMap {
  readonly #svg: SVGSVGElement;
  readonly #words: readonly DrawnWord[];

  /** @param svg a drawing made with `tokens: true`, in the page */
  constructor(svg: SVGSVGElement) {
    this.#svg = svg;
    const offset = svg.querySelector<SVGGElement>(":scope > g")?.transform.baseVal.consolidate()?.matrix.e ?? 0;
    this.#words = [...svg.querySelectorAll<SVGTextElement>("[data-token]")].map((word) => {
      const { x, y, width, height } = word.getBBox();
      return { token: Number(word.dataset["token"]), left: x + offset, right: x + offset + width, top: y, bottom: y + height };
    });
  }

  /** A point of the window in the coordinates of the drawing. */
  pointAt({ clientX, clientY }: Pick<PointerEvent, "clientX" | "clientY">): DOMPoint {
    return new DOMPoint(clientX, clientY).matrixTransform(this.#svg.getScreenCTM()?.inverse());
  }

  /**
   * The word at a point or, on the same line, the nearest one.
   *
   * @param reach how far away it may be, in pixels
   */
  tokenAt({ x, y }: Pick<DOMPoint, "x" | "y">, reach = Number.POSITIVE_INFINITY): number | undefined {
    let best: number | undefined;
    let nearest = Number.POSITIVE_INFINITY;
    for (const { token, left, right, top, bottom } of this.#words) {
      const across = Math.max(0, left - x, x - right);
      const down = Math.max(0, top - y, y - bottom);
      if (across > reach || down > reach) continue;
      // The line comes first: a word of another line is never nearer.
      const distance = down * 1e4 + across;
      if (distance < nearest) [nearest, best] = [distance, token];
    }
    return best;
  }

  /** One rectangle for each stretch of neighbouring words on a line. */
  rectanglesOf({ start, end }: Words): DOMRect[] {
    const rectangles: DOMRect[] = [];
    let last: DrawnWord | undefined;
    for (const word of this.#words) {
      if (word.token < start || word.token >= end) continue;
      const before = rectangles.at(-1);
      if (before !== undefined && last !== undefined && Math.abs(last.top - word.top) < 2) {
        const left = Math.min(before.x, word.left);
        const right = Math.max(before.right, word.right);
        rectangles[rectangles.length - 1] = new DOMRect(left, before.y, right - left, before.height);
      } else rectangles.push(new DOMRect(word.left, word.top, word.right - word.left, word.bottom - word.top));
      last = word;
    }
    return rectangles;
  }
}
