import type { Span } from "../schema/index.ts";
import { documentFromBlocks } from "../text/index.ts";
import { looksLikeStandoff, readStandoff, type StandoffForm } from "./brat.ts";
import type { InputFormat } from "./format.ts";

const splitForm: StandoffForm = {
  endings: { annotation: ".split.ann", text: ".split.txt" },
  plain: (id, text, options) => documentFromBlocks(id, text, linesOf(text), { ...options, sentences: "one" }),
};

/**
 * ACE04 and ACE05 as converted by the scripts of LSTM-ER (Miwa and Bansal 2016), the input of many
 * later systems. Every document has `X.split.txt` with one sentence per line, and `X.split.ann`
 * with brat's lines, whose offsets count characters of the split text.
 *
 * Each line is a sentence, whatever its content. Offsets, pieces and units follow the rules of
 * brat.
 */
export const lstmEr: InputFormat = {
  name: "lstm-er",
  title: "LSTM-ER split files (ACE04, ACE05)",
  extensions: [splitForm.endings.annotation],
  layout: "folder",
  companions: [splitForm.endings.text],
  holds: {
    record: "document",
    text: true,
    tokens: false,
    offsets: "code points",
    entities: "all",
    entityTypes: "always",
    relations: true,
    overlapping: true,
    duplicates: true,
    crossSentence: true,
    discontinuous: true,
    confidence: false,
    ids: true,
    pos: false,
    metadata: false,
  },

  recognises: (beginning, fileName) => fileName.endsWith(splitForm.endings.annotation) && looksLikeStandoff(beginning),

  read: (chunks, options = {}) => readStandoff(chunks, options, splitForm),
};

function linesOf(text: string): Span[] {
  return Array.from(text.matchAll(/[^\n]+/g), ({ 0: line, index }) => ({ start: index, end: index + line.length }));
}
