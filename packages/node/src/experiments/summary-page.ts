import { escapeXml } from "@weft-nlp/core/text";

interface SummaryTable {
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The index of the highlighted row, such as the best one. */
  readonly marked?: number | undefined;
}

export interface SummaryPage {
  readonly title: string;
  /** What was done, one sentence per paragraph. */
  readonly lead: readonly string[];
  /** SVG elements. */
  readonly pictures: readonly string[];
  readonly tables: readonly SummaryTable[];
  /** Notes on what the numbers mean. */
  readonly notes: readonly string[];
}

/**
 * A self-contained page of results: it fetches nothing, runs no scripts, and follows the reader's
 * light or dark scheme.
 */
export function summaryPage({ title, lead, pictures, tables, notes }: SummaryPage): string {
  const paragraphs = (texts: readonly string[], style: string): string =>
    texts.map((text) => `<p class="${style}">${escapeXml(text)}</p>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)}</title>
<style>${rules}</style>
</head>
<body>
<main>
<h1>${escapeXml(title)}</h1>
${paragraphs(lead, "lead")}
${pictures.map((picture) => `<figure>${picture}</figure>`).join("\n")}
${tables.map(drawTable).join("\n")}
${paragraphs(notes, "note")}
</main>
</body>
</html>
`;
}

function drawTable({ caption, header, rows, marked }: SummaryTable): string {
  const cells = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const style = column > 0 && numeric.test(cell) ? ' class="number"' : "";
        return column === 0 ? `<th scope="row">${escapeXml(cell)}</th>` : `<td${style}>${escapeXml(cell)}</td>`;
      })
      .join("");
  const body = rows.map((row, index) => `<tr${index === marked ? ' class="marked"' : ""}>${cells(row)}</tr>`).join("\n");
  const head = header.map((name) => `<th scope="col">${escapeXml(name)}</th>`).join("");
  return `<div class="table"><table>
<caption>${escapeXml(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}

const numeric = /^[\d.,–−+]+( ± [\d.]+)?$/u;

const rules = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2430;--soft:#55606e;--grid:#e3e7ec;--mark:#e8f1fa}
@media (prefers-color-scheme:dark){:root{--paper:#12161c;--ink:#e8ecf1;--soft:#a3aebb;--grid:#2a313a;--mark:#1d2b3a}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}
figure{margin:1.5rem 0}
figure svg{max-width:100%;height:auto}
.table{overflow-x:auto;margin:1.5rem 0}
table{border-collapse:collapse}
caption{text-align:left;font-weight:600;padding-bottom:.5rem;white-space:nowrap}
th,td{text-align:left;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--grid);vertical-align:top}
tbody th{font-weight:400}
.number{font-variant-numeric:tabular-nums}
.marked{background:var(--mark)}
.note{color:var(--soft);font-size:.9rem}
`;
