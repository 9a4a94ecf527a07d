/**
 * One row for each measured case: median, spread and the ratio to the fastest base of its group.
 */
export function summarise(cases, samples, base) {
  const rows = cases
    .filter((one) => samples.get(one).length > 0)
    .map((one) => {
      const rates = samples.get(one).map((sample) => sample.sentences_per_second);
      const perCpu = samples.get(one).flatMap((sample) => perCpuSecond(sample) ?? []);
      const memory = samples.get(one).flatMap((sample) => (sample.rss_mb > 0 ? [sample.rss_mb] : []));
      return {
        group: one.group ?? "",
        name: one.name,
        median: median(rates),
        min: Math.min(...rates),
        max: Math.max(...rates),
        perCpu: perCpu.length > 0 ? median(perCpu) : undefined,
        peakMb: memory.length > 0 ? Math.max(...memory) : undefined,
        latency: latencyOf(samples.get(one)),
        facts: one.facts,
        samples: samples.get(one),
      };
    });
  const isBase = (name) => [base].flat().some((one) => (one instanceof RegExp ? one.test(name) : one === name));
  return rows.map((row) => {
    const bases = rows.filter((other) => other.group === row.group && isBase(other.name));
    const best = bases.toSorted((a, b) => b.median - a.median)[0];
    const perCpu = Math.max(0, ...bases.map((other) => other.perCpu ?? 0));
    return {
      ...row,
      isBase: best?.name === row.name,
      ratio: best === undefined ? undefined : row.median / best.median,
      ratioPerCpu: perCpu > 0 && row.perCpu !== undefined ? row.perCpu / perCpu : undefined,
    };
  });
}

/** The rate of a second of processor time, whatever it counts. */
function perCpuSecond(sample) {
  return Object.entries(sample).find(([key]) => key.endsWith("_per_cpu_second"))?.[1];
}

/** The medians of the quantiles of each run. */
function latencyOf(samples) {
  const known = samples.flatMap(({ latency_ms }) => (latency_ms === undefined ? [] : [latency_ms]));
  if (known.length === 0) return undefined;
  return Object.fromEntries(Object.keys(known[0]).map((name) => [name, median(known.map((one) => one[name]))]));
}

export function markdown(rows, unit) {
  const timed = rows.some(({ latency }) => latency !== undefined);
  const counted = rows.some(({ perCpu }) => perCpu !== undefined);
  const lines = rows.map((row) => {
    const ratio = row.isBase ? "base" : row.ratio === undefined ? "–" : `${row.ratio.toFixed(2)} ×`;
    return [
      row.group,
      row.name,
      figure(row.median),
      `${figure(row.min)}–${figure(row.max)}`,
      ratio,
      ...(counted ? [cpuCell(row)] : []),
      row.peakMb === undefined ? "–" : Math.round(row.peakMb),
      ...(timed ? [latencyCell(row.latency)] : []),
    ];
  });
  const cpuHead = counted ? ["a CPU second"] : [];
  const head = [
    "",
    "case",
    `median, ${unit}`,
    "least–most",
    "ratio",
    ...cpuHead,
    "peak MB",
    ...(timed ? ["p50 / p95 / p99, ms"] : []),
  ];
  const rule = head.map((_, column) => (column < 2 ? "---" : "---:"));
  return `${[head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

function cpuCell({ perCpu, ratioPerCpu }) {
  if (perCpu === undefined) return "–";
  return ratioPerCpu === undefined ? figure(perCpu) : `${figure(perCpu)} (${ratioPerCpu.toFixed(2)} ×)`;
}

const latencyCell = (latency) => (latency === undefined ? "–" : Object.values(latency).map(figure).join(" / "));

/** The middle value, or the mean of the two middle ones. */
export function median(values) {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

/** Three digits, or all before the point. */
export const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
