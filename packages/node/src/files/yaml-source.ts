import { ConfigError, type Location } from "@weft-nlp/core";
import { printPath, type SettingPath } from "@weft-nlp/core/settings";
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parse,
  parseDocument,
  type YAMLError,
} from "yaml";

/** A YAML text with the location of each of its values. */
export interface YamlSource {
  readonly value: unknown;
  /**
   * The location of a setting, or of the nearest enclosing one if it is absent. `of: "name"` points
   * at the name before the colon.
   */
  locate(path: SettingPath, of?: "name" | "value"): Location;
}

/**
 * Parses YAML and keeps the positions. An empty text is an empty map.
 *
 * @throws {ConfigError} YAML_INVALID with line and column
 */
export function parseYaml(text: string, source: string): YamlSource {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const place = (offset: number): Location => {
    const { line, col } = lineCounter.linePos(offset);
    return { source, line, column: col };
  };
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw syntaxError(problem, place(problem.pos[0]));
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (cause) {
    const message = cause instanceof Error ? firstLower(cause.message) : "the text cannot be read as YAML";
    throw new ConfigError("YAML_INVALID", { at: { source }, message, hint: yamlHint, cause });
  }
  return {
    value,
    locate(path, of = "value") {
      const { node, name } = find(document.contents, path);
      const offset = (of === "name" ? (name ?? node) : node)?.range?.[0];
      return { ...(offset === undefined ? { source, line: 1, column: 1 } : place(offset)), path: printPath(path) };
    },
  };
}

/**
 * Parses one YAML value from the command line: `4`, `true`, `[1, 2]`, `word`.
 *
 * @throws {ConfigError} YAML_INVALID
 */
export function parseYamlValue(text: string, at: Location): unknown {
  try {
    return parse(text, { prettyErrors: false, logLevel: "error" });
  } catch (cause) {
    throw new ConfigError("YAML_INVALID", {
      at,
      message: `${JSON.stringify(text)} is not a YAML value`,
      hint: "put text with special characters in quotes",
      cause,
    });
  }
}

const yamlHint = "indent with spaces; a name is followed by a colon and a space; text with special characters needs quotes";

function syntaxError(problem: YAMLError, at: Location): ConfigError {
  const message = firstLower(problem.message.split("\n")[0] ?? "");
  return new ConfigError("YAML_INVALID", { at, message, hint: yamlHint, cause: problem });
}

function firstLower(text: string): string {
  return text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}

/**
 * The node at a path and the name before it, or the nearest enclosing node if the path does not
 * exist.
 */
function find(root: unknown, path: SettingPath): { node: Node | undefined; name: Node | undefined } {
  let node = isNode(root) ? root : undefined;
  let name: Node | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => keyOf(key) === String(step));
      if (pair === undefined) break;
      name = isNode(pair.key) ? pair.key : undefined;
      node = isNode(pair.value) ? pair.value : name;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      const next = isPair(item) ? item.value : item;
      if (!isNode(next)) break;
      name = undefined;
      node = next;
    } else break;
    if (isAlias(node)) break;
  }
  return { node, name };
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}
