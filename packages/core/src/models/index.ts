import { bilstmTagger } from "./bilstm-tagger/index.ts";
import { bioMtl } from "./bio-mtl/index.ts";
import { eattBigru } from "./eatt-bigru/index.ts";
import { jointNn } from "./joint-nn/index.ts";
import type { ModelDefinition } from "./model.ts";
import { pcnn } from "./pcnn/index.ts";
import { definePipeline } from "./pipeline/index.ts";
import { rin } from "./rin/index.ts";

const single = {
  rin,
  "joint-nn": jointNn,
  "bilstm-tagger": bilstmTagger,
  "bio-mtl": bioMtl,
  pcnn,
  "eatt-bigru": eattBigru,
} satisfies Record<string, ModelDefinition>;

/** Every model there is. The command line, the configuration, the documentation and the contract tests walk this table. */
export const models = { ...single, pipeline: definePipeline(single) } satisfies Record<string, ModelDefinition>;

export type ModelName = keyof typeof models;

export * from "./model.ts";
export { migrateSettings, movedSetting } from "./moved-settings.ts";
