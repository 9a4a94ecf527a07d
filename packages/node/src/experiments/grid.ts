import { createHash } from "node:crypto";
import { ConfigError } from "@weft-nlp/core";
import { parseYamlValue } from "../files/yaml-source.ts";

/** A setting and the values it takes in turn. */
export interface GridAxis {
  /** As after `--set`: `objective.alpha`. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** One value of each axis. */
export interface GridPoint {
  /** Of each axis, which of its values. */
  readonly places: readonly number[];
  /** By the path of the axis. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** As `readConfig` takes them: `objective.alpha=0.1`. */
  readonly changes: readonly string[];
  /** The settings as a name for a folder; different points have different ones. */
  readonly name: string;
}

/**
 * An axis from `path=a,b,c`, where what stands behind the equals sign is read as a list of YAML
 * values: `1,2`, `true,false`, `[1, 2],[3]`, `"a,b",c`.
 *
 * @throws {ConfigError} SETTING_INVALID when there is no path, no value, or one value twice
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
  throw new ConfigError("SETTING_INVALID", { at, message: `the value ${twice} stands there twice`, hint: example });
}

/**
 * Every combination of the values, the last axis changing fastest.
 *
 * @throws {ConfigError} SETTING_INVALID when two axes are the same setting, or there are more
 *   points than anybody means
 */
export function gridPoints(axes: readonly GridAxis[]): GridPoint[] {
  const twice = axes.find(({ path }, index) => axes.findIndex((axis) => axis.path === path) !== index);
  if (twice !== undefined) {
    throw new ConfigError("SETTING_INVALID", {
      at: { source: `--grid ${twice.path}` },
      message: "this setting has two axes",
      hint: "write all its values behind one --grid",
    });
  }
  const size = axes.reduce((product, { values }) => product * values.length, 1);
  if (size > maxPoints) {
    throw new ConfigError("SETTING_INVALID", {
      at: { source: "--grid" },
      message: `the grid has ${size} points, and ${maxPoints} are the most`,
      hint: "fewer values, or one sweep after the other",
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

/** A value of an axis as tables and pictures write it. */
export function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Quotes what would otherwise read like another value: the text "1" beside the number. */
function unmistakable(value: unknown): string {
  return typeof value === "string" && /^(?!(?:true|false|null)$)[A-Za-z]/u.test(value) ? value : JSON.stringify(value);
}

/**
 * A name every system takes. Where letters had to go, a few digits of the whole keep different
 * names apart.
 */
function folderName(text: string): string {
  const kept = text.replaceAll(/[^\w.,=+-]/gu, "_").slice(0, 120);
  return kept === text ? text : `${kept}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
