import "./no-eval.ts";
import { WeftError } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import { type BuiltModel, extract, openContainedEncoders, Predictor, unpackModel } from "@weft-nlp/core/inference";
import { entityTypesOf } from "@weft-nlp/core/vocabulary";
import type { ModelEntry } from "../run-extraction.ts";
import type { FromWorker, ToWorker } from "./local-model-messages.ts";

/** Sentences predicted between two checks for cancellation. */
const batch = 32;

const running = new Map<number, AbortController>();
let built: BuiltModel | undefined;
let predictor: Predictor | undefined;

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "cancel") {
    running.get(data.id)?.abort();
    return;
  }
  answer(data).then(
    (message) => postMessage(message),
    (error: unknown) => postMessage(failed(data.id, error)),
  );
});

async function answer(question: Exclude<ToWorker, { kind: "cancel" }>): Promise<FromWorker> {
  if (question.kind === "open") {
    const { files, name } = question;
    built = unpackModel(files, name, { encoders: await openContainedEncoders(files, name) });
    predictor = new Predictor(built);
    return { kind: "opened", id: question.id, entry: describe(question.name, built) };
  }
  const [model, here] = [built, predictor];
  if (model === undefined || here === undefined) throw new RangeError("no model is open");
  const controller = new AbortController();
  running.set(question.id, controller);
  try {
    const { text, given } = question;
    const { document: asked } = documentFromRecord({ id: "text", text, entities: given }, {}, model.description.text);
    const documents = extract(model, [asked], {
      threshold: question.threshold,
      predict: async (examples, how) => {
        const found = [];
        for (let start = 0; start < examples.length; start += batch) {
          // Messages from the page arrive only between turns.
          await new Promise((resolve) => setTimeout(resolve));
          controller.signal.throwIfAborted();
          found.push(...here.predict(examples.slice(start, start + batch), how));
        }
        return found;
      },
    });
    for await (const document of documents) return { kind: "found", id: question.id, document };
    throw new RangeError("expected one document for one text");
  } finally {
    running.delete(question.id);
  }
}

function describe(name: string, { description, definition }: BuiltModel): ModelEntry {
  const { lexicon } = description;
  return {
    name,
    default: false,
    kind: definition.name,
    needsEntities: definition.capabilities.needsGoldEntities,
    entityTypes: entityTypesOf(lexicon),
    relationTypes: [...lexicon.relations.names],
    threshold: description.threshold,
  };
}

function failed(id: number, error: unknown): FromWorker {
  if (!(error instanceof WeftError))
    return { kind: "failed", id, message: error instanceof Error ? error.message : String(error) };
  const { summary, code, hint } = error;
  return { kind: "failed", id, message: summary, code, ...(hint === undefined ? {} : { hint }) };
}
