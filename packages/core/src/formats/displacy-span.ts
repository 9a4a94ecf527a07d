import type { OutputFormat } from "./format.ts";
import { fittedRecords } from "./shared/records.ts";

/**
 * One object per line for displaCy's `span` style with `manual=True`: the text, its tokens, and
 * token spans with exclusive ends. Unlike the `ent` style, it draws overlapping entities.
 */
export const displacySpan: OutputFormat = {
  name: "displacy-span",
  title: "displaCy spans",
  extensions: [".jsonl"],
  holds: {
    record: "document",
    text: true,
    tokens: true,
    offsets: "tokens",
    entities: "all",
    entityTypes: "always",
    relations: false,
    overlapping: true,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: false,
    metadata: false,
  },

  async *write(documents) {
    for await (const { record, omissions } of fittedRecords(documents, displacySpan)) {
      const spans = record.entities
        .toSorted((a, b) => a.start - b.start || b.end - a.end)
        .map(({ start, end, type }) => ({ start_token: start, end_token: end, label: type }));
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield {
        kind: "text",
        text: `${JSON.stringify({ text: record.text, spans, tokens: record.tokens.map(({ text }) => text) })}\n`,
      };
    }
  },
};
