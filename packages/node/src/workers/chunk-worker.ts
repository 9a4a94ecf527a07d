import { parentPort, workerData } from "node:worker_threads";
import { openSharedEncoders } from "@weft-nlp/core/encoders";
import { attachModel, Predictor } from "@weft-nlp/core/inference";
import { ChunkRunner } from "@weft-nlp/core/training";
import { importPlugins } from "../plugins/index.ts";
import { prepareKernels } from "./prepare-kernels.ts";
import { sentError } from "./sent-error.ts";
import type { WorkerReply, WorkerRequest, WorkerStart } from "./worker-messages.ts";

const { model: shared, plugins, holdings } = workerData as WorkerStart;
prepareKernels();
await importPlugins(plugins);
const encoders = await openSharedEncoders(shared.encoders);
const { engine, store, model, frozen } = attachModel(shared, encoders, holdings);
const runner = new ChunkRunner(engine, store, model);
const predictor = new Predictor({ engine, model });

parentPort?.on("message", (request: WorkerRequest) => {
  parentPort?.postMessage(answer(request));
});

function answer(request: WorkerRequest): WorkerReply {
  try {
    if (request.kind === "gradient") return { id: request.id, kind: "gradient", result: runner.gradient(request.task) };
    if (request.kind === "features") {
      return { id: request.id, kind: "features", result: frozen.featuresOf(request.part, request.sentences) };
    }
    return { id: request.id, kind: "predict", result: predictor.predictChunk(request.examples, request.options) };
  } catch (error) {
    return { id: request.id, kind: "failure", error: sentError(error) };
  }
}
