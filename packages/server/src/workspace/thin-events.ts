import type { CurvePoint } from "@weft-nlp/api";
import type { LoggedEvent } from "@weft-nlp/node/runs";

type Step = Extract<LoggedEvent, { kind: "step" }>;

/**
 * Turns the events of a log into points. Adjacent steps are averaged, so that no part has more than
 * `max` of them; evaluations are kept.
 */
export function thinEvents(events: readonly LoggedEvent[], max: number): CurvePoint[] {
  const steps = new Map<string | undefined, Step[]>();
  for (const event of events) {
    if (event.kind !== "step") continue;
    const ofPart = steps.get(event.part);
    if (ofPart === undefined) steps.set(event.part, [event]);
    else ofPart.push(event);
  }
  const losses = [...steps].flatMap(([part, ofPart]): CurvePoint[] => {
    const places = placesOf(ofPart);
    const size = Math.ceil(ofPart.length / max);
    return Array.from({ length: Math.ceil(ofPart.length / size) }, (_, index) => {
      const taken = ofPart.slice(index * size, (index + 1) * size);
      const sentences = taken.reduce((sum, step) => sum + step.sentences, 0);
      const total = taken.reduce((sum, { loss, sentences: of }) => sum + loss * of, 0);
      const last = Math.min((index + 1) * size, ofPart.length) - 1;
      return {
        kind: "loss",
        ...(part === undefined ? {} : { part }),
        at: places[last] ?? 0,
        loss: total / Math.max(1, sentences),
      };
    });
  });
  const scores = events.flatMap((event): CurvePoint[] => {
    if (event.kind !== "evaluation") return [];
    const { part, epoch, protocol, score, entities, improved } = event;
    const found = { ...(part === undefined ? {} : { part }), ...(entities === undefined ? {} : { entities }) };
    return [{ kind: "score", ...found, at: epoch, protocol, score, improved }];
  });
  return [...losses, ...scores];
}

/**
 * The position of each step in epochs. The log gets whole epochs at a time, so all steps of an
 * epoch are present.
 */
function placesOf(steps: readonly Step[]): number[] {
  const counts = new Map<number, number>();
  for (const { epoch } of steps) counts.set(epoch, (counts.get(epoch) ?? 0) + 1);
  const done = new Map<number, number>();
  return steps.map(({ epoch }) => {
    const place = (done.get(epoch) ?? 0) + 1;
    done.set(epoch, place);
    return epoch - 1 + place / (counts.get(epoch) ?? 1);
  });
}
