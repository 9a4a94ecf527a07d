import type { ProtocolName } from "../../metrics/index.ts";
import type { PairSettings } from "./pair-settings.ts";

/** The protocol that counts pairs as the settings make them. */
export function pairProtocols({ pairs }: Pick<PairSettings, "pairs">): readonly ProtocolName[] {
  return [pairs === "directed" ? "pairs" : "pairs-undirected"];
}
