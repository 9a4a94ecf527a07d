import { placeIn, spelled } from "./place.ts";
import { type CheckedFile, type CheckSettings, counted, type Problem, type ProblemPlace } from "./problem.ts";

interface Signature {
  readonly head: string;
  readonly tail: string;
  amount: number;
  readonly places: ProblemPlace[];
}

/**
 * Relations whose argument types are very rare for their relation type, if one pair of types
 * dominates. Pools all files, since dev and test follow the same guidelines. Ignores relations with
 * an untyped argument.
 */
export function oddSignatures(files: readonly CheckedFile[], settings: CheckSettings): Problem[] {
  return [...signaturesByType(files, settings.places)].flatMap(([type, signatures]): Problem[] => {
    const sorted = [...signatures.values()].sort((a, b) => b.amount - a.amount);
    const total = sorted.reduce((sum, { amount }) => sum + amount, 0);
    const [usual] = sorted;
    if (usual === undefined || usual.amount < dominantShare * total) return [];
    return sorted.slice(1).flatMap((odd): Problem[] => {
      if (odd.amount > settings.oddCount || odd.amount > settings.oddShare * total) return [];
      const swapped = odd.head === usual.tail && odd.tail === usual.head && odd.head !== odd.tail;
      const message =
        `${counted(odd.amount, "relation", "relations")} ${type} ${odd.amount === 1 ? "goes" : "go"} from ${odd.head} to ${odd.tail}, ` +
        `but ${usual.amount.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} go from ${usual.head} to ${usual.tail}`;
      const hint = swapped ? "head and tail may be swapped" : "an entity type, an end or the relation may be wrong";
      return [{ code: "ODD_SIGNATURE", level: "warning", amount: odd.amount, message, hint, places: odd.places }];
    });
  });
}

/** The dominant pair of types must have at least this share; otherwise no pair counts as usual. */
const dominantShare = 0.75;

function signaturesByType(files: readonly CheckedFile[], kept: number): Map<string, Map<string, Signature>> {
  const types = new Map<string, Map<string, Signature>>();
  for (const { sentences } of files) {
    for (const placed of sentences) {
      const { entities, relations } = placed.sentence;
      for (const [index, relation] of relations.entries()) {
        const [head, tail] = [entities[relation.head]?.type, entities[relation.tail]?.type];
        if (typeof head !== "string" || typeof tail !== "string") continue;
        const signatures = types.get(relation.type) ?? new Map<string, Signature>();
        types.set(relation.type, signatures);
        const key = `${head}\u001f${tail}`;
        const signature = signatures.get(key) ?? { head, tail, amount: 0, places: [] };
        signatures.set(key, signature);
        signature.amount++;
        if (signature.places.length < kept)
          signature.places.push({ ...placeIn(placed, `relations[${index}]`), says: spelled(placed.sentence, relation) });
      }
    }
  }
  return types;
}
