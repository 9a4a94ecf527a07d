import { compareSystems, type ProtocolName } from "@weft-nlp/core/metrics";
import { comparisonPage, differences } from "@weft-nlp/draw";
import { UsageError } from "@weft-nlp/node/errors";
import type { Corpus } from "@weft-nlp/node/files";
import { shortPath, writeReport } from "@weft-nlp/node/runs";
import type { Handler } from "../command.ts";
import type { compareCommand } from "../commands/compare-command.ts";
import { type OpenedSystem, openSystem } from "../compared-systems.ts";
import { comparisonText, differenceText } from "../comparison-text.ts";
import { requireKnownTypes, typesIn, typesKnownTo } from "../known-types.ts";
import { parseProtocols, usualProtocols } from "../protocol-names.ts";
import { readCorpora } from "../reading.ts";

export const run: Handler<typeof compareCommand> = async (context, { a, b, ...options }) => {
  const { terminal } = context;
  const path = options.data ?? options.gold;
  if (path === undefined || (options.data !== undefined && options.gold !== undefined)) {
    throw new UsageError("name the sentences to compare on exactly once", "--data FILE for runs, --gold FILE for predictions");
  }
  const asked = options.protocol === undefined ? undefined : parseProtocols(options.protocol);
  const [gold] = (await readCorpora([path], context, options.format, undefined, { columns: options.columns })) as [Corpus];
  const sentences = gold.sentences.map(({ sentence }) => sentence);
  const first = await openSystem(a, gold, options, context);
  const second = await openSystem(b, gold, options, context);
  if (first.runs.length !== second.runs.length) {
    throw new UsageError(
      `A has ${first.runs.length} runs and B has ${second.runs.length}`,
      "counts are summed over runs, so both systems need the same number",
    );
  }
  const { types: onlyTypes, ignore: ignoredTypes } = options;
  requireKnownTypes(onlyTypes, [...typesIn(sentences), ...[first, second].flatMap(typesOf)]);
  const names = asked ?? ownProtocols([first, second]) ?? usualProtocols(sentences);
  const bar = terminal.progress("testing", names.length);
  const comparison = compareSystems(sentences, first, second, {
    protocols: names,
    resamples: options.resamples,
    seed: options.seed,
    ignoredTypes,
    onlyTypes,
    dataSet: shortPath(gold.source),
    onProgress: (done) => bar.update(done),
  });
  bar.stop();
  if (options.report !== undefined) {
    const title = `${first.name} against ${second.name}`;
    const page = await comparisonPage({ comparison, gold: sentences, first, second, title });
    const place = await writeReport(options.report, { name: "comparison", value: comparison, page });
    terminal.say(`report in ${place}`);
  }
  const same = [...first.sameAsGold, ...second.sameAsGold];
  if (terminal.json) return terminal.printJson(same.length === 0 ? comparison : { ...comparison, sameAsGold: same });
  await terminal.print(comparisonText(comparison, terminal));
  const [main] = names;
  if (options.examples === undefined || main === undefined) return undefined;
  const found = differences(main, sentences, first, second, { ignoredTypes, onlyTypes });
  return terminal.print(`\n${differenceText(found, options.examples, terminal)}`);
};

/** The types that a system predicts or knows. */
function typesOf({ runs, model }: OpenedSystem): string[] {
  const predicted = typesIn(runs.flat());
  return model === undefined ? predicted : [...predicted, ...typesKnownTo(model)];
}

/** The protocols that both models name, as classifiers of pairs do. */
function ownProtocols(systems: readonly OpenedSystem[]): readonly ProtocolName[] | undefined {
  const named = systems.map(({ model }) => model?.definition.protocols?.(model.description.settings));
  const [one, other] = named;
  if (one === undefined || other === undefined) return undefined;
  const shared = parseProtocols(one.join(",")).filter((name) => parseProtocols(other.join(",")).includes(name));
  return shared.length === 0 ? undefined : shared;
}
