/** Lines below a table, from its rows. Rows without facts say nothing. */

/** How much faster more cores are than one, each with its fastest layout. */
export function scalingLines(rows) {
  return fastest(rows).flatMap(({ facts, median }, _, all) => {
    const one = all.find((row) => row.facts.cores === 1 && row.facts.side === facts.side && row.facts.work === facts.work);
    if (facts.cores === 1 || one === undefined) return [];
    return [`Scaling, 1 to ${facts.cores} cores, ${facts.work}: ${facts.side}: ${(median / one.median).toFixed(2)} ×`];
  });
}

/** Our speed against each version and variant of the peer, not only the fastest. */
export function peerLines(rows) {
  const best = fastest(rows);
  return best.filter(isOurs).flatMap(({ group, facts, median }) => {
    const peers = best.filter((row) => row.group === group && !isOurs(row));
    if (peers.length < 2) return [];
    const ratios = peers.map((peer) => `${(median / peer.median).toFixed(2)} × ${peer.facts.side}`);
    return [`${group}: ${facts.side}: ${ratios.join(", ")}`];
  });
}

/** What some work costs next to other work of the same side, in processor time if it is known. */
export function costLines(rows, from, to) {
  return fastest(rows).flatMap(({ facts, median, perCpu }, _, all) => {
    const { cores, side } = facts;
    const cheap = all.find((row) => row.facts.work === from && row.facts.side === side && row.facts.cores === cores);
    if (facts.work !== to || cheap === undefined) return [];
    const ratio = perCpu === undefined ? cheap.median / median : cheap.perCpu / perCpu;
    return [`Cost, ${cores} ${cores === 1 ? "core" : "cores"}: ${side}: ${to} is ${ratio.toFixed(2)} × ${from}`];
  });
}

const isOurs = ({ facts }) => facts.side.startsWith("Weft");

/** The fastest row of each side in each group. */
function fastest(rows) {
  const known = new Map();
  for (const row of rows) {
    if (row.facts === undefined) continue;
    const key = `${row.group}\n${row.facts.side}`;
    if (!(known.get(key)?.median >= row.median)) known.set(key, row);
  }
  return [...known.values()];
}
