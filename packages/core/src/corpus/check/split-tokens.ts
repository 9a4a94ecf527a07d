import { type CheckedFile, type CheckSettings, counted, type Problem } from "./problem.ts";

/**
 * The tokens that a reader split because a mention ends inside them. A model reads a new text
 * without its mentions, so it is to be told the rule: the option that makes these splits.
 */
export function splitTokens({ source, omissions }: CheckedFile, { places: kept, fewSplits }: CheckSettings): Problem[] {
  const split = omissions.filter(({ kind }) => kind === "split");
  if (split.length === 0) return [];
  const amount = split.length;
  const message = `${source}: ${counted(amount, "entity ends", "entities end")} inside a token, which was split there`;
  const places = split.slice(0, kept).map(({ source: file, line, column, path, reason }) => {
    return { source: file, line, column, path, says: reason };
  });
  const level = amount > fewSplits ? "warning" : "note";
  return [
    {
      code: "SPLIT_TOKEN",
      level,
      source,
      amount,
      message,
      hint: hintFor(
        split.flatMap(({ rule }) => rule ?? []),
        amount,
      ),
      places,
    },
  ];
}

function hintFor(rules: readonly string[], amount: number): string {
  const names = [...new Set(rules)].sort();
  const setting = `text.split: [${names.join(", ")}] in the configuration`;
  if (rules.length === amount) return `${setting} splits new text in the same way; the model remembers it`;
  const rest = "a model finds only whole tokens in new text; move the offsets to the ends of words, if they are slips";
  if (rules.length === 0) return rest;
  return `${setting} splits new text in the same way in ${rules.length} of the ${amount} places; for the others: ${rest}`;
}
