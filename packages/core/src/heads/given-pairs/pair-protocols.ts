import type { ProtocolName } from "../../metrics/index.ts";
import type { PairSettings } from "./pair-settings.ts";

/** The protocol that matches the settings: directed or undirected pairs. */
export function pairProtocols({ pairs }: Pick<PairSettings, "pairs">): readonly ProtocolName[] {
  return [pairs === "directed" ? "pairs" : "pairs-undirected"];
}
