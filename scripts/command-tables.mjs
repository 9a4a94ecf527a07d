/** The generated part of docs/commands.md, from the declarations of the commands. */
import { argumentUsage, found, usageOf } from "../packages/weft/dist/cli/declaration.js";

/**
 * @typedef {import("../packages/weft/dist/cli/declaration.js").CommandDeclaration} Declaration
 * @typedef {import("../packages/weft/dist/cli/declaration.js").OptionDeclaration} Option
 */

/**
 * @param {readonly Declaration[]} declarations
 * @returns {Promise<string>} Markdown: a section for each group, and below it one for each command
 */
export async function commandSections(declarations) {
  const groups = [...new Set(declarations.map(({ group }) => group))];
  const sections = groups.map(async (group) => {
    const own = declarations.filter((each) => each.group === group);
    return [`## ${group}`, ...(await Promise.all(own.map(section)))].join("\n\n");
  });
  return (await Promise.all(sections)).join("\n\n");
}

/** @param {Declaration} declaration */
async function section(declaration) {
  const { name, summary, details = "", exitCodes = {}, examples } = declaration;
  const words = Object.entries(declaration.arguments);
  const options = Object.entries(declaration.options);
  const usage = [
    "weft",
    name,
    ...(options.length > 0 ? ["[options]"] : []),
    ...words.map(([key, each]) => argumentUsage(key, each)),
  ];
  const codes = Object.entries(exitCodes).map(([code, meaning]) => `Exit code ${code}: ${meaning}.`);
  return [
    `### weft ${name}`,
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...paragraphs(details),
    fenced(usage.join(" ")),
    ...(words.length === 0 ? [] : [table(["Argument", "Meaning"], await Promise.all(words.map(argumentRow)))]),
    ...(options.length === 0 ? [] : [table(["Option", "Default", "Meaning"], await Promise.all(options.map(optionRow)))]),
    ...codes,
    fenced(examples.map(([line, meaning]) => (meaning === "" ? line : `# ${meaning}\n${line}`)).join("\n")),
  ].join("\n\n");
}

/** Keeps the line breaks of blocks such as shell commands. @param {string} details */
function paragraphs(details) {
  if (details === "") return [];
  return details.split("\n\n").map((text) => (text.includes("\n") ? fenced(text) : wrapped(text)));
}

/** @param {string} text */
function wrapped(text) {
  return text
    .replaceAll("<", "&lt;")
    .replace(/(.{1,100})(?: +|$)/g, "$1\n")
    .trimEnd();
}

/** @param {string} text */
function fenced(text) {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/**
 * @param {[string, import("../packages/weft/dist/cli/declaration.js").ArgumentDeclaration]} entry
 */
async function argumentRow([key, argument]) {
  const choices = argument.choices === undefined ? [] : [`one of ${coded(await found(argument.choices))}`];
  const standard = argument.default === undefined ? [] : [`\`${argument.default}\` by default`];
  return [`\`${argumentUsage(key, argument)}\``, [argument.description, ...choices, ...standard].join("; ")];
}

/** @param {[string, Option]} entry */
async function optionRow([key, option]) {
  const { description, choices, defaultWords, required, many } = option;
  const standard =
    option.default !== undefined
      ? `\`${String(await found(option.default))}\``
      : defaultWords === undefined
        ? ""
        : await found(defaultWords);
  const meaning = [
    description,
    ...(choices === undefined ? [] : [`one of ${coded(await found(choices))}`]),
    ...(many === undefined ? [] : ["may be given several times"]),
  ];
  return [`\`${usageOf(key, option)}\``, required === true ? "required" : standard, [...new Set(meaning)].join("; ")];
}

/** @param {readonly string[]} names */
function coded(names) {
  return names.map((name) => `\`${name}\``).join(", ");
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
