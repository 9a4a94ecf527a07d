import { type Command, command } from "../command.ts";
import { batchCollectCommand } from "./batch-collect-command.ts";
import { batchPlanCommand } from "./batch-plan-command.ts";
import { batchReduceCommand } from "./batch-reduce-command.ts";
import { batchRunCommand } from "./batch-run-command.ts";
import { batchStatusCommand } from "./batch-status-command.ts";
import { batchVerifyCommand } from "./batch-verify-command.ts";
import { cacheClearCommand } from "./cache-clear-command.ts";
import { cacheShowCommand } from "./cache-show-command.ts";
import { calibrateCommand } from "./calibrate-command.ts";
import { compareCommand } from "./compare-command.ts";
import { completionCommand } from "./completion-command.ts";
import { constraintsCommand } from "./constraints-command.ts";
import { convertCommand } from "./convert-command.ts";
import { curveCommand } from "./curve-command.ts";
import { cvCommand } from "./cv-command.ts";
import { dataAgreementCommand } from "./data-agreement-command.ts";
import { dataCheckCommand } from "./data-check-command.ts";
import { dataMergeCommand } from "./data-merge-command.ts";
import { dataSplitCommand } from "./data-split-command.ts";
import { dataStatsCommand } from "./data-stats-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { encoderAddCommand } from "./encoder-add-command.ts";
import { encoderListCommand } from "./encoder-list-command.ts";
import { encoderRemoveCommand } from "./encoder-remove-command.ts";
import { evaluateCommand } from "./evaluate-command.ts";
import { extractCommand } from "./extract-command.ts";
import { initCommand } from "./init-command.ts";
import { mcpCommand } from "./mcp-command.ts";
import { mergeCommand } from "./merge-command.ts";
import { protocolsCommand } from "./protocols-command.ts";
import { repeatCommand } from "./repeat-command.ts";
import { runCommand } from "./run-command.ts";
import { schemaCommand } from "./schema-command.ts";
import { scoreCommand } from "./score-command.ts";
import { serveCommand } from "./serve-command.ts";
import { suggestCommand } from "./suggest-command.ts";
import { sweepCommand } from "./sweep-command.ts";
import { trainCommand } from "./train-command.ts";
import { watchCommand } from "./watch-command.ts";
import { workerCommand } from "./worker-command.ts";

/** Every command in the order of the help. */
export const commands: readonly Command[] = [
  command(initCommand, async () => import("../actions/init-action.ts")),
  command(trainCommand, async () => import("../actions/train-action.ts")),
  command(watchCommand, async () => import("../actions/watch-action.ts")),
  command(repeatCommand, async () => import("../actions/repeat-action.ts")),
  command(sweepCommand, async () => import("../actions/sweep-action.ts")),
  command(cvCommand, async () => import("../actions/cv-action.ts")),
  command(curveCommand, async () => import("../actions/curve-action.ts")),
  command(workerCommand, async () => import("../actions/worker-action.ts")),
  command(runCommand, async () => import("../actions/run-action.ts")),
  command(evaluateCommand, async () => import("../actions/evaluate-action.ts")),
  command(calibrateCommand, async () => import("../actions/calibrate-action.ts")),
  command(mergeCommand, async () => import("../actions/merge-action.ts")),
  command(constraintsCommand, async () => import("../actions/constraints-action.ts")),
  command(extractCommand, async () => import("../actions/extract-action.ts")),
  command(serveCommand, async () => import("../actions/serve-action.ts")),
  command(mcpCommand, async () => import("../actions/mcp-action.ts")),
  command(scoreCommand, async () => import("../actions/score-action.ts")),
  command(compareCommand, async () => import("../actions/compare-action.ts")),
  command(convertCommand, async () => import("../actions/convert-action.ts")),
  command(dataCheckCommand, async () => import("../actions/data-check-action.ts")),
  command(dataStatsCommand, async () => import("../actions/data-stats-action.ts")),
  command(dataSplitCommand, async () => import("../actions/data-split-action.ts")),
  command(dataAgreementCommand, async () => import("../actions/data-agreement-action.ts")),
  command(dataMergeCommand, async () => import("../actions/data-merge-action.ts")),
  command(suggestCommand, async () => import("../actions/suggest-action.ts")),
  command(protocolsCommand, async () => import("../actions/protocols-action.ts")),
  command(batchPlanCommand, async () => import("../actions/batch-plan-action.ts")),
  command(batchRunCommand, async () => import("../actions/batch-run-action.ts")),
  command(batchStatusCommand, async () => import("../actions/batch-status-action.ts")),
  command(batchVerifyCommand, async () => import("../actions/batch-verify-action.ts")),
  command(batchCollectCommand, async () => import("../actions/batch-collect-action.ts")),
  command(batchReduceCommand, async () => import("../actions/batch-reduce-action.ts")),
  command(encoderAddCommand, async () => import("../actions/encoder-add-action.ts")),
  command(encoderListCommand, async () => import("../actions/encoder-list-action.ts")),
  command(encoderRemoveCommand, async () => import("../actions/encoder-remove-action.ts")),
  command(cacheShowCommand, async () => import("../actions/cache-show-action.ts")),
  command(cacheClearCommand, async () => import("../actions/cache-clear-action.ts")),
  command(doctorCommand, async () => import("../actions/doctor-action.ts")),
  command(schemaCommand, async () => import("../actions/schema-action.ts")),
  command(completionCommand, async () => import("../actions/completion-action.ts")),
];
