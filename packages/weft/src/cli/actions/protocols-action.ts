import { protocols } from "@weft-nlp/core/metrics";
import type { Handler } from "../command.ts";
import type { protocolsCommand } from "../commands/protocols-command.ts";
import { wrap } from "../wrap.ts";

export const run: Handler<typeof protocolsCommand> = async ({ terminal }) => {
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
};
