import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { theme } from "../../page-theme.ts";
import { settledRange } from "./settled-range.ts";

export interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  /** In ascending order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface CurveChartProps {
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly Curve[];
  readonly print: (value: number) => string;
}

const height = 260;
/** uPlot declares this constant only in its types. */
const logarithmicAxis: object = { distr: 3 };

/**
 * Curves over epochs. A table next to it holds the same data, so to screen readers the chart is a
 * single image.
 */
export function CurveChart({ title, unit, curves, print }: CurveChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState("");
  const [UPlot, setUPlot] = useState<typeof uPlot | null>(null);
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    // Loaded with the first chart, so nothing else waits for it. If a browser cannot run it, the
    // table remains.
    import("uplot").then(
      (module) => setUPlot(() => module.default),
      () => setMissing(true),
    );
  }, []);
  const [min, max] = settledRange(curves.map(({ points }) => points));
  // On a linear axis, a loss that falls to a fraction would hide its end.
  const logarithmic = min > 0 && max > 20 * min;
  const range = useRef({ min, max });
  range.current = { min, max };
  const look = `${logarithmic} ${theme.value} ${curves.map(({ name, colour }) => `${name} ${colour}`).join("|")}`;
  useEffect(() => {
    const element = place.current;
    if (UPlot === null || element === null || curves.length === 0) return undefined;
    const style = getComputedStyle(element);
    const axis = {
      stroke: style.getPropertyValue("--soft"),
      grid: { stroke: style.getPropertyValue("--rule"), width: 1 },
      ticks: { stroke: style.getPropertyValue("--rule"), width: 1 },
      font: `12px ${style.fontFamily}`,
    };
    const chart = new UPlot(
      {
        width: Math.max(200, element.clientWidth),
        height,
        legend: { show: false },
        cursor: { points: { size: 7 }, drag: { x: true, y: false } },
        scales: {
          x: { time: false },
          y: logarithmic
            ? { ...logarithmicAxis, range: () => [range.current.min / 1.15, range.current.max * 1.15] }
            : { range: () => [0, Math.max(range.current.max * 1.08, 0.1)] },
        },
        axes: [
          axis,
          { ...axis, size: 64, values: (_, ticks) => ticks.map((tick: number | null) => (tick === null ? "" : print(tick))) },
        ],
        series: [
          {},
          ...curves.map(({ name, colour, dashed }) => ({
            label: name,
            stroke: colour,
            width: 2,
            spanGaps: true,
            points: { show: false },
            ...(dashed ? { dash: [6, 4] } : {}),
          })),
        ],
        hooks: { setCursor: [(drawn) => setPointed(wordsAt(drawn, curves, print))] },
      },
      dataOf(UPlot, curves),
      element,
    );
    plot.current = chart;
    const resized = new ResizeObserver(() => chart.setSize({ width: Math.max(200, element.clientWidth), height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [look, UPlot]);
  useEffect(() => {
    if (UPlot !== null) plot.current?.setData(dataOf(UPlot, curves));
  }, [curves, UPlot]);
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="quiet">{unit}, over epochs</span>
      </figcaption>
      {/* The colours of the axes come from the page's own. */}
      <div ref={place} role="img" aria-label={`${title} over epochs of ${curves.map(({ name }) => name).join(", ")}`} />
      <p class="quiet pointed">
        {missing ? "This browser cannot draw the curves; the table has their numbers." : pointed || " "}
      </p>
    </figure>
  );
}

/** Aligns all curves to one axis: uPlot needs a value or null of each curve at every x. */
function dataOf(UPlot: typeof uPlot, curves: readonly Curve[]): uPlot.AlignedData {
  const tables = curves.map(({ points }): uPlot.AlignedData => [points.map(([x]) => x), points.map(([, y]) => y)]);
  return tables.length === 0 ? [[]] : UPlot.join(tables);
}

function wordsAt({ cursor, data }: uPlot, curves: readonly Curve[], print: (value: number) => string): string {
  const { idx } = cursor;
  if (idx === null || idx === undefined) return "";
  const said = curves.flatMap(({ name }, index) => {
    const value = data[index + 1]?.[idx];
    return typeof value === "number" ? `${name} ${print(value)}` : [];
  });
  return `epoch ${(data[0][idx] ?? 0).toFixed(1)}: ${said.join(" · ")}`;
}
