import { expect, test } from "vitest";
import { adaDocument, adaTokens } from "../testing/format-documents.ts";
import { displacyDep } from "./displacy-dep.ts";
import { collectText } from "./format.ts";

const first = `{"words":[{"text":"🚀","tag":""},{"text":"Ada Lovelace","tag":"PER"},{"text":"joined","tag":""},{"text":"Acme Corp","tag":"ORG"},{"text":"in","tag":""},{"text":"Paris","tag":"LOC"},{"text":".","tag":""}],"arcs":[{"start":1,"end":3,"label":"works_for","dir":"right"},{"start":3,"end":5,"label":"based_in","dir":"right"}]}`;
const second = `{"words":[{"text":"Acme Corp","tag":"ORG"},{"text":"makes","tag":""},{"text":"engines","tag":""},{"text":".","tag":""}],"arcs":[]}`;

test("writes one line per sentence, entities as one word, and arcs from left to right", async () => {
  expect(await collectText(displacyDep.write([adaDocument()]))).toEqual({
    text: `${first}\n${second}\n`,
    files: new Map(),
    omissions: [],
  });
});

test("marks arcs that point left, and reports what displaCy draws wrongly", async () => {
  const relations = [
    { head: 2, tail: 0, type: "home_of" },
    { head: 0, tail: 2, type: "lives_in" },
    { head: 1, tail: 1, type: "is" },
  ];
  const { text, omissions } = await collectText(displacyDep.write([{ ...adaTokens(), relations }]));
  expect(JSON.parse(text.split("\n")[0] ?? "").arcs).toEqual([
    { start: 1, end: 5, label: "home_of", dir: "left" },
    { start: 1, end: 5, label: "lives_in", dir: "right" },
  ]);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "relations[1]: displaCy draws it over another one between the same words",
    "relations[2]: displaCy cannot draw a relation from a word to itself; it was left out",
  ]);
});
