/** The points and the size of a chart for the terminal. */
export interface TerminalChart {
  /** In ascending order of x; points that are not finite are skipped. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Columns of the whole chart, including the labels of its axis. */
  readonly width: number;
  /** Rows of the curve, without the line of x labels. */
  readonly height: number;
  /** Formats a value for the axis. */
  readonly label?: ((value: number) => string) | undefined;
}

/**
 * A curve in braille characters of two by four dots each, with its lowest and highest value at the
 * side and its first and last x below. Without colour or a final line break; empty if there are no
 * points.
 */
export function terminalChart({ points, width, height, label = defaultLabel }: TerminalChart): string {
  const shown = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const [first, last] = [shown[0]?.[0], shown.at(-1)?.[0]];
  if (first === undefined || last === undefined) return "";
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [, y] of shown) [low, high] = [Math.min(low, y), Math.max(high, y)];
  const [top, bottom] = [label(high), label(low)];
  const side = Math.max(top.length, bottom.length);
  const columns = Math.max(4, width - side - 1);
  const rows = Math.max(1, height);
  const dots = new Uint8Array(columns * rows);
  const [dotColumns, dotRows] = [2 * columns, 4 * rows];
  const place = ([x, y]: readonly [number, number]): [number, number] => [
    last === first ? 0 : Math.round(((x - first) / (last - first)) * (dotColumns - 1)),
    high === low ? Math.floor(dotRows / 2) : Math.round(((high - y) / (high - low)) * (dotRows - 1)),
  ];
  const set = (column: number, row: number): void => {
    const cell = (row >> 2) * columns + (column >> 1);
    dots[cell] = (dots[cell] ?? 0) | (bits[(row & 3) * 2 + (column & 1)] ?? 0);
  };
  let before = place(shown[0] as readonly [number, number]);
  for (const point of shown) {
    const [column, row] = place(point);
    const steps = Math.max(Math.abs(column - before[0]), Math.abs(row - before[1]), 1);
    for (let step = 0; step <= steps; step++) {
      set(
        Math.round(before[0] + ((column - before[0]) * step) / steps),
        Math.round(before[1] + ((row - before[1]) * step) / steps),
      );
    }
    before = [column, row];
  }
  const lines = Array.from({ length: rows }, (_, row) => {
    const name = row === 0 ? top : row === rows - 1 ? bottom : "";
    const cells = Array.from(dots.subarray(row * columns, (row + 1) * columns), (dot) =>
      dot === 0 ? " " : String.fromCodePoint(brailleBlank + dot),
    );
    return `${name.padStart(side)} ${cells.join("")}`.trimEnd();
  });
  const [from, to] = [`${first}`, `${last}`];
  const axis = first === last ? from : `${from}${to.padStart(Math.max(to.length + 1, columns - from.length))}`;
  return [...lines, `${" ".repeat(side + 1)}${axis}`].join("\n");
}

const brailleBlank = 0x2800;

/** The bit of each dot in a braille character, row by row. */
const bits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

function defaultLabel(value: number): string {
  return value.toPrecision(3);
}
