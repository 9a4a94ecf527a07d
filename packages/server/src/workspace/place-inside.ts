import { relative, sep } from "node:path";

/**
 * The way from a folder to a file in it, with `/` between names; nothing where the two are one.
 * Whole paths say where things lie on this machine, which is nobody's business who only reaches the
 * port.
 */
export function placeInside(path: string, source: string | undefined): string | undefined {
  if (source === undefined || source === path) return undefined;
  const inside = relative(path, source).split(sep);
  return inside[0] === "" || inside[0] === ".." ? undefined : inside.join("/");
}
