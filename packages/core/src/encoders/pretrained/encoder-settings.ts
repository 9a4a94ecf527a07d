import type { FrozenReference } from "../../nn/index.ts";

/**
 * A frozen encoder that a model's settings name, and where they do: `["tagger", "inputs",
 * "encoder"]`.
 */
export interface NamedEncoder {
  readonly path: readonly string[];
  readonly reference: FrozenReference;
}

/** Every frozen encoder that a model's settings name, those of its parts included. */
export function encodersIn(settings: unknown): NamedEncoder[] {
  const found: NamedEncoder[] = [];
  mapEncoders(settings, (reference, path) => {
    found.push({ path, reference });
    return reference;
  });
  return found;
}

/**
 * A model's settings with each frozen encoder replaced. Settings without one are returned as they
 * are.
 */
export function mapEncoders<Settings>(
  settings: Settings,
  change: (reference: FrozenReference, path: readonly string[]) => FrozenReference,
): Settings {
  const walk = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value);
    const changed = entries.map(([key, inner]) => {
      const here = [...path, key];
      const isEncoder = key === "encoder" && path.at(-1) === "inputs" && typeof inner === "object" && inner !== null;
      return [key, isEncoder ? change(inner as FrozenReference, here) : walk(inner, here)] as const;
    });
    return changed.some(([, inner], k) => inner !== entries[k]?.[1]) ? Object.fromEntries(changed) : value;
  };
  return walk(settings, []) as Settings;
}
