import { defineModel } from "../model.ts";
import { PairEncoder } from "../pairs/encoder.ts";
import type { PairExample } from "../pairs/example.ts";
import { PairModel } from "../pairs/pair-model.ts";
import { pairProtocols } from "../pairs/protocols.ts";
import { singleTask } from "../pairs/single-task.ts";
import { EattBigruNetwork } from "./network.ts";
import { type EattBigruSettings, eattBigruSettings } from "./settings.ts";

/** The states of every word of every pair are kept until the gradient has passed: a sentence of hundreds of pairs is learnt in parts of so many rows. */
const mostRows = 4096;

/** Relation classification over given entities by a BiGRU with attention. */
export const eattBigru = defineModel<EattBigruSettings, PairExample>({
  name: "eatt-bigru",
  paper: "Qin et al. 2017",
  settings: eattBigruSettings,
  capabilities: { needsGoldEntities: true },
  protocols: pairProtocols,
  build: (settings, lexicon, scope) =>
    new PairModel(settings, lexicon, singleTask, new EattBigruNetwork(settings, lexicon, scope.child("eatt-bigru"))),
  encoder: (settings, lexicon) => new PairEncoder(settings, lexicon, mostRows),
});
