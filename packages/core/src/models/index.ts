import { bioMtl } from "./bio-mtl/index.ts";
import { eattBigru } from "./eatt-bigru/index.ts";
import { jointNn } from "./joint-nn/index.ts";
import type { ModelDefinition } from "./model.ts";
import { pcnn } from "./pcnn/index.ts";
import { rin } from "./rin/index.ts";

/** Every model there is. The command line, the configuration, the documentation and the contract tests walk this table. */
export const models = {
  rin,
  "joint-nn": jointNn,
  "bio-mtl": bioMtl,
  pcnn,
  "eatt-bigru": eattBigru,
} satisfies Record<string, ModelDefinition>;

export type ModelName = keyof typeof models;

export * from "./model.ts";
