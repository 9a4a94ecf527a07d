import { textTable } from "@weft-nlp/draw";
import { deviationWords, protocolNotes } from "@weft-nlp/node/experiments";
import type { CommandContext } from "./command.ts";
import { wrap } from "./wrap.ts";

/** A table of means for the terminal, followed by what its protocols count and what ± means. */
export function summaryText(
  { header, rows }: { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] },
  summaries: readonly { readonly protocol: string; readonly words: string }[],
  notes: readonly string[],
  { terminal: { style, width } }: CommandContext,
): string {
  const [head = "", ...rest] = textTable(header, rows, { width }).split("\n");
  const below = [...protocolNotes(summaries), `In per cent; ± is the ${deviationWords}.`, ...notes].flatMap((note) =>
    wrap(note, width),
  );
  return `${[style("bold", head), ...rest].join("\n")}\n\n${below.map((line) => style("dim", line)).join("\n")}`;
}
