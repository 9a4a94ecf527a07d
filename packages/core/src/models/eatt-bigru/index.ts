import { inputNeeds } from "../../encoders/index.ts";
import type { PairExample } from "../../heads/given-pairs/pair-example.ts";
import { pairProtocols } from "../../heads/given-pairs/pair-protocols.ts";
import { PairReader } from "../../heads/given-pairs/pair-reader.ts";
import { singleTask } from "../../heads/given-pairs/single-task.ts";
import { defineModel } from "../model.ts";
import { PairModel } from "../pairs/pair-model.ts";
import { EattBigruNetwork } from "./eatt-bigru-network.ts";
import { type EattBigruSettings, eattBigruSettings } from "./eatt-bigru-settings.ts";

/**
 * The states of every word of every pair are kept for the backward pass, so a sentence with
 * hundreds of pairs is trained in parts of at most this many rows.
 */
const maxRows = 4096;

/** Relation classification over given entities by a BiGRU with attention. */
export const eattBigru = defineModel<EattBigruSettings, PairExample>({
  name: "eatt-bigru",
  paper: "Qin et al. 2017",
  settings: eattBigruSettings,
  capabilities: { needsGoldEntities: true },
  protocols: pairProtocols,
  needs: ({ inputs }) => inputNeeds(inputs),
  build: (settings, lexicon, scope) =>
    new PairModel(settings, lexicon, singleTask, new EattBigruNetwork(settings, lexicon, scope.child("eatt-bigru"))),
  encoder: (settings, lexicon) => new PairReader(settings, lexicon, maxRows),
});
