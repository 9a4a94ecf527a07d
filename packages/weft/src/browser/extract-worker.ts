import { type Document, WeftError } from "@weft-nlp/core";
import { type BuiltModel, extract, fetchModelCode, openContainedEncoders, unpackModel } from "@weft-nlp/core/inference";
import { documentFromText } from "@weft-nlp/core/text";
import { entityTypesOf } from "@weft-nlp/core/vocabulary";
import { fetchWasmModules } from "@weft-nlp/tensor";
import type { Answered, Asked, ExtractOptions, ModelFacts, PostedError } from "./messages.ts";

/** The scope of a dedicated worker, as far as it is used here. */
interface WorkerScope {
  postMessage(message: Answered): void;
  addEventListener(type: "message", listener: (event: { readonly data: Asked }) => void): void;
}

const scope = globalThis as unknown as WorkerScope;

/** Requests are answered one after the other, in the order in which they came. */
let last: Promise<unknown> = Promise.resolve();
let model: BuiltModel | undefined;

scope.addEventListener("message", ({ data }) => {
  last = last.then(async () => scope.postMessage(await answer(data)));
});

async function answer(asked: Asked): Promise<Answered> {
  try {
    if (asked.kind === "extract") return { kind: "found", id: asked.id, documents: await found(asked.texts, asked.options) };
    const { files, source } = asked;
    await fetchWasmModules({
      relaxed: () => new URL("./kernels-relaxed.wasm", import.meta.url),
      baseline: () => new URL("./kernels-baseline.wasm", import.meta.url),
    });
    await fetchModelCode(files["config.json"], source);
    model = unpackModel(files, source, { encoders: await openContainedEncoders(files, source) });
    return { kind: "opened", facts: factsOf(model) };
  } catch (error) {
    return { kind: "failed", ...(asked.kind === "extract" ? { id: asked.id } : {}), error: posted(error) };
  }
}

async function found(texts: readonly string[], options: ExtractOptions): Promise<Document[]> {
  if (model === undefined) throw new RangeError("no model is open");
  const rules = model.description.text;
  const documents = texts.map((text, index) => documentFromText(`text-${index}`, text, rules));
  const results: Document[] = [];
  for await (const document of extract(model, documents, options)) results.push(document);
  return results;
}

function factsOf({ description, definition, engine }: BuiltModel): ModelFacts {
  const { lexicon } = description;
  return {
    kind: definition.name,
    entityTypes: entityTypesOf(lexicon),
    relationTypes: [...lexicon.relations.names],
    kernels: engine.build,
  };
}

function posted(error: unknown): PostedError {
  if (error instanceof WeftError) {
    return { code: error.code, message: error.summary, at: error.at, hint: error.hint };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}
