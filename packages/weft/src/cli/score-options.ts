import { InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "./compute-options.ts";

/** What the shared options below become. */
export interface ScoreFlags {
  readonly report?: string;
  readonly ignore?: readonly string[];
  readonly resamples: number;
  readonly examples?: number;
}

export const ignoreOption = new Option(
  "--ignore <types>",
  "types that do not count on either side, such as Other; several with commas between",
).argParser(typeNames);

/** The options of the commands that score predictions. */
export const scoreOptions: readonly Option[] = [
  new Option("--report <folder>", "write report.json and report.html: pictures, every breakdown, each mistake beside gold"),
  new Option("--examples <n>", "show this many mistakes in their sentences").argParser(wholeNumber(1)),
  ignoreOption,
  new Option("--resamples <n>", "bootstrap resamples behind the intervals").argParser(wholeNumber(100)).default(1000),
];

function typeNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) throw new InvalidArgumentError("expected names of types with commas between");
  return names;
}
