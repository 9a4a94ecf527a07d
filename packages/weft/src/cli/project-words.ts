import type { CheckReport } from "@weft-nlp/core/corpus";
import { splitParts } from "@weft-nlp/core/corpus";
import type { CorpusFacts, RecipeChoice } from "@weft-nlp/core/recipe";
import { factLines, type PreparedData, type Project } from "@weft-nlp/node/recipe";
import type { Terminal } from "./terminal.ts";
import { count, percent, whole } from "./words.ts";
import { wrap } from "./wrap.ts";

/** What data is like, what is wrong with it, how it was divided, and what was chosen for it. */
export function projectText(
  {
    project,
    data,
    choices,
  }: { readonly project: Project; readonly data: PreparedData; readonly choices: readonly RecipeChoice[] },
  terminal: Terminal,
): string {
  const { style } = terminal;
  const { facts, formats, check, parts } = project;
  const inputs = splitParts.flatMap((part) => parts[part]);
  return [
    style("bold", `${inputs.join(", ")} (${formats.join(", ")})`),
    ...factLines(facts),
    ...typesWords(facts),
    ...checkWords(check, inputs),
    ...splitWords(data),
    "",
    ...choiceLines(choices, terminal),
  ].join("\n");
}

const shownTypes = 8;

function typesWords({ relationTypes }: CorpusFacts): string[] {
  const types = Object.entries(relationTypes);
  if (types.length === 0) return [];
  const more = types.length > shownTypes ? ` and ${types.length - shownTypes} more` : "";
  return [
    `relations: ${types
      .slice(0, shownTypes)
      .map(([type, amount]) => `${type} ${whole(amount)}`)
      .join(", ")}${more}`,
  ];
}

const shownProblems = 3;

function checkWords({ problems }: CheckReport, inputs: readonly string[]): string[] {
  const warnings = problems.filter(({ level }) => level === "warning");
  if (warnings.length === 0) return ["check: nothing to warn of"];
  const command = `weft data check ${inputs.join(" ")}`;
  const more = warnings.length > shownProblems ? `, ${warnings.length - shownProblems} more` : "";
  return [...warnings.slice(0, shownProblems).map(({ message }) => `check: ${message}`), `       details${more}: ${command}`];
}

function splitWords({ split, train, dev, test }: PreparedData): string[] {
  if (split === undefined) return [];
  const { plan, shares, bySentence } = split;
  const used = splitParts.filter((part) => shares[part] > 0);
  const total = used.reduce((sum, part) => sum + plan.sizes[part].sentences, 0);
  const sizes = used.map(
    (part) => `${part} ${whole(plan.sizes[part].sentences)} (${percent(plan.sizes[part].sentences, total)})`,
  );
  const unit = bySentence ? "sentence by sentence, since there are too few documents" : "by document";
  const lines = [`split ${unit}: ${sizes.join(", ")} → ${[train, dev, ...(test === undefined ? [] : [test])].join(", ")}`];
  if (shares.test === 0 && test === undefined) {
    lines.push("no test part, since there are too few sentences; the scores on dev will flatter the model a little");
  }
  const missing = used.flatMap((part) => {
    const none = plan.types.filter(({ counts }) => counts[part] === 0);
    return none.length === 0
      ? []
      : [
          `${part} has no examples of ${count(none.length, "relation type")}: ${none
            .slice(0, shownTypes)
            .map(({ type }) => type)
            .join(", ")}`,
        ];
  });
  return [...lines, ...missing];
}

/** A line for each choice, with its reason; long ones go on below. */
function choiceLines(choices: readonly RecipeChoice[], { width, style }: Terminal): string[] {
  const column = Math.max(...choices.map(({ about }) => about.length)) + 2;
  return choices.flatMap(({ about, choice, reason }) => {
    const [first = "", ...rest] = wrap(`${choice}: ${reason}`, width - column);
    return [`${style("bold", about.padEnd(column))}${first}`, ...rest.map((line) => `${" ".repeat(column)}${line}`)];
  });
}
