/**
 * The parts of the documentation that are written from code. Each stands between two markers:
 *
 *     <!-- generated: errors core -->
 *     <!-- end -->
 */

/**
 * @param {string} page
 * @param {string} name what the opening marker says after `generated:`
 * @param {string} content
 * @returns {string} the page with the part of that name replaced
 * @throws {Error} when the page has no such markers
 */
export function replaceGenerated(page, name, content) {
  const opening = `<!-- generated: ${name} -->\n`;
  const start = page.indexOf(opening);
  const end = page.indexOf("<!-- end -->", start);
  if (start < 0 || end < 0) throw new Error(`no markers for "${name}"`);
  return `${page.slice(0, start + opening.length)}\n${content}\n\n${page.slice(end)}`;
}

/**
 * @param {Readonly<Record<string, string>>} codes
 * @returns {string} a Markdown table, in the order of the code
 */
export function errorTable(codes) {
  const rows = Object.entries(codes).map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll("|", "\\|")} |`);
  return ["| Code | What it means |", "|---|---|", ...rows].join("\n");
}

/**
 * The table of codes among the exports of a package's `errors.ts`: `errorCodes`, or with the package's name before it, `tensorErrorCodes`.
 *
 * @param {Readonly<Record<string, unknown>>} exports
 * @returns {Readonly<Record<string, string>>}
 */
export function errorCodesOf(exports) {
  const found = Object.entries(exports).filter(([name]) => /errorCodes$/i.test(name));
  const [[, codes] = []] = found;
  if (found.length !== 1 || typeof codes !== "object" || codes === null) throw new Error("errors.ts exports no table of codes");
  return Object.fromEntries(Object.entries(codes));
}
