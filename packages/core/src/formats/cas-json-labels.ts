import type { Location } from "../errors.ts";
import { type Fields, within } from "../json/fields.ts";
import { labelFeature, shortName } from "./shared/layers.ts";
import type { Omit } from "./shared/records.ts";

/** A feature structure of a file. */
export interface Structure {
  readonly id: number;
  readonly type: string;
  readonly fields: Fields;
  /** For reports and errors. */
  readonly path: string;
}

/** The types of annotation, by the label feature of their layers. */
export class Labels {
  readonly #features = new Map<string, Set<string>>();
  readonly #byId: ReadonlyMap<number, Structure>;
  readonly #omit: Omit;

  constructor(structures: readonly Structure[], types: unknown, byId: ReadonlyMap<number, Structure>, omit: Omit) {
    this.#byId = byId;
    this.#omit = omit;
    const declared = typeof types === "object" && types !== null ? Object.entries(types as Fields) : [];
    for (const [type, definition] of declared) {
      if (typeof definition !== "object" || definition === null) continue;
      for (const [name, feature] of Object.entries(definition as Fields)) {
        const range = (feature as Fields | null)?.["%RANGE"];
        if (!name.startsWith("%") && (range === "uima.cas.String" || range === "uima.cas.StringArray")) this.#know(type, name);
      }
    }
    for (const { type, fields } of structures)
      for (const name of Object.keys(fields))
        if (this.#strings(fields, name).length > 0) this.#know(type, name.replace(/^@/, ""));
  }

  /** Reports other features with a value, since an annotation has one label in Weft. */
  of({ type, fields, path }: Structure, at: Location): string | null {
    const features = [...(this.#features.get(type) ?? [])];
    const label = labelFeature(features);
    for (const name of features) {
      if (name !== label && [name, `@${name}`].some((key) => this.#strings(fields, key).length > 0))
        this.#omit(`${path}.${name}`, "an annotation has one label in Weft; this feature was left out");
    }
    if (label === undefined) return features.length === 0 && type !== "uima.tcas.Annotation" ? shortName(type) : null;
    const values = [label, `@${label}`].flatMap((key) => this.#strings(fields, key));
    if (values.length > 1)
      this.#omit(within(at, `${path}.${label}`).path ?? "", `there are ${values.length} labels; the first was used`);
    return values[0] ?? null;
  }

  #know(type: string, name: string): void {
    const known = this.#features.get(type);
    if (known === undefined) this.#features.set(type, new Set([name]));
    else known.add(name);
  }

  /** The strings of a feature: its value, or the elements of the array that it refers to. */
  #strings(fields: Fields, key: string): string[] {
    if (key.startsWith("%")) return [];
    const value = fields[key];
    if (!key.startsWith("@")) return typeof value === "string" && value !== "" ? [value] : [];
    const array = typeof value === "number" ? this.#byId.get(value) : undefined;
    const elements = /^(?:uima\.cas\.StringArray|uima\.cas\.String\[\])$/.test(array?.type ?? "")
      ? array?.fields["%ELEMENTS"]
      : [];
    return Array.isArray(elements) ? elements.filter((each): each is string => typeof each === "string" && each !== "") : [];
  }
}
