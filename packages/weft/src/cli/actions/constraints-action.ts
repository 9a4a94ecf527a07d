import {
  type ConstraintKind,
  constraintKinds,
  type DecodingConstraints,
  decodingConstraints,
  isEmpty,
  learnConstraints,
  listConstraints,
} from "@weft-nlp/core/constraints";
import { reconstrain } from "@weft-nlp/core/inference";
import { didYouMean } from "@weft-nlp/core/text";
import { textTable } from "@weft-nlp/draw";
import { UsageError } from "@weft-nlp/node/errors";
import { isModelFolder, loadModel, readConstraints, saveConstraints } from "@weft-nlp/node/extractor";
import { printConfig, writeFileAtomically } from "@weft-nlp/node/files";
import type { CommandContext, Handler } from "../command.ts";
import type { constraintsCommand } from "../commands/constraints-command.ts";
import type { InputOf } from "../declaration.ts";
import { readCorpora } from "../reading.ts";
import { count, whole } from "../words.ts";

type Input = InputOf<typeof constraintsCommand>;

export const run: Handler<typeof constraintsCommand> = async (context, input) => {
  const { terminal } = context;
  const { source, out } = input;
  const found = (await isModelFolder(source)) ? await ofModel(input, context) : await ofData(input, context);
  if (out !== undefined && found !== undefined) await writeFileAtomically(out, printConfig(found));
  if (terminal.json) return terminal.printJson(found ?? null);
  await terminal.print(found === undefined || isEmpty(found) ? "no constraints" : table(found, context));
};

async function ofData(input: Input, context: CommandContext): Promise<DecodingConstraints> {
  if (input.use !== undefined || input.learn !== undefined) {
    throw new UsageError(`${input.source} is not a model or a run`, "--use and --learn change a model; name its folder first");
  }
  return learnt(input.source, undefined, input, context);
}

async function ofModel(input: Input, context: CommandContext): Promise<DecodingConstraints | undefined> {
  const { source, use, learn } = input;
  if (use !== undefined && learn !== undefined) throw new UsageError("--use and --learn exclude each other", "name one of them");
  const built = await loadModel(source, { threads: 1 });
  if (use === undefined && learn === undefined) return built.description.constraints;
  const constraints =
    learn === undefined
      ? use === "off"
        ? undefined
        : await readConstraints(use ?? "")
      : await learnt(learn, built.description.negatives, input, context);
  await saveConstraints(source, reconstrain(built, constraints));
  context.terminal.say(constraints === undefined ? "removed from the model" : "written into the model");
  return constraints;
}

async function learnt(
  path: string,
  negatives: readonly string[] | undefined,
  { minSupport, maxViolations, kinds }: Input,
  context: CommandContext,
): Promise<DecodingConstraints> {
  const [data] = await readCorpora([path], context, undefined, undefined, { negatives });
  const sentences = data?.sentences.map(({ sentence }) => sentence) ?? [];
  const set = learnConstraints(sentences, { minSupport, maxViolations, kinds: kinds?.map(kindOf) });
  context.terminal.say(`learnt from ${count(sentences.length, "sentence")}`);
  return { ...decodingConstraints.parse({}), ...set };
}

function kindOf(name: string): ConstraintKind {
  const kind = constraintKinds.find((each) => each === name);
  if (kind !== undefined) return kind;
  throw new UsageError(
    `there is no kind of constraint called ${name}`,
    didYouMean(name, constraintKinds) ?? `the kinds are ${constraintKinds.join(", ")}`,
  );
}

function table(set: DecodingConstraints, { terminal: { width } }: CommandContext): string {
  const rows = listConstraints(set).map(({ relation, kind, words, evidence }) => [
    ...[relation ?? "all relations", kind, words],
    ...(evidence === undefined ? ["", ""] : [whole(evidence.support), whole(evidence.violations)]),
  ]);
  return textTable(["relations", "kind", "constraint", "cases", "broken"], rows, {
    width,
    align: ["left", "left", "left", "right", "right"],
  });
}
