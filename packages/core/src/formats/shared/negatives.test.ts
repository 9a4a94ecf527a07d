import { expect, test } from "vitest";
import { documentFromSentence, notesOf, withNotes } from "../../schema/index.ts";
import { withoutRelations } from "./negatives.ts";

test("relations that mean none go, and notes follow those that stay", () => {
  const document = withNotes(
    documentFromSentence({
      id: "1",
      tokens: ["a", "b"],
      entities: [
        { start: 0, end: 1, type: "X" },
        { start: 1, end: 2, type: "X" },
      ],
      relations: [
        { head: 1, tail: 0, type: "no_relation" },
        { head: 0, tail: 1, type: "r" },
      ],
    }),
    [
      { text: "stays", relation: 1 },
      { text: "gone", relation: 0 },
    ],
  );
  const fewer = withoutRelations(document, new Set(["no_relation"]));
  expect(fewer.relations).toEqual([{ head: 0, tail: 1, type: "r" }]);
  expect(notesOf(fewer)).toEqual([
    { text: "stays", relation: 0 },
    { text: "gone", entity: 1 },
  ]);
});
