import type { Sentence } from "@weft-nlp/core";
import type { ModelDescription } from "@weft-nlp/core/inference";
import { type MergeScores, mergeRuns } from "@weft-nlp/node/extractor";
import { shortPath } from "@weft-nlp/node/runs";
import type { Handler } from "../command.ts";
import type { mergeCommand } from "../commands/merge-command.ts";
import { devDataOf } from "../dev-data.ts";
import { readCorpora } from "../reading.ts";
import { scoreTable } from "../score-table.ts";
import { UsageError } from "../usage-error.ts";

export const run: Handler<typeof mergeCommand> = async (context, { runs: folders, out, ...options }) => {
  const { terminal } = context;
  const [first] = folders;
  if (first === undefined || folders.length < 2)
    throw new UsageError("an ensemble needs at least two runs", "name them one after the other");
  const dev = options.data === undefined ? await devDataOf(first) : { path: options.data, columns: undefined };
  const { path } = dev;
  const columns = options.columns ?? dev.columns;
  const read = async ({
    reading,
    text,
    negatives,
  }: Pick<ModelDescription, "reading" | "text" | "negatives">): Promise<Sentence[]> => {
    const [data] = await readCorpora([path], context, undefined, undefined, { reading, text, negatives, columns });
    return data?.sentences.map(({ sentence }) => sentence) ?? [];
  };
  const bar = terminal.progress("scoring", folders.length + 1);
  let done = 0;
  const { scores } = await mergeRuns(folders, {
    ...options,
    out,
    data: { read, name: shortPath(path) },
    onModel: (name) => bar.update(done++, shortPath(name)),
  }).finally(() => bar.stop());
  if (terminal.json) return terminal.printJson({ model: out, ...scores });
  if (scores !== undefined) await terminal.print(`${membersLine(scores)}\n\n${scoreTable(scores.report, terminal)}`);
  terminal.say(`\nmodel in ${out}; next: weft extract ${out} TEXT`);
};

/** `alone 51.2, 52.5 and 50.9 (51.5 on average), together 53.8 F1 on dev.jsonl by strict` */
function membersLine({ protocol, members, report }: MergeScores): string {
  const points = (f1: number): string => (100 * f1).toFixed(1);
  const mean = members.reduce((sum, f1) => sum + f1, 0) / members.length;
  const together = report.protocols[protocol]?.micro.f1 ?? 0;
  return `alone ${members.map(points).join(", ")} (${points(mean)} on average), together ${points(together)} F1 on ${report.dataSet} by ${protocol}`;
}
