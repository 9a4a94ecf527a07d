import { describe, expect, test } from "vitest";
import type { Sentence } from "../schema/index.ts";
import { checkConstraints } from "./check-constraints.ts";
import type { ConstraintSet } from "./constraint-set.ts";
import { configuredConstraints, constraintSettings, decodingConstraints, withConstraints } from "./decoding-constraints.ts";

const train = Array.from(
  { length: 20 },
  (_, k): Sentence => ({
    id: `${k}`,
    tokens: ["a", "b"],
    entities: [
      { start: 0, end: 1, type: "PER" },
      { start: 1, end: 2, type: "PER" },
    ],
    relations: [{ head: k % 2, tail: 1 - (k % 2), type: "knows" }],
  }),
);

test("a configuration without constraints has none", () => {
  expect(configuredConstraints(undefined, train)).toBeUndefined();
  expect(configuredConstraints(constraintSettings.parse({}), train)).toBeUndefined();
  expect(configuredConstraints(constraintSettings.parse({ learn: { minSupport: 21 } }), train)).toBeUndefined();
});

test("written constraints replace learnt ones of their kind, with their counts", () => {
  const settings = constraintSettings.parse({ learn: "on", relations: { knows: { arguments: [["PER", "ORG"]] } } });
  const found = configuredConstraints(settings, train);
  expect(found?.relations["knows"]).toEqual({
    arguments: [["PER", "ORG"]],
    acyclic: true,
    evidence: { acyclic: { support: 20, violations: 0 } },
  });
  expect(found).toMatchObject({ onePerPair: "unordered", noSelf: true, entityTypes: "joint" });
  expect(decodingConstraints.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
});

test("a written symmetry replaces what would contradict it", () => {
  const learnt: ConstraintSet = { relations: { a: { inverse: "b", acyclic: true } } };
  expect(withConstraints(learnt, { relations: { a: { symmetric: "both" } } }).relations["a"]).toEqual({ symmetric: "both" });
  expect(
    withConstraints({ relations: { a: { symmetric: "both" } } }, { relations: { a: { inverse: "b" } } }).relations["a"],
  ).toEqual({
    inverse: "b",
  });
});

describe("constraints that do not fit are refused with their place", () => {
  const known = { entityTypes: ["PER", "ORG"], relationTypes: ["knows", "works", "employs"] };
  test.each<[string, ConstraintSet["relations"], string, string]>([
    ["a relation type", { know: {} }, "constraints.relations.know", "did you mean knows?"],
    [
      "an entity type",
      { works: { arguments: [["PER", "ORGS"]] } },
      "constraints.relations.works.arguments[0]",
      "did you mean ORG?",
    ],
    [
      "an inverse",
      { works: { inverse: "pays" } },
      "constraints.relations.works.inverse",
      "the relation types are knows, works, employs",
    ],
    ["itself", { works: { inverse: "works" } }, "constraints.relations.works.inverse", "symmetric: both"],
    [
      "two inverses",
      { works: { inverse: "employs" }, knows: { inverse: "employs" } },
      "constraints.relations.knows.inverse",
      "one inverse",
    ],
    [
      "a symmetric inverse",
      { works: { inverse: "knows" }, knows: { symmetric: "both" } },
      "constraints.relations.works.inverse",
      "",
    ],
    ["a cycle that must be", { knows: { symmetric: "both", acyclic: true } }, "constraints.relations.knows.acyclic", "remove"],
  ])("%s", (_, relations, path, hint) => {
    expect(() => checkConstraints({ relations }, known)).toThrow(
      expect.objectContaining({ code: "SETTING_INVALID", at: { path }, hint: expect.stringContaining(hint) as string }),
    );
  });

  test("others pass", () => {
    const relations: ConstraintSet["relations"] = {
      works: { inverse: "employs", arguments: [["PER", "ORG"]] },
      employs: { inverse: "works" },
    };
    expect(() => checkConstraints({ relations }, known)).not.toThrow();
    expect(() =>
      checkConstraints({ relations: { a: { arguments: [["PER", "ORG"]] } } }, { entityTypes: [], relationTypes: ["a"] }),
    ).toThrow("no entity type");
  });
});
