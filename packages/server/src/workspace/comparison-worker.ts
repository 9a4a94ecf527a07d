import { parentPort, workerData } from "node:worker_threads";
import type { Sentence } from "@weft-nlp/core";
import { type ComparedSystem, compareSystems, type ProtocolName } from "@weft-nlp/core/metrics";
import { importPlugins } from "@weft-nlp/node/plugins";

/** What the thread is started with. */
export interface ComparisonWork {
  readonly gold: readonly Sentence[];
  readonly first: ComparedSystem;
  readonly second: ComparedSystem;
  readonly protocol: ProtocolName;
  /** The plugins of the thread that starts it, by URL. */
  readonly plugins: readonly string[];
}

const { gold, first, second, protocol, plugins } = workerData as ComparisonWork;
await importPlugins(plugins);
parentPort?.postMessage(compareSystems(gold, first, second, { protocols: [protocol] }));
