import { inputNeeds } from "../../encoders/index.ts";
import type { PairExample } from "../../heads/given-pairs/pair-example.ts";
import { pairProtocols } from "../../heads/given-pairs/pair-protocols.ts";
import { PairReader } from "../../heads/given-pairs/pair-reader.ts";
import { defineModel } from "../model.ts";
import { PairModel } from "../pairs/pair-model.ts";
import { BioMtlNetwork } from "./bio-mtl-network.ts";
import { type BioMtlSettings, bioMtlSettings } from "./bio-mtl-settings.ts";

/** Relation classification and identification over given entities, with BIO tags in the input. */
export const bioMtl = defineModel<BioMtlSettings, PairExample>({
  name: "bio-mtl",
  paper: "Ye et al. 2019",
  settings: bioMtlSettings,
  capabilities: { needsGoldEntities: true, recurrent: false },
  protocols: pairProtocols,
  needs: ({ inputs }) => inputNeeds(inputs),
  build: (settings, lexicon, scope) => {
    const { loss, positiveMargin, negativeMargin, theta } = settings;
    const weights = { identificationWeight: settings.alpha, classificationWeight: settings.beta };
    const objective = { loss, ...weights, positiveMargin, negativeMargin, scale: settings.gamma, theta };
    return new PairModel(settings, lexicon, objective, new BioMtlNetwork(settings, lexicon, scope.child("bio-mtl")));
  },
  encoder: (settings, lexicon) => new PairReader(settings, lexicon),
});
