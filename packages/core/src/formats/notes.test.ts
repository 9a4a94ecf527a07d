import { expect, test } from "vitest";
import { type Document, joinTokens, withNotes } from "../schema/index.ts";
import { readFiles, writeFiles } from "../testing/describe-format.ts";
import { saidNotes } from "../testing/said-notes.ts";
import type { Format } from "./format.ts";
import { formats } from "./formats.ts";

const all: readonly Format[] = Object.values(formats);

/** Entities and relations out of the order of the text; the first entity overlaps the second. */
const document: Document = withNotes(
  {
    id: "d",
    ...joinTokens(["Ada", "King", "left", ".", "Bo", "met", "Cy", "."]),
    sentences: [
      { start: 0, end: 4 },
      { start: 4, end: 8 },
    ],
    entities: [
      { start: 1, end: 2, type: "PER" },
      { start: 0, end: 2, type: "PER" },
      { start: 6, end: 7, type: "PER" },
      { start: 4, end: 5, type: "PER" },
    ],
    relations: [
      { head: 2, tail: 1, type: "knows" },
      { head: 2, tail: 3, type: "knows" },
      { head: 3, tail: 2, type: "met" },
    ],
    metadata: {},
  },
  [
    { text: "who", entity: 3 },
    { text: "queen", entity: 1 },
    { text: "since", relation: 2 },
    { text: "how", relation: 0 },
    { text: "all" },
  ],
);

test.each(all.filter(({ holds, name }) => holds.metadata || name === "brat"))(
  "notes stay with what they are about in $name",
  async (format) => {
    const written = await writeFiles(format, [document]);
    const { documents } = await readFiles(format, written.files);
    const { relations, crossSentence } = format.holds;
    const across = relations && crossSentence && format.holds.record === "document";
    expect(documents.flatMap(saidNotes).toSorted()).toEqual([
      format.name === "brat" ? "all: King" : "all: ",
      across ? "how: Cy knows Ada King" : "how: Cy",
      "queen: Ada King",
      relations ? "since: Bo met Cy" : "since: Bo",
      "who: Bo",
    ]);
  },
);
