import type { Sentence } from "../../schema/index.ts";
import { joinKey, spanKey } from "../../schema/span-keys.ts";
import { placeOf, quoted, textKey } from "./place.ts";
import {
  type CheckedFile,
  type CheckedSentence,
  type CheckSettings,
  counted,
  type Problem,
  type ProblemPlace,
} from "./problem.ts";

/** Sentences with the same words as an earlier one, in any file, but different annotation. */
export function contradictions(files: readonly CheckedFile[], { places: kept }: CheckSettings): Problem[] {
  const first = new Map<string, CheckedSentence>();
  const problems: Problem[] = [];
  for (const { source, sentences } of files) {
    const clashes: ProblemPlace[] = [];
    const gaps: ProblemPlace[] = [];
    let amount = 0;
    for (const placed of sentences) {
      const key = textKey(placed.sentence.tokens);
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, placed);
        continue;
      }
      const { clashing, missing } = differences(placed.sentence, other.sentence);
      const said = [...clashing, ...missing];
      if (said.length === 0) continue;
      amount++;
      const places = clashing.length > 0 ? clashes : gaps;
      const rest = said.length > shownDifferences ? [`and ${said.length - shownDifferences} more`] : [];
      const says = [...said.slice(0, shownDifferences), ...rest].join("; ");
      if (places.length < kept) places.push({ ...placeOf(placed), says, other: placeOf(other) });
    }
    if (amount === 0) continue;
    const message = `${source}: ${counted(amount, "sentence is", "sentences are")} annotated differently from an earlier sentence with the same words`;
    const hint = "a model cannot learn both; choose one";
    const places = [...clashes, ...gaps].slice(0, kept);
    problems.push({ code: "CONTRADICTION", level: "warning", source, amount, message, hint, places });
  }
  return problems;
}

const shownDifferences = 3;

/** The differences in words, seen from `here`: conflicting labels, and labels on one side only. */
function differences(here: Sentence, there: Sentence): { clashing: string[]; missing: string[] } {
  const clashing: string[] = [];
  const missing: string[] = [];
  compare(entityTypes(here), entityTypes(there), clashing, missing);
  compare(relationTypes(here), relationTypes(there), clashing, missing);
  return { clashing, missing };
}

interface Named {
  readonly words: string;
  readonly types: ReadonlySet<string>;
}

function compare(
  here: ReadonlyMap<string, Named>,
  there: ReadonlyMap<string, Named>,
  clashing: string[],
  missing: string[],
): void {
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const [mine, theirs] = [here.get(key), there.get(key)];
    if (mine !== undefined && theirs !== undefined) {
      const [one, other] = [namesOf(mine.types), namesOf(theirs.types)];
      if (one !== other) clashing.push(`${mine.words} is ${one} here, ${other} there`);
    } else if (mine !== undefined) missing.push(`${mine.words} (${namesOf(mine.types)}) is here only`);
    else if (theirs !== undefined) missing.push(`${theirs.words} (${namesOf(theirs.types)}) is there only`);
  }
}

function namesOf(types: ReadonlySet<string>): string {
  return [...types].sort().join(" and ");
}

function entityTypes(sentence: Sentence): Map<string, Named> {
  const found = new Map<string, Named & { readonly types: Set<string> }>();
  for (const entity of sentence.entities) {
    add(found, spanKey(entity), quoted(sentence, entity), entity.type ?? "without a type");
  }
  return found;
}

function relationTypes(sentence: Sentence): Map<string, Named> {
  const found = new Map<string, Named & { readonly types: Set<string> }>();
  for (const { head, tail, type } of sentence.relations) {
    const [first, second] = [sentence.entities[head], sentence.entities[tail]];
    if (first === undefined || second === undefined) continue;
    add(found, joinKey(spanKey(first), spanKey(second)), `${quoted(sentence, first)} → ${quoted(sentence, second)}`, type);
  }
  return found;
}

function add(found: Map<string, Named & { readonly types: Set<string> }>, key: string, words: string, type: string): void {
  const known = found.get(key);
  if (known === undefined) found.set(key, { words, types: new Set([type]) });
  else known.types.add(type);
}
