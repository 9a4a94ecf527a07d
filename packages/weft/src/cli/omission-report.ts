import { formatLocation, type Location, type Omission } from "@weft-nlp/core";
import type { Style } from "./style.ts";
import { count, whole } from "./words.ts";

interface Group {
  /** The path of the omitted part, without numbers: `entities[].type`. */
  readonly what: string;
  /** The reason of the first omission in the group. */
  readonly reason: string;
  count: number;
  readonly places: Location[];
}

/** Groups omissions by part and reason. Memory grows with the groups, not with the omissions. */
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

  /** The groups as JSON, the largest first, with their first places. */
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

/** Turns `doc-1 entities[3].type` and `T12` into `entities[].type` and `T`. */
function kindOf(path = ""): string {
  const inside = path.slice(path.lastIndexOf(" ") + 1);
  return inside
    .replace(/\[\d+\]/g, "[]")
    .replace(/^([TREAMN#])\d+$/, "$1")
    .replace(/^\[\]\./, "");
}

/** The reason without the words and numbers that vary by place. */
function withoutExamples(reason: string): string {
  return reason.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\d+/g, "0");
}
