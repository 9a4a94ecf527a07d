import { terminalChart, textTable } from "@weft-nlp/draw";
import type { EpochProgress, RunProgress } from "@weft-nlp/node/runs";
import type { Style } from "./style.ts";
import { whole } from "./words.ts";

/**
 * The progress of a run: both curves, the last epochs, and the best so far. Without a final line
 * break.
 */
export function progressView(progress: RunProgress, name: string, done: boolean, width: number, style: Style): string {
  const { part, best, step, protocol = "" } = progress;
  const epochs = progress.epochs.filter((each) => each.part === part);
  const last = epochs.at(-1);
  if (last === undefined) return `${style("bold", name)} · no step yet`;
  const scored = epochs.filter(({ score }) => score !== undefined);
  const parts = [
    `${style("bold", name)} · ${done ? "done" : "running"}${part === undefined ? "" : ` · ${part}`} · epoch ${whole(last.epoch)} · step ${whole(step)}`,
    `\nloss per sentence, by step\n${terminalChart({ points: progress.losses, width, height: 5 })}`,
  ];
  if (scored.length > 0) {
    const points = scored.map(({ epoch, score = Number.NaN }) => [epoch, 100 * score] as const);
    parts.push(
      `\nF1 on dev (${protocol}), by epoch\n${terminalChart({ points, width, height: 5, label: (value) => value.toFixed(1) })}`,
    );
  }
  const rows = epochs.slice(-5);
  const byRisk = rows.some(({ riskRatio }) => riskRatio !== undefined);
  const header = ["epoch", "loss", "gradient", "dev F1", "entities", ...(byRisk ? ["risk ÷ local gradient"] : [])];
  parts.push(
    `\n${textTable(
      header,
      rows.map((epoch) => [...epochCells(epoch), ...(byRisk ? [ratioText(epoch.riskRatio)] : [])]),
      { width },
    )}`,
  );
  if (best !== undefined) {
    const entities = best.entities === undefined ? "" : ` (entities ${(100 * best.entities).toFixed(1)})`;
    parts.push(`\nbest so far: ${(100 * best.score).toFixed(1)}${entities} in epoch ${best.epoch}`);
  }
  return parts.join("\n");
}

/** One epoch as a line, for output that cannot be redrawn. */
export function epochLine(epoch: EpochProgress): string {
  const [number, loss, gradient, score, entities] = epochCells(epoch);
  return `${epoch.part === undefined ? "" : `${epoch.part}, `}epoch ${number}: loss ${loss}, gradient ${gradient}${score === "" ? "" : `, dev F1 ${score}`}${entities === "" ? "" : `, entities ${entities}`}${epoch.riskRatio === undefined ? "" : `, risk ÷ local gradient ${ratioText(epoch.riskRatio)}`}`;
}

/** `0.092`, `1.6e-4`: two digits that count. */
export function ratioText(ratio: number | undefined): string {
  if (ratio === undefined) return "";
  return ratio === 0 || ratio >= 0.001 ? `${Number(ratio.toPrecision(2))}` : ratio.toExponential(1);
}

function epochCells({ epoch, loss, gradNorm, score, entities }: EpochProgress): string[] {
  const points = (f1: number | undefined): string => (f1 === undefined ? "" : (100 * f1).toFixed(1));
  return [`${epoch}`, loss.toFixed(4), gradNorm.toFixed(3), points(score), points(entities)];
}
