/**
 * The parts of the documentation that are generated from code. Each is between two markers:
 *
 *     <!-- generated: errors core -->
 *     <!-- end -->
 */

/**
 * @param {string} page
 * @param {string} name the words after `generated:` in the opening marker
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
 * The table of codes among the exports of a package's `errors.ts`: `errorCodes`, or with the
 * package's name before it, `tensorErrorCodes`.
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

/**
 * @typedef {object} JsonSchema the part of a JSON Schema that `settingsTable` reads
 * @property {string} [type]
 * @property {string} [description]
 * @property {unknown} [default]
 * @property {string | number | boolean | null} [const]
 * @property {readonly unknown[]} [enum]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [exclusiveMinimum]
 * @property {number} [exclusiveMaximum]
 * @property {readonly string[]} [required]
 * @property {Readonly<Record<string, JsonSchema>>} [properties]
 * @property {readonly JsonSchema[]} [anyOf]
 * @property {readonly JsonSchema[]} [oneOf]
 */

/**
 * @param {JsonSchema} schema of an object
 * @returns {string} Markdown tables: one for the settings at the top, one for each group of
 *   settings below
 */
export function settingsTable(schema) {
  /** @type {string[]} */
  const sections = [];
  /** Where each form of settings was first described. @type {Map<string, string>} */
  const described = new Map();
  visit(schema, "");
  return sections.join("\n\n");

  /**
   * @param {JsonSchema} group
   * @param {string} path
   * @param {string} [variant]
   */
  function visit(group, path, variant) {
    const entries = Object.entries(group.properties ?? {});
    const rows = entries.flatMap(([key, each]) =>
      isSwitchboard(each)
        ? switchRows(`${key}.`, each)
        : isSwitch(each)
          ? switchRows("", { properties: { [key]: each } })
          : isGroup(each)
            ? []
            : [row(key, each)],
    );
    const title = path === "" ? "At the top" : `\`${path}\`${variant === undefined ? "" : `: \`${variant}\``}`;
    if (rows.length > 0)
      sections.push([`## ${title}`, "", "| Setting | Values | Default | Meaning |", "|---|---|---|---|", ...rows].join("\n"));
    for (const [key, each] of entries) {
      if (!isGroup(each) || isSwitchboard(each) || isSwitch(each)) continue;
      const below = path === "" ? key : `${path}.${key}`;
      const choices = formsOf(each).filter(({ properties }) => properties !== undefined);
      const known = choices.map((choice) => described.get(identityOf(choice)));
      if (known.every((place) => place !== undefined)) {
        const names = choices.flatMap((choice) => variantOf(choice) ?? []).map((name) => `\`${name}\``);
        const which = names.length === 0 ? "The" : `One of ${names.join(", ")}, with the`;
        const { description = "" } = each;
        const meaning = description === "" ? "" : `${description.charAt(0).toUpperCase()}${description.slice(1)}. `;
        sections.push(`## \`${below}\`\n\n${meaning}${which} settings of \`${known[0]}\` above.`);
        continue;
      }
      for (const choice of choices) {
        described.set(identityOf(choice), below);
        visit(choice, below, variantOf(choice));
      }
    }
  }
}

/**
 * Equal for the same settings in two places, of which one may have a default name.
 *
 * @param {JsonSchema} schema
 */
function identityOf({ properties = {} }) {
  return JSON.stringify({ ...properties, name: properties["name"]?.const });
}

/** @param {JsonSchema} schema */
function isGroup(schema) {
  return formsOf(schema).some(({ properties }) => properties !== undefined);
}

/**
 * The forms of a setting, with those of unions inside unions.
 *
 * @param {JsonSchema} schema
 * @returns {readonly JsonSchema[]}
 */
function formsOf(schema) {
  const forms = schema.oneOf ?? schema.anyOf;
  return forms === undefined ? [schema] : forms.flatMap(formsOf);
}

/**
 * Whether every setting of a group is itself a group that can be switched on and off. These go into
 * the surrounding table.
 *
 * @param {JsonSchema} schema
 */
function isSwitchboard({ properties = {} }) {
  const all = Object.values(properties);
  return all.length > 0 && all.every(isSwitch);
}

/**
 * Whether a group can be switched on and off.
 *
 * @param {JsonSchema} schema
 */
function isSwitch({ anyOf = [] }) {
  return anyOf.some((form) => form.enum?.includes("off"));
}

/**
 * @param {string} before the path of the group, with its full stop
 * @param {JsonSchema} schema
 * @returns {string[]}
 */
function switchRows(before, { properties = {} }) {
  return Object.entries(properties).flatMap(([name, each]) => {
    const standard = each.default === "off" ? "off" : "on";
    const inner = each.anyOf?.find((form) => form.properties !== undefined)?.properties ?? {};
    return [
      `| \`${before}${name}\` | \`on\`, \`off\`, settings | \`${standard}\` | ${each.description ?? ""} |`,
      ...Object.entries(inner).flatMap(([setting, schema]) =>
        isSwitch(schema)
          ? switchRows(`${before}${name}.`, { properties: { [setting]: schema } })
          : [row(`${before}${name}.${setting}`, schema)],
      ),
    ];
  });
}

/**
 * @param {JsonSchema} schema
 * @returns {string | undefined} the name that distinguishes one of several forms
 */
function variantOf(schema) {
  const name = schema.properties?.["name"]?.const;
  return typeof name === "string" ? name : undefined;
}

/**
 * @param {string} key
 * @param {JsonSchema} schema
 */
function row(key, schema) {
  const standard = schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
  return `| \`${key}\` | ${valuesOf(schema)} | ${standard} | ${schema.description ?? ""} |`;
}

/**
 * @param {JsonSchema} schema
 * @returns {string}
 */
function valuesOf({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...schema }) {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(valuesOf).join(", or ");
  const low = minimum !== undefined ? `≥ ${minimum}` : exclusiveMinimum !== undefined ? `> ${exclusiveMinimum}` : "";
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `≤ ${maximum}` : "";
  const high = exclusiveMaximum !== undefined ? `< ${exclusiveMaximum}` : bounded;
  const range = [low, high].filter((part) => part !== "").join(", ");
  const words = type === "integer" ? "whole number" : type === "boolean" ? "`true`, `false`" : (type ?? "");
  return [words, range].filter((part) => part !== "").join(" ");
}
