import { protocols } from "@weft-nlp/core/metrics";
import { defineCommand } from "../command.ts";
import { wrap } from "../wrap.ts";

export const protocolsCommand = defineCommand({
  name: "protocols",
  group: "Data and scores",
  summary: "list the ways to count what is right, in words",
  arguments: [],
  options: [],
  json: true,
  examples: [["weft protocols", ""]],
  run: async ({ terminal }) => {
    const rows = [...protocols]
      .map((each) => [each.name, each] as const)
      .map(([name, { unit, directed, words }]) => ({ name, unit, directed, words }));
    if (terminal.json) return terminal.printJson(rows);
    const nameWidth = Math.max(...rows.map(({ name }) => name.length));
    const lines = rows.map(({ name, words }) => {
      const [first = "", ...more] = wrap(words, terminal.width - nameWidth - 2);
      return [
        `${terminal.style("cyan", name.padEnd(nameWidth))}  ${first}`,
        ...more.map((line) => `${" ".repeat(nameWidth + 2)}${line}`),
      ].join("\n");
    });
    await terminal.print(lines.join("\n"));
  },
});
