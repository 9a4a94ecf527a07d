import { dirname, relative, resolve, sep } from "node:path";
import type { CorpusFacts, Recipe } from "@weft-nlp/core/recipe";
import { stringify } from "yaml";
import type { PreparedData } from "./prepare-data.ts";

/** A recipe as a short configuration file, with the reasons as comments. */
export function printRecipe(
  { settings, choices }: Recipe,
  {
    facts,
    data,
    seed,
    path,
  }: { readonly facts: CorpusFacts; readonly data: PreparedData; readonly seed: number; readonly path: string },
): string {
  const place = (file: string): string => pathFrom(dirname(resolve(path)), file);
  const files = {
    train: place(data.train),
    dev: place(data.dev),
    ...(data.test === undefined ? {} : { test: place(data.test) }),
  };
  const reasonsOf = (section: string | undefined): string[] =>
    choices
      .filter(({ about }) => sectionOf[about] === section)
      .map(({ about, choice, reason }) => `# ${about}: ${choice} — ${reason}`);
  const sections = [
    ...factLines(facts).map((line) => `# ${line}`),
    ...reasonsOf(undefined),
    stringify({ seed, data: files }, { lineWidth: 0 }).trimEnd(),
    ...Object.entries(settings).flatMap(([name, value]) => [
      ...reasonsOf(name),
      stringify({ [name]: value }, { lineWidth: 0 }).trimEnd(),
    ]),
  ];
  return `${sections.join("\n")}\n`;
}

/** What a corpus is like, in short lines. */
export function factLines(facts: CorpusFacts): string[] {
  const { sentences, tokensPerSentence, script, english, typed, entities, relations, entityTypes, relationTypes } = facts;
  const language = english ? "English" : script === "none" ? "no letters" : `${script} script`;
  const kinds = Object.keys(relationTypes).length;
  return [
    `${sentences} sentences to learn from, ${tokensPerSentence.mean.toFixed(0)} ${facts.characters ? "characters" : "words"} on average, at most ${tokensPerSentence.max}; ${language}`,
    `${entities} entities ${typed ? `of ${plural(Object.keys(entityTypes).length, "type")}` : "without types"}, ${relations} relations of ${plural(kinds, "type")}`,
  ];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The section of the file above which a choice is explained. */
const sectionOf: Readonly<Record<string, string>> = {
  model: "model",
  inputs: "model",
  encoder: "model",
  vectors: "vectors",
  training: "training",
};

/** Relative if it lies in the folder or next to it; slashes on every system. */
function pathFrom(folder: string, file: string): string {
  const absolute = resolve(file);
  const path = relative(folder, absolute);
  return (path.startsWith(`..${sep}..`) ? absolute : path).split(sep).join("/");
}
