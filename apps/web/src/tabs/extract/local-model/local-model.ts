import type { Document } from "@weft-nlp/core";
import type { ModelFiles } from "@weft-nlp/core/inference";
import type { Extract, ModelEntry } from "../run-extraction.ts";
import type { FromWorker, ToWorker } from "./local-model-messages.ts";

export interface LocalModel {
  readonly entry: ModelEntry;
  readonly extract: Extract;
}

/** An error of a model in this page, with code and hint like the server's errors. */
class LocalModelError extends Error {
  readonly code: string | undefined;
  readonly hint: string | undefined;

  constructor(message: string, code?: string, hint?: string) {
    super(message);
    this.name = "LocalModelError";
    this.code = code;
    this.hint = hint;
  }
}

/**
 * Opens a model in a worker of this page: no text leaves the browser.
 *
 * @param chosen the files of a model or run folder, from a folder picker
 * @throws {LocalModelError} if a file is missing or does not fit the others
 */
export async function openLocalModel(chosen: readonly File[]): Promise<LocalModel> {
  const files = await readModelFiles(chosen);
  const folder = (chosen[0]?.webkitRelativePath ?? "").split("/")[0];
  const worker = new Worker(new URL("./model-worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, { resolve: (message: FromWorker) => void; reject: (error: unknown) => void }>();
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === "failed") asker?.reject(new LocalModelError(data.message, data.code, data.hint));
    else asker?.resolve(data);
  });
  worker.addEventListener("error", () => {
    for (const { reject } of waiting.values()) reject(new LocalModelError("the model cannot run in this browser"));
    waiting.clear();
  });
  let questions = 0;
  const ask = (question: (id: number) => ToWorker): { id: number; answer: Promise<FromWorker> } => {
    const id = ++questions;
    const answer = new Promise<FromWorker>((resolve, reject) => waiting.set(id, { resolve, reject }));
    worker.postMessage(question(id));
    return { id, answer };
  };
  const name = `${folder === undefined || folder === "" ? "model" : folder}, in this browser`;
  try {
    const opened = await ask((id) => ({ kind: "open", id, name, files })).answer;
    if (opened.kind !== "opened") throw new LocalModelError("the model did not open");
    const extract: Extract = async (text, _model, threshold, signal, given): Promise<Document> => {
      const { id, answer } = ask((id) => ({ kind: "extract", id, text, threshold, given }));
      signal.addEventListener("abort", () => worker.postMessage({ kind: "cancel", id } satisfies ToWorker));
      const found = await answer;
      if (found.kind !== "found") throw new LocalModelError("the model did not answer");
      return found.document;
    };
    return { entry: opened.entry, extract };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

const names = ["config.json", "vocab.json", "model.safetensors"] as const satisfies readonly (keyof ModelFiles)[];

/** A run has its model in the subfolder `model`. */
async function readModelFiles(chosen: readonly File[]): Promise<ModelFiles> {
  const find = (name: keyof ModelFiles): File | undefined => {
    const candidates = chosen.filter((file) => file.name === name);
    return candidates.find(({ webkitRelativePath }) => webkitRelativePath.split("/").at(-2) === "model") ?? candidates[0];
  };
  const read = async (name: keyof ModelFiles): Promise<Uint8Array> => {
    const file = find(name);
    if (file === undefined) {
      throw new LocalModelError(`the folder has no ${name}`, "FILE_MISSING", `choose a folder with ${names.join(", ")}`);
    }
    return new Uint8Array(await file.arrayBuffer());
  };
  return {
    "config.json": await read("config.json"),
    "vocab.json": await read("vocab.json"),
    "model.safetensors": await read("model.safetensors"),
    "vectors.bin": find("vectors.bin") === undefined ? undefined : await read("vectors.bin"),
  };
}
