import { charSpan } from "../schema/index.ts";
import { offsetTranslation } from "../text/index.ts";
import type { OutputFormat } from "./format.ts";
import { fittedRecords } from "./shared/records.ts";

/**
 * One object per line for displaCy's `ent` style with `manual=True`: the text and its entities in
 * code points, end-exclusive, in order.
 */
export const displacyEnt: OutputFormat = {
  name: "displacy-ent",
  title: "displaCy entities",
  extensions: [".jsonl"],
  holds: {
    record: "document",
    text: true,
    tokens: false,
    offsets: "code points",
    entities: "all",
    entityTypes: "always",
    relations: false,
    overlapping: false,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: false,
    metadata: false,
  },

  async *write(documents) {
    for await (const { record, omissions } of fittedRecords(documents, displacyEnt)) {
      const { text, entities } = record;
      const characters = offsetTranslation(text, "codepoint");
      const ents = entities
        .toSorted((a, b) => a.start - b.start)
        .map((entity) => {
          const { start, end } = charSpan(record, entity);
          return { start: characters.fromUtf16(start), end: characters.fromUtf16(end), label: entity.type };
        });
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text: `${JSON.stringify({ text, ents, title: null })}\n` };
    }
  },
};
