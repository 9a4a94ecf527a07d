import type { Sentence } from "@weft-nlp/core";
import { countedTypes, findingsOf, type Prediction, type RelationFinding, type Report } from "@weft-nlp/core/metrics";
import { bracketedText, markedPair, mistakeNames } from "@weft-nlp/draw";
import type { Terminal } from "./terminal.ts";
import { count } from "./words.ts";
import { wrap } from "./wrap.ts";

/**
 * The first mistakes as text for the terminal. With given entities, each is a pair marked in its
 * sentence; otherwise, a sentence with gold and predicted annotation.
 */
export function mistakeExamples(
  report: Report,
  gold: readonly Sentence[],
  predictions: readonly Prediction[],
  limit: number,
  { style, width }: Pick<Terminal, "style" | "width">,
): string {
  const options = { directed: report.mistakes.directed, countsType: countedTypes(report) };
  const byPair = Object.keys(report.protocols).some((name) => name.startsWith("pairs"));
  const blocks: string[] = [];
  for (const [index, sentence] of gold.entries()) {
    if (blocks.length >= limit) break;
    const predicted = predictions[index] ?? { entities: [], relations: [] };
    const { relations, entities } = findingsOf(sentence, predicted, options);
    const wrong = relations.filter(({ kind }) => kind !== "correct");
    if (byPair) blocks.push(...wrong.map((finding) => pairBlock(sentence, finding)));
    else if (wrong.length > 0 || entities.some(({ kind }) => kind !== "correct")) blocks.push(sentenceBlock(sentence, predicted));
  }
  if (blocks.length === 0) return "no mistakes";
  return blocks.slice(0, limit).join("\n\n");

  function pairBlock(sentence: Sentence, finding: RelationFinding): string {
    const { kind, gold, predicted } = finding;
    const head = [
      style("bold", plain(sentence.id)),
      style("red", mistakeNames[kind]),
      `gold: ${plain(gold ?? "no relation")}`,
      `predicted: ${plain(predicted ?? "no relation")}`,
    ];
    return [head.join(style("dim", " · ")), ...indented(markedPair(sentence.tokens, finding.head, finding.tail))].join("\n");
  }

  function sentenceBlock(sentence: Sentence, predicted: Prediction): string {
    const { relations, entities } = findingsOf(sentence, predicted, options);
    const named = new Map<string, number>();
    for (const { kind } of [...relations, ...entities]) {
      if (kind !== "correct") named.set(mistakeNames[kind], (named.get(mistakeNames[kind]) ?? 0) + 1);
    }
    const kinds = [...named].map(([name, times]) => style("red", count(times, name, name)));
    return [
      [style("bold", plain(sentence.id)), ...kinds].join(style("dim", " · ")),
      ...sideLines("gold", sentence.tokens, sentence),
      ...sideLines("predicted", sentence.tokens, predicted),
    ].join("\n");
  }

  function sideLines(name: string, tokens: readonly string[], annotation: Prediction): string[] {
    const room = width - nameWidth;
    return wrap(plain(bracketedText(tokens, annotation)), room).map(
      (line, index) => `${style("cyan", (index === 0 ? name : "").padEnd(nameWidth))}${line}`,
    );
  }

  function indented(text: string): string[] {
    return wrap(plain(text), width - 2).map((line) => `  ${line}`);
  }
}

const nameWidth = 11;

/** Removes control characters from text in data. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ");
}
