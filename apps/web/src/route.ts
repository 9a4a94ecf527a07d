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
