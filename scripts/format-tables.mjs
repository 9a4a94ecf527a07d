/** The tables of docs/formats.md, from the declarations of the formats. */

/**
 * @typedef {import("@weft-nlp/core/formats").InputFormat} InputFormat
 * @typedef {import("@weft-nlp/core/formats").OutputFormat} OutputFormat
 * @typedef {Iterable<InputFormat>} Inputs
 * @typedef {Iterable<OutputFormat>} Outputs
 */

/**
 * @param {Inputs} inputs
 * @param {Outputs} outputs
 * @returns {string} Markdown
 */
export function formatTable(inputs, outputs) {
  const [read, written] = [inputs, outputs].map((all) => new Set([...all].map(({ name }) => name)));
  const rows = each(inputs, outputs).map(({ name, title, extensions, companions = [], layout, holds }) => [
    `\`${name}\``,
    title,
    [read?.has(name) ? "reads" : "", written?.has(name) ? "writes" : ""].filter(Boolean).join(" and "),
    [layout === "folder" ? "folder:" : "", ...extensions.map((name) => `\`${name}\``)].join(" ").trim(),
    companions.map((name) => `\`${name}\``).join(", "),
    holds.record,
    holds.offsets,
  ]);
  return table(["Name", "Format", "Weft", "Files", "Other files", "Record", "A mention is placed by"], rows);
}

/**
 * @param {Inputs} inputs
 * @param {Outputs} outputs
 * @returns {string} Markdown
 */
export function capacityTable(inputs, outputs) {
  const rows = each(inputs, outputs).map(({ name, holds }) => [
    `\`${name}\``,
    holds.entities === "in relations" ? "in relations" : holds.lastWords ? "last word" : "✓",
    holds.entityTypes,
    yes(holds.relations),
    yes(holds.crossSentence && holds.record === "document"),
    yes(holds.overlapping),
    holds.duplicates ? "✓" : holds.oneTypeASpan ? "one type a span" : "",
    yes(holds.discontinuous),
    ...[holds.confidence, holds.text, holds.tokens, holds.ids, holds.pos, holds.metadata].map(yes),
  ]);
  const head = ["Name", "Entities", "Types", "Relations", "Across sentences", "Overlapping", "Twice", "In pieces", "Confidence"];
  return table([...head, "Text", "Tokens", "Ids", "Parts of speech", "Other fields"], rows);
}

/**
 * Every format once, readable ones first.
 *
 * @param {Inputs} inputs
 * @param {Outputs} outputs
 * @returns {(InputFormat | OutputFormat)[]}
 */
function each(inputs, outputs) {
  /** @type {(InputFormat | OutputFormat)[]} */
  const all = [...inputs];
  const known = new Set(all.map(({ name }) => name));
  return [...all, ...[...outputs].filter(({ name }) => !known.has(name))];
}

/** @param {boolean} value */
function yes(value) {
  return value ? "✓" : "";
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  /** @param {readonly string[]} cells */
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
