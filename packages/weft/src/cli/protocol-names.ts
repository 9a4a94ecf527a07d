import type { Sentence } from "@weft-nlp/core";
import { type ProtocolName, protocolName, protocols } from "@weft-nlp/core/metrics";
import { didYouMean } from "@weft-nlp/core/text";
import { UsageError } from "@weft-nlp/node/errors";

/** Names that --protocol accepts; `partial` follows --anchor. */
export function protocolNames(): readonly string[] {
  return ["partial", ...protocols.names];
}

/**
 * Parses a comma-separated list of protocols.
 *
 * @throws {UsageError} with the nearest name if one does not exist
 */
export function parseProtocols(list: string, anchor: "last" | "first" = "last"): ProtocolName[] {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !protocolNames().includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `there is no protocol ${JSON.stringify(unknown)}`,
      didYouMean(unknown, protocolNames()) ?? "weft protocols lists them",
    );
  }
  return [...new Set(names.map((name) => protocolName(name, { anchor })))];
}

/** The default protocols for data: with entity types, or without. */
export function usualProtocols(gold: readonly Sentence[], anchor: "last" | "first" = "last"): ProtocolName[] {
  const typed = gold.some(({ entities }) => entities.some(({ type }) => type !== null));
  return typed ? ["strict", "boundaries", "ner-strict"] : ["exact", protocolName("partial", { anchor }), "ner-boundaries"];
}
