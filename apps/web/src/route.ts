import { signal } from "@preact/signals";

/**
 * A place in the page: `#/runs/mine/curves?smooth=5` is the tab `runs`, the path `["mine",
 * "curves"]` and the query `smooth=5`.
 */
export interface Route {
  readonly tab: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export const route = signal<Route>(parseRoute(location.hash));

addEventListener("hashchange", () => {
  route.value = parseRoute(location.hash);
});

/** The address of a tab, or of a place inside one. */
export function addressOf(tab: string, ...path: readonly string[]): string {
  return `#/${[tab, ...path].map(encodeURIComponent).join("/")}`;
}

/** Values of the query; an empty list or undefined removes a name. */
export type QueryChange = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Changes the query of the address in place, without an entry in the history, so that a reload or a
 * copied address shows the same.
 */
export function keepInAddress(change: QueryChange): void {
  const query = new URLSearchParams(route.peek().query);
  for (const [name, value] of Object.entries(change)) {
    query.delete(name);
    for (const each of value === undefined ? [] : [value].flat()) query.append(name, each);
  }
  const place = location.hash.split("?", 1)[0] ?? "";
  const hash = query.size === 0 ? place : `${place === "" ? "#/" : place}?${query.toString()}`;
  if (hash === location.hash) return;
  history.replaceState(history.state, "", hash === "" ? location.pathname + location.search : hash);
  route.value = parseRoute(hash);
}

function parseRoute(hash: string): Route {
  const [place = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [tab = "", ...path] = place.split("/").map(decode);
  return { tab, path, query: new URLSearchParams(query) };
}

/** Addresses typed by hand may be malformed. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
