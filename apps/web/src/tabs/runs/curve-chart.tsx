import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { theme } from "../../theme.ts";

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

/** Curves over epochs. What is drawn stands in a table beside it, so the picture itself is one image for who cannot see it. */
export function CurveChart({ title, unit, curves, print }: CurveChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState("");
  const look = `${theme.value} ${curves.map(({ name, colour }) => `${name} ${colour}`).join("|")}`;
  useEffect(() => {
    const element = place.current;
    if (element === null || curves.length === 0) return undefined;
    const style = getComputedStyle(element);
    const axis = {
      stroke: style.getPropertyValue("--soft"),
      grid: { stroke: style.getPropertyValue("--rule"), width: 1 },
      ticks: { stroke: style.getPropertyValue("--rule"), width: 1 },
      font: `12px ${style.fontFamily}`,
    };
    const chart = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height,
        legend: { show: false },
        cursor: { points: { size: 7 }, drag: { x: true, y: false } },
        scales: { x: { time: false } },
        axes: [axis, { ...axis, size: 56, values: (_, ticks) => ticks.map(print) }],
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
        hooks: { setCursor: [(drawn) => setPointed(wordsAt(drawn, print))] },
      },
      dataOf(curves),
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
  }, [look]);
  useEffect(() => plot.current?.setData(dataOf(curves)), [curves]);
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="quiet">{unit}, over epochs</span>
      </figcaption>
      {/* The colours of the axes come from the page's own. */}
      <div ref={place} role="img" aria-label={`${title} over epochs of ${curves.map(({ name }) => name).join(", ")}`} />
      <p class="quiet pointed">{pointed || " "}</p>
    </figure>
  );
}

/** All curves over one axis: uPlot wants a value, or nothing, of each at every place. */
function dataOf(curves: readonly Curve[]): uPlot.AlignedData {
  const tables = curves.map(({ points }): uPlot.AlignedData => [points.map(([x]) => x), points.map(([, y]) => y)]);
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

function wordsAt({ cursor, data, series }: uPlot, print: (value: number) => string): string {
  const { idx } = cursor;
  if (idx === null || idx === undefined) return "";
  const said = series.slice(1).flatMap(({ label }, index) => {
    const value = data[index + 1]?.[idx];
    return typeof value === "number" ? `${String(label)} ${print(value)}` : [];
  });
  return `epoch ${(data[0][idx] ?? 0).toFixed(1)}: ${said.join(" · ")}`;
}
