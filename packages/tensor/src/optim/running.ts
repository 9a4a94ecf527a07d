import type { ColumnStatistics } from "../tape/tape.ts";
import type { ParameterStore } from "../tensor/parameter-store.ts";

/**
 * Updates the running means and variances by one step: r ← m·r + (1 − m)·(moments of all rows of
 * the step). The chunks' moments are combined in the order given, in double precision. The result
 * does not depend on which worker computed them and equals that of a single chunk with all rows.
 */
export function updateRunning(store: ParameterStore, statistics: readonly ColumnStatistics[]): void {
  const byName = new Map<string, ColumnStatistics[]>();
  for (const item of statistics) {
    const list = byName.get(item.mean.name);
    if (list === undefined) byName.set(item.mean.name, [item]);
    else list.push(item);
  }
  for (const list of byName.values()) {
    const { mean, variance, momentum } = list[0] as ColumnStatistics;
    const together = momentsOf(list);
    const moved = (values: Float32Array, towards: Float64Array): Float32Array =>
      values.map((value, j) => momentum * value + (1 - momentum) * (towards[j] ?? 0));
    store.write(mean, moved(store.read(mean), together.means));
    store.write(variance, moved(store.read(variance), together.variances));
  }
}

/** Var = Σ n_k (v_k + (m_k − m)²) / n: the variance within chunks plus that between them. */
function momentsOf(list: readonly ColumnStatistics[]): { means: Float64Array; variances: Float64Array } {
  const columns = list[0]?.means.length ?? 0;
  const total = list.reduce((sum, { rows }) => sum + rows, 0);
  const [means, variances] = [new Float64Array(columns), new Float64Array(columns)];
  for (let j = 0; j < columns; j++) {
    let middle = 0;
    for (const { rows, means: own } of list) middle += (rows / total) * (own[j] ?? 0);
    let spread = 0;
    for (const { rows, means: own, variances: within } of list) {
      spread += (rows / total) * ((within[j] ?? 0) + ((own[j] ?? 0) - middle) ** 2);
    }
    means[j] = middle;
    variances[j] = spread;
  }
  return { means, variances };
}
