import type { Report } from "../metrics/index.ts";
import type { CorpusFacts } from "./corpus-facts.ts";

/** Relation types with fewer examples than this are hardly learnt. */
const fewExamples = 20;
const shownTypes = 5;

/**
 * What would help a model most, best first: at most three lines.
 *
 * @param report on dev
 * @param state whether the model reads a pretrained encoder, and those that are in the cache
 */
export function adviceFor(
  facts: CorpusFacts,
  report: Report,
  { encoder, encoders = [] }: { readonly encoder: boolean; readonly encoders?: readonly string[] },
): string[] {
  const advice: string[] = [];
  const rare = Object.entries(facts.relationTypes).filter(([, count]) => count < fewExamples);
  if (rare.length > 0) {
    const names = rare.slice(0, shownTypes).map(([type, count]) => `${type} (${count})`);
    const more = rare.length > shownTypes ? ` and ${rare.length - shownTypes} more` : "";
    advice.push(`annotate more examples of the rare relation types: ${names.join(", ")}${more}`);
  }
  const entities = report.protocols["ner-strict"]?.micro.f1 ?? report.protocols["ner-boundaries"]?.micro.f1;
  if (entities !== undefined && entities < 0.75) {
    advice.push(
      `entities are what limits relations (F1 ${(100 * entities).toFixed(0)}): look for uneven boundaries and types in the report's mistakes`,
    );
  }
  if (!encoder && facts.script === "Latin") {
    const [first] = encoders;
    advice.push(
      first === undefined
        ? "a pretrained encoder often helps: weft encoder add NAME, then --encoder NAME"
        : `a pretrained encoder often helps: --encoder ${first} uses the one in the cache`,
    );
  }
  if (facts.sentences < 1000) advice.push(`annotate more sentences: ${facts.sentences} are few`);
  advice.push("spend time on other settings and seeds: --resume --budget 30m");
  return advice.slice(0, 3);
}
