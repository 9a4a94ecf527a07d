import { dirname, isAbsolute, resolve } from "node:path";
import { ConfigError, type Location } from "@weft-nlp/core";
import { type ConfigIssues, configError, printPath, type SettingPath } from "@weft-nlp/core/settings";
import { stringify } from "yaml";
import * as z from "zod";
import { readWholeText } from "./json-file.ts";
import { sourceName, standardStream } from "./read-text.ts";
import { parseYaml, parseYamlValue } from "./yaml-source.ts";

export interface ConfigFile<Value> {
  /** The checked configuration with all defaults filled in. */
  readonly value: Value;
  readonly source: string;
  /** The absolute path of the file's folder; relative paths in the file start from it. */
  readonly folder: string;
  /**
   * Makes a path from a setting absolute: relative to the file's folder, or to the working folder
   * if the setting came from `--set`.
   */
  resolvePath(path: string, setting: SettingPath): string;
  /** The location of a setting, for errors found later. */
  locate(setting: SettingPath): Location;
}

/**
 * Reads a YAML configuration, applies `path=value` overrides, and checks the result with a schema.
 *
 * @param overrides as after `--set`: `training.epochs=3`, `data.files[0]=a.jsonl`; the value is
 *   YAML
 * @throws {ConfigError} with file, line, column and path; further faults are in the `errors` of
 *   its cause, an AggregateError
 * @throws {FileError} when the file cannot be read
 */
export async function readConfig<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  overrides: readonly string[] = [],
): Promise<ConfigFile<z.output<Schema>>> {
  return parseConfig(await readWholeText(path, { maxBytes: maxConfigBytes }), path, schema, overrides);
}

/** Like `readConfig`, for text in memory. */
export function parseConfig<Schema extends z.ZodType>(
  text: string,
  path: string,
  schema: Schema,
  overrides: readonly string[] = [],
): ConfigFile<z.output<Schema>> {
  const source = sourceName(path);
  const folder = path === standardStream ? process.cwd() : resolve(dirname(path));
  const yaml = parseYaml(text, source);
  const settings = overrides.map(parseOverride);
  const input = settings.reduce(override, yaml.value);
  const setBy = (setting: SettingPath): Override | undefined => settings.findLast((override) => covers(override.path, setting));
  const issues: ConfigIssues = {
    locate(setting, of) {
      const override = setBy(setting);
      return override === undefined ? yaml.locate(setting, of) : { source: `--set ${override.text}`, path: printPath(setting) };
    },
    schema,
    input,
  };
  const result = schema.safeParse(input);
  if (!result.success) throw configError(result.error.issues, issues);
  return {
    value: result.data,
    source,
    folder,
    resolvePath: (relative, setting) => {
      if (isAbsolute(relative) || relative === standardStream) return relative;
      return setBy(setting) === undefined ? resolve(folder, relative) : resolve(relative);
    },
    locate: (setting) => issues.locate(setting, "value"),
  };
}

/** A configuration as YAML that `readConfig` reads back. `comment` goes at the top. */
export function printConfig(value: unknown, comment?: string): string {
  const lines = comment?.split("\n").map((line) => `# ${line}`.trimEnd()) ?? [];
  return `${lines.map((line) => `${line}\n`).join("")}${stringify(value, { lineWidth: 120 })}`;
}

/** The JSON Schema with which editors complete and check a configuration. */
export function jsonSchemaOf(schema: z.ZodType, title: string): unknown {
  return { ...z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "any" }), title };
}

const maxConfigBytes = 1 << 20;

interface Override {
  readonly text: string;
  readonly path: SettingPath;
  readonly value: unknown;
}

const stepPattern = /^([^.[\]=]+)((?:\[\d+\])*)$/;

function parseOverride(text: string): Override {
  const equals = text.indexOf("=");
  const path: (string | number)[] = [];
  for (const part of text.slice(0, Math.max(0, equals)).split(".")) {
    const [, name, places = ""] = stepPattern.exec(part) ?? [];
    if (name === undefined) {
      throw new ConfigError("SETTING_INVALID", {
        at: { source: `--set ${text}` },
        message: "expected path=value",
        hint: "for example --set training.epochs=3",
      });
    }
    path.push(/^\d+$/.test(name) ? Number(name) : name);
    for (const [, place] of places.matchAll(/\[(\d+)\]/g)) path.push(Number(place));
  }
  return { text, path, value: parseYamlValue(text.slice(equals + 1), { source: `--set ${text}` }) };
}

/**
 * A copy of `input` with the new value. Creates missing maps on the path; everything else must
 * exist.
 */
function override(input: unknown, { text, path, value }: Override): unknown {
  const change = (current: unknown, rest: SettingPath, done: SettingPath): unknown => {
    const [step, ...further] = rest;
    if (step === undefined) return value;
    const here = [...done, step];
    if (Array.isArray(current)) {
      const list: readonly unknown[] = current;
      if (typeof step !== "number" || step > list.length) {
        throw notThere(text, done, `is a list of ${list.length}, counted from 0`);
      }
      return [...list.slice(0, step), change(list[step], further, here), ...list.slice(step + 1)];
    }
    if (current === undefined || current === null) return { [step]: change(undefined, further, here) };
    if (typeof current !== "object") throw notThere(text, done, `is ${JSON.stringify(current)} and has nothing inside`);
    const map: Readonly<Record<string, unknown>> = { ...current };
    const old = Object.hasOwn(map, step) ? map[String(step)] : undefined;
    return { ...map, [step]: change(old, further, here) };
  };
  return change(input, path, []);
}

function notThere(text: string, path: SettingPath, is: string): ConfigError {
  return new ConfigError("SETTING_INVALID", {
    at: { source: `--set ${text}` },
    message: `${printPath(path)} ${is}`,
    hint: "see the configuration file for the names",
  });
}

function covers(outer: SettingPath, inner: SettingPath): boolean {
  return outer.length <= inner.length && outer.every((step, index) => String(step) === String(inner[index]));
}
