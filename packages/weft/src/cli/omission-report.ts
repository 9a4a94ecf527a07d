import { formatLocation, type Location, type Omission } from "@weft-nlp/core";
import type { Style } from "./style.ts";
import { count, whole } from "./words.ts";

interface Group {
  /** What was omitted, as a path without numbers: `entities[].type`. */
  readonly what: string;
  /** The reason as the first omission of the group gives it. */
  readonly reason: string;
  count: number;
  readonly places: Location[];
}

/**
 * Omissions put together by what was omitted and why, in memory for the groups alone, however many
 * there are.
 */
export class OmissionReport {
  readonly #groups = new Map<string, Group>();
  total = 0;

  add({ reason, source, line, column, path }: Omission): void {
    this.total++;
    const what = kindOf(path);
    const key = `${what}\n${withoutExamples(reason)}`;
    const known = this.#groups.get(key);
    const place = { source, line, column, path };
    if (known === undefined) this.#groups.set(key, { what, reason, count: 1, places: [place] });
    else {
      known.count++;
      if (known.places.length < keptPlaces) known.places.push(place);
    }
  }

  /** The groups for programs, the largest first, with their first places. */
  toJson(): readonly { what: string; reason: string; count: number; places: readonly Location[] }[] {
    return this.#sorted();
  }

  print(style: Style): string {
    const groups = this.#sorted();
    const width = Math.max(...groups.map((group) => whole(group.count).length));
    const lines = groups.flatMap(({ what, reason, count: amount, places }) => {
      const shown = places.slice(0, shownPlaces).map((at) => formatLocation(at).replace(/: $/, ""));
      const rest = amount - shown.length;
      const margin = " ".repeat(width + 4);
      return [
        `  ${style("bold", whole(amount).padStart(width))}  ${what === "" ? "" : `${style("yellow", what)}: `}${reason}`,
        ...shown.map((place) => style("dim", `${margin}${place}`)),
        ...(rest > 0 ? [style("dim", `${margin}and ${whole(rest)} more`)] : []),
      ];
    });
    return [`${count(this.total, "thing")} could not be carried over:`, ...lines].join("\n");
  }

  #sorted(): Group[] {
    return [...this.#groups.values()].toSorted((a, b) => b.count - a.count);
  }
}

const keptPlaces = 100;
const shownPlaces = 3;

/** `doc-1 entities[3].type` and `T12` stand for `entities[].type` and `T`. */
function kindOf(path = ""): string {
  const inside = path.slice(path.lastIndexOf(" ") + 1);
  return inside
    .replace(/\[\d+\]/g, "[]")
    .replace(/^([TREAMN#])\d+$/, "$1")
    .replace(/^\[\]\./, "");
}

/** The reason without the words and numbers that differ from place to place. */
function withoutExamples(reason: string): string {
  return reason.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\d+/g, "0");
}
