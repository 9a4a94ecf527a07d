import { createHash } from "node:crypto";
import { ConfigError } from "@weft-nlp/core";
import { parseYamlValue } from "../files/yaml-source.ts";

/** A setting and the values to try. */
export interface GridAxis {
  /** As after `--set`: `objective.alpha`. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** One value of each axis. */
export interface GridPoint {
  /** The index of the chosen value on each axis. */
  readonly places: readonly number[];
  /** The chosen values by the path of their axis. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** As `readConfig` takes them: `objective.alpha=0.1`. */
  readonly changes: readonly string[];
  /** A folder name made from the settings; unique among points. */
  readonly name: string;
}

/**
 * Parses an axis from `path=a,b,c`. The part after the equals sign is a list of YAML values: `1,2`,
 * `true,false`, `[1, 2],[3]`, `"a,b",c`.
 *
 * @throws {ConfigError} SETTING_INVALID when the path or the values are missing, or a value is
 *   repeated
 * @throws {ConfigError} YAML_INVALID
 */
export function parseAxis(text: string): GridAxis {
  const at = { source: `--grid ${text}` };
  const equals = text.indexOf("=");
  const path = text.slice(0, Math.max(0, equals)).trim();
  const values = path === "" ? undefined : parseYamlValue(`[${text.slice(equals + 1)}]`, at);
  const example = "for example --grid objective.alpha=0.01,0.1,1";
  if (!Array.isArray(values) || values.length === 0) {
    throw new ConfigError("SETTING_INVALID", { at, message: "expected path=value,value", hint: example });
  }
  const texts = values.map((value) => JSON.stringify(value));
  const twice = texts.find((value, index) => texts.indexOf(value) !== index);
  if (twice === undefined) return { path, values };
  throw new ConfigError("SETTING_INVALID", { at, message: `the value ${twice} is given twice`, hint: example });
}

/**
 * Every combination of the values, the last axis changing fastest.
 *
 * @throws {ConfigError} SETTING_INVALID when two axes name the same setting, or the grid has too
 *   many points
 */
export function gridPoints(axes: readonly GridAxis[]): GridPoint[] {
  const twice = axes.find(({ path }, index) => axes.findIndex((axis) => axis.path === path) !== index);
  if (twice !== undefined) {
    throw new ConfigError("SETTING_INVALID", {
      at: { source: `--grid ${twice.path}` },
      message: "this setting is given twice",
      hint: "write all its values after one --grid",
    });
  }
  const size = axes.reduce((product, { values }) => product * values.length, 1);
  if (size > maxPoints) {
    throw new ConfigError("SETTING_INVALID", {
      at: { source: "--grid" },
      message: `the grid has ${size} points; at most ${maxPoints} are allowed`,
      hint: "use fewer values, or run several sweeps",
    });
  }
  let places: number[][] = [[]];
  for (const { values } of axes) places = places.flatMap((before) => [...values.keys()].map((place) => [...before, place]));
  return places.map((own) => {
    const chosen = axes.map(({ path, values }, axis) => [path, values[own[axis] ?? 0]] as const);
    return {
      places: own,
      settings: Object.fromEntries(chosen),
      changes: chosen.map(([path, value]) => `${path}=${JSON.stringify(value)}`),
      name: folderName(chosen.map(([path, value]) => `${path}=${unmistakable(value)}`).join(",")),
    };
  });
}

const maxPoints = 10_000;

/** A value of an axis as tables and pictures show it. */
export function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Quotes text that could be mistaken for another value, such as the text "1" for the number. */
function unmistakable(value: unknown): string {
  return typeof value === "string" && /^(?!(?:true|false|null)$)[A-Za-z]/u.test(value) ? value : JSON.stringify(value);
}

/**
 * A name that every file system accepts. If characters had to be removed, part of a hash of the
 * full text keeps the name unique.
 */
function folderName(text: string): string {
  const kept = text.replaceAll(/[^\w.,=+-]/gu, "_").slice(0, 120);
  return kept === text ? text : `${kept}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
