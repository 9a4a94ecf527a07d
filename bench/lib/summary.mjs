/**
 * One row for each measured case: median, spread and the ratio to the fastest base of its group.
 */
export function summarise(cases, samples, base) {
  const rows = cases
    .filter((one) => samples.get(one).length > 0)
    .map((one) => {
      const rates = samples.get(one).map((sample) => sample.sentences_per_second);
      const memory = samples.get(one).flatMap((sample) => (sample.rss_mb > 0 ? [sample.rss_mb] : []));
      return {
        group: one.group ?? "",
        name: one.name,
        median: median(rates),
        min: Math.min(...rates),
        max: Math.max(...rates),
        peakMb: memory.length > 0 ? Math.max(...memory) : undefined,
        latency: latencyOf(samples.get(one)),
        samples: samples.get(one),
      };
    });
  const isBase = (name) => [base].flat().some((one) => (one instanceof RegExp ? one.test(name) : one === name));
  return rows.map((row) => {
    const bases = rows.filter((other) => other.group === row.group && isBase(other.name));
    const best = bases.toSorted((a, b) => b.median - a.median)[0];
    return { ...row, isBase: best?.name === row.name, ratio: best === undefined ? undefined : row.median / best.median };
  });
}

/** The medians of the quantiles of each run. */
function latencyOf(samples) {
  const known = samples.flatMap(({ latency_ms }) => (latency_ms === undefined ? [] : [latency_ms]));
  if (known.length === 0) return undefined;
  return Object.fromEntries(Object.keys(known[0]).map((name) => [name, median(known.map((one) => one[name]))]));
}

export function markdown(rows, unit) {
  const timed = rows.some(({ latency }) => latency !== undefined);
  const lines = rows.map((row) => {
    const ratio = row.isBase ? "base" : row.ratio === undefined ? "–" : `${row.ratio.toFixed(2)} ×`;
    return [
      row.group,
      row.name,
      figure(row.median),
      `${figure(row.min)}–${figure(row.max)}`,
      ratio,
      row.peakMb === undefined ? "–" : Math.round(row.peakMb),
      ...(timed ? [latencyCell(row.latency)] : []),
    ];
  });
  const head = ["", "case", `median, ${unit}`, "least–most", "ratio", "peak MB", ...(timed ? ["p50 / p95 / p99, ms"] : [])];
  const rule = head.map((_, column) => (column < 2 ? "---" : "---:"));
  return `${[head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

const latencyCell = (latency) => (latency === undefined ? "–" : Object.values(latency).map(figure).join(" / "));

function median(values) {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
