import type { CommandDefinition } from "../command.ts";
import { calibrateCommand } from "./calibrate.ts";
import { compare } from "./compare.ts";
import { completion } from "./completion.ts";
import { convert } from "./convert.ts";
import { cvCommand } from "./cv.ts";
import { dataCheck } from "./data-check.ts";
import { dataSplit } from "./data-split.ts";
import { dataStats } from "./data-stats.ts";
import { doctor } from "./doctor.ts";
import { evaluateCommand } from "./evaluate.ts";
import { extractCommand } from "./extract.ts";
import { protocolsCommand } from "./protocols.ts";
import { repeatCommand } from "./repeat.ts";
import { schema } from "./schema.ts";
import { score } from "./score.ts";
import { serveCommand } from "./serve.ts";
import { sweepCommand } from "./sweep.ts";
import { trainCommand } from "./train.ts";
import { watchCommand } from "./watch.ts";

/** Every command, one line each, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  trainCommand,
  watchCommand,
  repeatCommand,
  sweepCommand,
  cvCommand,
  evaluateCommand,
  calibrateCommand,
  extractCommand,
  serveCommand,
  score,
  compare,
  convert,
  dataCheck,
  dataStats,
  dataSplit,
  protocolsCommand,
  doctor,
  schema,
  completion,
];
