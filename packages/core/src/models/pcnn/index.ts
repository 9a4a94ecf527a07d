import { defineModel } from "../model.ts";
import { PairEncoder } from "../pairs/encoder.ts";
import type { PairExample } from "../pairs/example.ts";
import { PairModel } from "../pairs/pair-model.ts";
import { pairProtocols } from "../pairs/protocols.ts";
import { singleTask } from "../pairs/single-task.ts";
import { PcnnNetwork } from "./network.ts";
import { type PcnnSettings, pcnnSettings } from "./settings.ts";

/** Relation classification over given entities by piecewise max-pooling. */
export const pcnn = defineModel<PcnnSettings, PairExample>({
  name: "pcnn",
  paper: "Zeng et al. 2015",
  settings: pcnnSettings,
  capabilities: { needsGoldEntities: true, recurrent: false },
  protocols: pairProtocols,
  build: (settings, lexicon, scope) =>
    new PairModel(settings, lexicon, singleTask, new PcnnNetwork(settings, lexicon, scope.child("pcnn"))),
  encoder: (settings, lexicon) => new PairEncoder(settings, lexicon),
});
