import { Catalogue } from "../catalogue.ts";
import { bilstmTagger } from "./bilstm-tagger/index.ts";
import { bioMtl } from "./bio-mtl/index.ts";
import { eattBigru } from "./eatt-bigru/index.ts";
import { jointNn } from "./joint-nn/index.ts";
import type { ModelDefinition } from "./model.ts";
import { pcnn } from "./pcnn/index.ts";
import { definePipeline } from "./pipeline/index.ts";
import { rin } from "./rin/index.ts";

/**
 * The catalogue of models, built-in and registered. The command line, the configuration, the
 * documentation and the contract tests all read it.
 */
export const models = new Catalogue<ModelDefinition>("model", [rin, jointNn, bilstmTagger, bioMtl, pcnn, eattBigru]);
models.register(definePipeline(models));

export * from "./model.ts";
export { decideAlone } from "./proposal-steps.ts";
export { joinsEnsembles, proposalOf, proposalSteps, proposalsOf } from "./propose.ts";
