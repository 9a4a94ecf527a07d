import type { Annotated } from "./annotation-edit.ts";

/** An edit that the server has not acknowledged, with the revision it was made from. */
interface Draft {
  readonly revision: number;
  readonly annotated: Annotated;
}

/**
 * Edits that are kept in the browser until the server has them: a reload, a crash or a dead server
 * omits none.
 */
export const drafts = { keep, drop, all, keysEnding, move };

const keyOf = (project: string, id: number): string => `weft-correct/${project}/${id}`;

/**
 * @returns false where the browser keeps nothing (a full or forbidden store); the edit is in the
 *   page alone then
 */
function keep(project: string, id: number, draft: Draft): boolean {
  try {
    localStorage.setItem(keyOf(project, id), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

function drop(project: string, id: number): void {
  try {
    localStorage.removeItem(keyOf(project, id));
  } catch {
    return;
  }
}

/** Those of a project by the ids of their sentences; what cannot be read is left out. */
function all(project: string): ReadonlyMap<number, Draft> {
  const found = new Map<number, Draft>();
  try {
    const prefix = `weft-correct/${project}/`;
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(prefix)) continue;
      const draft = parsed(localStorage.getItem(key));
      const id = Number(key.slice(prefix.length));
      if (draft !== undefined && Number.isInteger(id)) found.set(id, draft);
    }
  } catch {
    return found;
  }
  return found;
}

/** Projects with edits here whose keys end so. */
function keysEnding(end: string): string[] {
  try {
    const keys = Object.keys(localStorage).flatMap((key) => /^weft-correct\/(.*)\/\d+$/.exec(key)?.[1] ?? []);
    return [...new Set(keys)].filter((key) => key.endsWith(end));
  } catch {
    return [];
  }
}

/**
 * Puts edits under another project's key. Where one of the same sentence waits there, the older one
 * stays behind until that is gone.
 */
function move(from: string, to: string): void {
  const waiting = all(to);
  for (const [id, draft] of all(from)) if (!waiting.has(id) && keep(to, id, draft)) drop(from, id);
}

function parsed(text: string | null): Draft | undefined {
  try {
    const { revision, annotated } = JSON.parse(text ?? "") as Draft;
    const whole = typeof revision === "number" && Array.isArray(annotated.entities) && Array.isArray(annotated.relations);
    return whole ? { revision, annotated } : undefined;
  } catch {
    return undefined;
  }
}
