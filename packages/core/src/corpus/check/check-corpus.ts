import { checkLabels } from "./check-labels.ts";
import { checkSentences } from "./check-sentences.ts";
import { findLeakage, type Leakage, sharedSentences, unseenLabels } from "./compare-files.ts";
import { contradictions } from "./contradictions.ts";
import { oddSignatures } from "./odd-signatures.ts";
import { type CheckedFile, type CheckSettings, defaultCheckSettings, type Fault, type Problem, type Role } from "./problem.ts";

/** The problems and leakage found in a set of files. */
export interface CheckReport {
  readonly files: readonly {
    readonly source: string;
    readonly role: Role | undefined;
    readonly sentences: number;
    readonly faults: readonly Fault[];
  }[];
  /** Warnings before notes, each in the order of the files. */
  readonly problems: readonly Problem[];
  /** One entry for each dev or test file, if there is a training file. */
  readonly leakage: readonly Leakage[];
}

/**
 * Checks files that belong together, such as train, dev and test, for problems that hurt training
 * or invalidate a score.
 */
export function checkCorpus(given: readonly CheckedFile[], changes: Partial<CheckSettings> = {}): CheckReport {
  const settings = { ...defaultCheckSettings, ...changes };
  const files = given.map((file) => ({ ...file, role: file.role ?? roleOf(file.source) }));
  const train = files.filter(({ role }) => role === "train");
  const held = train.length === 0 ? [] : files.filter(({ role }) => role === "dev" || role === "test");
  const { leakage, problems: leaks } = findLeakage(train, held, settings);
  const problems = [
    ...files.flatMap((file) => checkSentences(file, settings)),
    ...sharedSentences(files, settings),
    ...contradictions(files, settings),
    ...unseenLabels(train, held, settings),
    ...checkLabels(files, train, settings),
    ...oddSignatures(files, settings),
    ...leaks,
  ];
  const byLevel = (level: Problem["level"]): Problem[] => problems.filter((problem) => problem.level === level);
  return {
    files: files.map(({ source, role, sentences, faults }) => ({ source, role, sentences: sentences.length, faults })),
    problems: [...byLevel("warning"), ...byLevel("note")],
    leakage,
  };
}

/** The role of a file, guessed from the words in its name. */
export function roleOf(source: string): Role | undefined {
  const name = source.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
  const words = name.toLowerCase().split(/[^a-z]+/);
  if (words.some((word) => word.startsWith("train"))) return "train";
  if (words.some((word) => /^(dev|valid|validation|val|development)$/.test(word))) return "dev";
  return words.some((word) => /^(test|eval)$/.test(word)) ? "test" : undefined;
}
