import { compareSystems, type ProtocolName } from "@weft-nlp/core/metrics";
import { comparisonPage, differences } from "@weft-nlp/draw";
import { UsageError } from "@weft-nlp/node";
import type { Corpus } from "@weft-nlp/node/files";
import { shortPath, writeReport } from "@weft-nlp/node/runs";
import { Argument, Option } from "commander";
import { defineCommand } from "../command.ts";
import { type OpenedSystem, openSystem, type SystemOptions } from "../compared-systems.ts";
import { comparisonText, differenceText } from "../comparison-text.ts";
import { computeOptions, probability, wholeNumber } from "../compute-options.ts";
import { parseProtocols, protocolNames, usualProtocols } from "../protocol-names.ts";
import { readCorpora } from "../reading.ts";
import { ignoreOption, requireKnownTypes, type ScoreFlags, typesIn, typesKnownTo, typesOption } from "../score-options.ts";

interface Options extends SystemOptions, Pick<ScoreFlags, "ignore" | "types"> {
  readonly data?: string;
  readonly gold?: string;
  readonly protocol?: string;
  readonly examples?: number;
  readonly report?: string;
  readonly resamples: number;
  readonly seed: number;
}

export const compare = defineCommand<[first: string, second: string], Options>({
  name: "compare",
  group: "Data and scores",
  summary: "say whether one system is better than another",
  details:
    "A and B are runs, models, or files of predictions for the same sentences. Two tests say how easily chance gives such a difference: " +
    "paired bootstrap over sentences, and approximate randomisation.\n\n" +
    "Several runs of a system stand with commas between, equally many on both sides. The counts of a sentence are then summed over a " +
    "system's runs before testing; the spread between runs is printed beside.",
  arguments: [
    new Argument("<a>", "a run, a model's folder or a file of predictions; several with commas between"),
    new Argument("<b>", "the other system; differences are B − A"),
  ],
  options: [
    new Option("--data <file>", "annotated sentences that runs are compared on"),
    new Option("--gold <file>", "the same for files of predictions"),
    new Option("-p, --protocol <names>", "what counts as right; several names with commas between"),
    new Option("--examples <n>", "show this many sentences that differ").argParser(wholeNumber(1)),
    new Option("--report <folder>", "write comparison.json and comparison.html, with every sentence that differs"),
    ignoreOption,
    typesOption,
    new Option("--resamples <n>", "resamples of each test").argParser(wholeNumber(10_000)).default(10_000),
    new Option("--seed <n>", "of the tests; the same seed gives the same p").argParser(wholeNumber(0)).default(1),
    new Option("--threshold <p>", "probability from which a relation counts; the model's own where left out").argParser(
      probability,
    ),
    new Option("--format <name>", "read the files as this format instead of looking at them"),
    ...computeOptions,
  ],
  json: true,
  listValues: { protocol: () => [...protocolNames] },
  examples: [
    ["weft compare runs/nn runs/mrt --data test.jsonl --examples 5", "two runs, with sentences where they differ"],
    ["weft compare a.jsonl b.jsonl --gold gold.jsonl -p strict", "predictions of any two systems"],
    ["weft compare nn-1,nn-2,nn-3 mrt-1,mrt-2,mrt-3 --data test.jsonl --report out", "three runs of each"],
  ],
  run: async (context, [a, b], options) => {
    const { terminal } = context;
    const path = options.data ?? options.gold;
    if (path === undefined || (options.data !== undefined && options.gold !== undefined)) {
      throw new UsageError("the sentences to compare on are named once", "--data FILE for runs, --gold FILE for predictions");
    }
    const asked = options.protocol === undefined ? undefined : parseProtocols(options.protocol);
    const [gold] = (await readCorpora([path], context, options.format)) as [Corpus];
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
    requireKnownTypes(options, [...typesIn(sentences), ...[first, second].flatMap(typesOf)]);
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
    if (terminal.json) return terminal.printJson(comparison);
    await terminal.print(comparisonText(comparison, terminal));
    const [main] = names;
    if (options.examples === undefined || main === undefined) return undefined;
    const found = differences(main, sentences, first, second, { ignoredTypes, onlyTypes });
    return terminal.print(`\n${differenceText(found, options.examples, terminal)}`);
  },
});

/** The types that a system predicts, or could. */
function typesOf({ runs, model }: OpenedSystem): string[] {
  const predicted = typesIn(runs.flat());
  return model === undefined ? predicted : [...predicted, ...typesKnownTo(model)];
}

/** What both models are scored by where they say so, as classifiers of pairs do. */
function ownProtocols(systems: readonly OpenedSystem[]): readonly ProtocolName[] | undefined {
  const named = systems.map(({ model }) => model?.definition.protocols?.(model.description.settings));
  const [one, other] = named;
  if (one === undefined || other === undefined) return undefined;
  const shared = parseProtocols(one.join(",")).filter((name) => parseProtocols(other.join(",")).includes(name));
  return shared.length === 0 ? undefined : shared;
}
