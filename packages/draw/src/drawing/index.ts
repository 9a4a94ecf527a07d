export * from "./arc-layout.ts";
export { type BarChart, type BarSeries, barChart } from "./bar-chart.ts";
export {
  type CalibrationChart,
  type MarkedPoint,
  precisionRecallChart,
  reliabilityChart,
} from "./calibration-charts.ts";
export type { Drawable } from "./drawable.ts";
export { type HeatMap, heatMap } from "./heat-map.ts";
export { type AnnotationFilter, type KeptAnnotation, keepAnnotation } from "./keep-annotation.ts";
export { type LineChart, type LineSeries, lineChart, type ReferenceMark } from "./line-chart.ts";
export { contrast, slotColour, slotCount, type TypeColour, typeSlots } from "./palette.ts";
export { type StatisticsPicture, statisticsPicture } from "./statistics-picture.ts";
export { type TerminalChart, terminalChart } from "./terminal-chart.ts";
export { sparkline, type TextTableOptions, textTable } from "./text-table.ts";
export { cellWidth, type MeasureText, textWidth } from "./text-width.ts";
export { fontFamily, type Theme } from "./theme.ts";
export { type HtmlOptions, toHtml } from "./to-html.ts";
export { type SvgOptions, svgStyles, toSvg } from "./to-svg.ts";
export { isRightToLeft } from "./word-pieces.ts";
