import type { ComputeOptions } from "@weft-nlp/node/extractor";
import { InvalidArgumentError, Option } from "commander";

/** What the shared options below become. */
export interface ComputeFlags extends Pick<ComputeOptions, "threads" | "deterministic"> {}

/** The options of every command that runs a network. */
export const computeOptions: readonly Option[] = [
  new Option("--threads <n>", "worker threads; the machine's cores where left out").argParser(wholeNumber(1)),
  new Option("--deterministic", "use the kernels that give the same bits on every processor"),
];

/** What to say of a training that goes on under other kernels than those that its checkpoint came from. @param before their mark */
export function otherKernelsWarning(before: string): string {
  const [build = "", digest = ""] = before.split(" ");
  const which = digest === "" ? `${build} ones` : `${build} ones, ${digest.slice(0, 12)}`;
  return (
    `the checkpoint was computed by other kernels (${which}) than those that go on now; the weights may differ in their last bits from ` +
    "those of a training that was never stopped"
  );
}

/** Reads a whole number of at least `least`, for commander's `argParser`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`expected a whole number of at least ${least}`);
    return value;
  };
}

/** Reads a probability. */
export function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("expected a number from 0 to 1");
  return value;
}

/** Collects the values of an option that may be given several times. */
export function gather(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
