import { relative, sep } from "node:path";

/**
 * The path from a folder to a file in it, with `/` between names; undefined if they are the same.
 * Absolute paths would disclose the layout of this machine to every client.
 */
export function placeInside(path: string, source: string | undefined): string | undefined {
  if (source === undefined || source === path) return undefined;
  const inside = relative(path, source).split(sep);
  return inside[0] === "" || inside[0] === ".." ? undefined : inside.join("/");
}
