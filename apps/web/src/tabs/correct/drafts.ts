import type { Annotated } from "./annotation-edit.ts";

/** An edit that the server has not acknowledged, with the revision that it is based on. */
interface Draft {
  readonly revision: number;
  readonly annotated: Annotated;
}

/**
 * Edits stored in the browser until the server has them, so a reload, a crash or a dead server
 * loses none.
 */
export const drafts = { keep, drop, all, keysEnding, move };

const keyOf = (project: string, id: number): string => `weft-correct/${project}/${id}`;

/**
 * @returns false if the browser cannot store it (storage full or blocked); the edit is then only in
 *   the page
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

/** The drafts of a project by sentence id; unreadable ones are skipped. */
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

/** Projects with drafts whose keys end in `end`. */
function keysEnding(end: string): string[] {
  try {
    const keys = Object.keys(localStorage).flatMap((key) => /^weft-correct\/(.*)\/\d+$/.exec(key)?.[1] ?? []);
    return [...new Set(keys)].filter((key) => key.endsWith(end));
  } catch {
    return [];
  }
}

/**
 * Moves drafts to another project's key. If it has a draft of the same sentence, the older one
 * stays until that is gone.
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
