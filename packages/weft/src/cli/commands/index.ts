import { type Command, command } from "../command.ts";
import { calibrateCommand } from "./calibrate.ts";
import { compareCommand } from "./compare.ts";
import { completionCommand } from "./completion.ts";
import { convertCommand } from "./convert.ts";
import { cvCommand } from "./cv.ts";
import { dataCheckCommand } from "./data-check.ts";
import { dataSplitCommand } from "./data-split.ts";
import { dataStatsCommand } from "./data-stats.ts";
import { doctorCommand } from "./doctor.ts";
import { evaluateCommand } from "./evaluate.ts";
import { extractCommand } from "./extract.ts";
import { protocolsCommand } from "./protocols.ts";
import { repeatCommand } from "./repeat.ts";
import { runCommand } from "./run.ts";
import { schemaCommand } from "./schema.ts";
import { scoreCommand } from "./score.ts";
import { serveCommand } from "./serve.ts";
import { sweepCommand } from "./sweep.ts";
import { trainCommand } from "./train.ts";
import { watchCommand } from "./watch.ts";

/**
 * Every command, one line each, in the order of the help: what it takes, and where it is loaded
 * from when it is called.
 */
export const commands: readonly Command[] = [
  command(trainCommand, async () => import("../actions/train.ts")),
  command(watchCommand, async () => import("../actions/watch.ts")),
  command(repeatCommand, async () => import("../actions/repeat.ts")),
  command(sweepCommand, async () => import("../actions/sweep.ts")),
  command(cvCommand, async () => import("../actions/cv.ts")),
  command(runCommand, async () => import("../actions/run.ts")),
  command(evaluateCommand, async () => import("../actions/evaluate.ts")),
  command(calibrateCommand, async () => import("../actions/calibrate.ts")),
  command(extractCommand, async () => import("../actions/extract.ts")),
  command(serveCommand, async () => import("../actions/serve.ts")),
  command(scoreCommand, async () => import("../actions/score.ts")),
  command(compareCommand, async () => import("../actions/compare.ts")),
  command(convertCommand, async () => import("../actions/convert.ts")),
  command(dataCheckCommand, async () => import("../actions/data-check.ts")),
  command(dataStatsCommand, async () => import("../actions/data-stats.ts")),
  command(dataSplitCommand, async () => import("../actions/data-split.ts")),
  command(protocolsCommand, async () => import("../actions/protocols.ts")),
  command(doctorCommand, async () => import("../actions/doctor.ts")),
  command(schemaCommand, async () => import("../actions/schema.ts")),
  command(completionCommand, async () => import("../actions/completion.ts")),
];
