import { inputNeeds } from "../../encoders/index.ts";
import type { PairExample } from "../../heads/given-pairs/pair-example.ts";
import { pairProtocols } from "../../heads/given-pairs/pair-protocols.ts";
import { PairReader } from "../../heads/given-pairs/pair-reader.ts";
import { singleTask } from "../../heads/given-pairs/single-task.ts";
import { defineModel } from "../model.ts";
import { PairModel } from "../pairs/pair-model.ts";
import { PcnnNetwork } from "./pcnn-network.ts";
import { type PcnnSettings, pcnnSettings } from "./pcnn-settings.ts";

/** Relation classification over given entities by piecewise max-pooling. */
export const pcnn = defineModel<PcnnSettings, PairExample>({
  name: "pcnn",
  paper: "Zeng et al. 2015",
  settings: pcnnSettings,
  capabilities: { needsGoldEntities: true, recurrent: false },
  protocols: pairProtocols,
  needs: ({ inputs }) => inputNeeds(inputs),
  build: (settings, lexicon, scope) =>
    new PairModel(settings, lexicon, singleTask, new PcnnNetwork(settings, lexicon, scope.child("pcnn"))),
  encoder: (settings, lexicon) => new PairReader(settings, lexicon),
});
