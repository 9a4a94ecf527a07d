import { ConfigError } from "../errors.ts";
import { nearestName } from "../text/index.ts";
import type { ConstraintSet } from "./constraint-set.ts";

/** The labels that constraints may name. */
export interface KnownLabels {
  /** Empty if entities have no types. */
  readonly entityTypes: readonly string[];
  readonly relationTypes: readonly string[];
}

/**
 * Refuses constraints that name labels the model does not have, or that contradict each other.
 *
 * @param place the path of the constraints, for the error
 * @throws {ConfigError} SETTING_INVALID with the path of the first fault
 */
export function checkConstraints(set: ConstraintSet, { entityTypes, relationTypes }: KnownLabels, place = "constraints"): void {
  const fail = (path: string, message: string, hint?: string): never => {
    throw new ConfigError("SETTING_INVALID", { at: { path: `${place}.${path}` }, message, hint });
  };
  const known = (path: string, kind: string, name: string, names: readonly string[]): void => {
    if (names.includes(name)) return;
    const nearest = nearestName(name, names);
    const listed = names.length === 0 ? `the data has no ${kind}s` : `the ${kind}s are ${names.join(", ")}`;
    fail(path, `there is no ${kind} ${JSON.stringify(name)}`, nearest === undefined ? listed : `did you mean ${nearest}?`);
  };
  const inverses = new Map<string, string>();
  for (const [type, own] of Object.entries(set.relations)) {
    const path = `relations.${type}`;
    known(path, "relation type", type, relationTypes);
    for (const [index, pair] of (own.arguments ?? []).entries()) {
      for (const name of pair) known(`${path}.arguments[${index}]`, "entity type", name, entityTypes);
    }
    const { inverse, symmetric, acyclic } = own;
    if (symmetric === "both" && acyclic === true) {
      fail(`${path}.acyclic`, "a relation in both directions is a cycle", "remove acyclic or symmetric");
    }
    if (inverse === undefined) continue;
    known(`${path}.inverse`, "relation type", inverse, relationTypes);
    if (inverse === type) fail(`${path}.inverse`, "a type that is its own inverse is symmetric", "write symmetric: both instead");
    if (symmetric !== undefined || set.relations[inverse]?.symmetric !== undefined) {
      fail(`${path}.inverse`, "a symmetric type is its own inverse", "remove inverse or symmetric");
    }
    for (const [one, other] of [
      [type, inverse],
      [inverse, type],
    ] as const) {
      const before = inverses.get(one);
      if (before !== undefined && before !== other) {
        fail(`${path}.inverse`, `${one} already has the inverse ${before}`, "a type has one inverse");
      }
      inverses.set(one, other);
    }
  }
}
