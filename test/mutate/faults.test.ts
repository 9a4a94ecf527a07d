import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { applyFault, faults } from "../../scripts/mutate/faults.mjs";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test("every deliberate fault fits its file, and names tests that exist", () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  for (const fault of faults) {
    const source = readFileSync(at(fault.file), "utf8");
    expect(applyFault(source, fault), fault.name).not.toBe(source);
    expect(fault.tests.length, fault.name).toBeGreaterThan(0);
    expect(fault.tests.filter((path) => !existsSync(at(path)))).toEqual([]);
  }
});

test("a fault whose text is not there once is refused by name", () => {
  const fault = { name: "f", meaning: "", file: "a.ts", find: "x", replace: "y", tests: [] };
  expect(applyFault("a x b", fault)).toBe("a y b");
  expect(() => applyFault("a b", fault)).toThrow("fault f: its text occurs 0 times in a.ts, not once");
  expect(() => applyFault("x x", fault)).toThrow("fault f: its text occurs 2 times in a.ts, not once");
});
