import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The output of each example, run from the repository as a reader would run it. */
const printed: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  "extract.mjs": [
    "text-0: Mara Voss | founded | Kettle Robotics",
    "text-0: Mara Voss | leads | Kettle Robotics",
    "text-0: Kettle Robotics | based_in | Bremen",
    "text-1: Nadia Okafor | created | The Salt Orchard",
  ],
  "train.mjs": [
    "epoch 1: F1 on dev is a number: true",
    "epoch 2: F1 on dev is a number: true",
    "epoch 3: F1 on dev is a number: true",
    "scored 90 sentences after 3 epochs",
  ],
  "errors.mjs": [/^RELATION_END_MISSING \| in memory:1 relations\[0\]\.tail: .* \(RELATION_END_MISSING\) \| .+/, "FILE_MISSING"],
};

test("every example is tested", () => {
  expect(readdirSync(`${root}examples/library`).sort()).toEqual(Object.keys(printed).sort());
});

test.each(Object.entries(printed))("%s prints what it should", (name, lines) => {
  const output = execFileSync(process.execPath, [`examples/library/${name}`], { cwd: root, encoding: "utf8" })
    .trimEnd()
    .split("\n");
  expect(output).toHaveLength(lines.length);
  for (const [index, line] of lines.entries()) {
    if (typeof line === "string") expect(output[index]).toBe(line);
    else expect(output[index]).toMatch(line);
  }
});
