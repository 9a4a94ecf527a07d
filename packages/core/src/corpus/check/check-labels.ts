import { editDistance } from "../../text/index.ts";
import { listed } from "./compare-files.ts";
import { placeIn } from "./place.ts";
import { type CheckedFile, type CheckSettings, counted, type LabelKind, type Problem, type ProblemPlace } from "./problem.ts";

/** How often a name occurs, with its first places. */
interface Use {
  readonly name: string;
  amount: number;
  readonly places: ProblemPlace[];
}

/** Finds problems in the names of types and in their frequencies. */
export function checkLabels(files: readonly CheckedFile[], train: readonly CheckedFile[], settings: CheckSettings): Problem[] {
  const kinds: readonly LabelKind[] = ["entity", "relation"];
  return [
    ...files.flatMap((file) => untypedAmongTyped(file, files, settings)),
    ...kinds.flatMap((kind) => similarLabels(kind, usesOf(kind, files, settings.places))),
    ...kinds.flatMap((kind) => unevenLabels(kind, usesOf(kind, train.length > 0 ? train : files, settings.places), settings)),
  ];
}

function usesOf(kind: LabelKind, files: readonly CheckedFile[], kept: number): Use[] {
  const uses = new Map<string, Use>();
  for (const { sentences } of files) {
    for (const placed of sentences) {
      const [list, path] =
        kind === "entity"
          ? ([placed.sentence.entities, "entities"] as const)
          : ([placed.sentence.relations, "relations"] as const);
      for (const [index, { type }] of list.entries()) {
        if (type === null) continue;
        const use = uses.get(type) ?? { name: type, amount: 0, places: [] };
        uses.set(type, use);
        use.amount++;
        if (use.places.length < kept) use.places.push(placeIn(placed, `${path}[${index}].type`));
      }
    }
  }
  return [...uses.values()].sort((a, b) => b.amount - a.amount || (a.name < b.name ? -1 : 1));
}

function untypedAmongTyped(file: CheckedFile, files: readonly CheckedFile[], { places: kept }: CheckSettings): Problem[] {
  const places: ProblemPlace[] = [];
  let untyped = 0;
  for (const placed of file.sentences) {
    for (const [index, { type }] of placed.sentence.entities.entries()) {
      if (type !== null) continue;
      untyped++;
      if (places.length < kept) places.push(placeIn(placed, `entities[${index}]`));
    }
  }
  const someTyped = (): boolean =>
    files.some(({ sentences }) => sentences.some(({ sentence }) => sentence.entities.some(({ type }) => type !== null)));
  if (untyped === 0 || !someTyped()) return [];
  const { source } = file;
  const message = `${source}: ${counted(untyped, "entity has", "entities have")} no type, but others have one`;
  const hint = "give every entity a type, or none";
  return [{ code: "UNTYPED_ENTITY", level: "warning", source, amount: untyped, message, hint, places }];
}

/**
 * Names that may be misspellings of more frequent ones: they differ in case, in how words are
 * joined, by a plural, or by a letter or two if they are far rarer. Names that differ only in
 * digits are not misspellings: they number things.
 */
function similarLabels(kind: LabelKind, uses: readonly Use[]): Problem[] {
  const byFold = new Map<string, Use>();
  return uses.flatMap((rare, index): Problem[] => {
    const fold = withoutPlurals(foldName(rare.name));
    const same = byFold.get(fold);
    if (same === undefined) byFold.set(fold, rare);
    const near = same ?? nearestBefore(uses, index);
    if (near === undefined) return [];
    const [from, to] = [rare.name, near.name];
    const message = `the ${kind} type ${JSON.stringify(from)} (${rare.amount}) differs from ${JSON.stringify(to)} (${near.amount}) ${difference(from, to)}`;
    const hint = `if they mean the same: --fix OUT --rename ${JSON.stringify(`${kind}:${from}=${to}`)}`;
    const fix = { kind: "rename", of: kind, from, to } as const;
    return [{ code: "SIMILAR_LABELS", level: "warning", amount: rare.amount, message, hint, fix, places: rare.places }];
  });
}

/** The limit of names for this search, which compares every pair. */
const maxCompared = 1000;

function nearestBefore(uses: readonly Use[], index: number): Use | undefined {
  const rare = uses[index];
  if (rare === undefined || index >= maxCompared) return undefined;
  return uses.slice(0, index).find((frequent) => {
    const [a, b] = [rare.name.toLowerCase(), frequent.name.toLowerCase()];
    const shorter = Math.min(a.length, b.length);
    if (Math.abs(a.length - b.length) > 2 || shorter < 3) return false;
    // A short name one letter away is often another name, such as LOC and LOG, so it has to be far
    // rarer.
    const timesRarer = shorter < 6 ? 50 : 10;
    if (rare.amount * timesRarer > frequent.amount) return false;
    if (withoutDigits(a) === withoutDigits(b)) return false;
    return editDistance(a, b) <= (shorter < 10 ? 1 : 2);
  });
}

function difference(a: string, b: string): string {
  if (a.toLowerCase() === b.toLowerCase()) return "only in case";
  if (foldName(a) === foldName(b)) return "in how its words are joined";
  if (withoutPlurals(foldName(a)) === withoutPlurals(foldName(b))) return "by a plural";
  return `by ${counted(editDistance(a.toLowerCase(), b.toLowerCase()), "letter", "letters")}`;
}

/** Folds `Works_For`, `works-for` and `worksFor` into one name. */
function foldName(name: string): string {
  const words = name
    .normalize("NFKC")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter((word) => word !== "");
  return words.join("");
}

function withoutPlurals(folded: string): string {
  return folded.length > 3 ? folded.replace(/s$/, "") : folded;
}

function withoutDigits(name: string): string {
  return name.replace(/\d+/g, "");
}

function unevenLabels(kind: LabelKind, uses: readonly Use[], { fewestExamples, places: kept }: CheckSettings): Problem[] {
  const total = uses.reduce((sum, { amount }) => sum + amount, 0);
  const problems: Problem[] = [];
  const [first] = uses;
  if (first !== undefined && uses.length > 1 && first.amount > dominantShare * total) {
    const share = ((100 * first.amount) / total).toFixed(1);
    const message = `${share} % of the training examples have the ${kind} type ${JSON.stringify(first.name)} (${first.amount} of ${total})`;
    const hint = "a model that always predicts this type scores well in micro F1; check macro F1 too";
    problems.push({ code: "DOMINANT_LABEL", level: "note", amount: first.amount, message, hint, places: [] });
  }
  const rare = uses.filter(({ amount }) => amount < fewestExamples);
  if (rare.length > 0) {
    const names = listed(rare.map(({ name, amount }) => `${name} (${amount})`));
    const message = `${counted(rare.length, `${kind} type has`, `${kind} types have`)} fewer than ${fewestExamples} training examples: ${names}`;
    const hint = "add examples, merge rare types, or remove them";
    const places = rare.flatMap(({ places: all }) => all.slice(0, 1)).slice(0, kept);
    problems.push({ code: "RARE_LABEL", level: "note", amount: rare.length, message, hint, places });
  }
  return problems;
}

const dominantShare = 0.9;
