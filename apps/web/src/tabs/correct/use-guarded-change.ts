import { useState } from "preact/hooks";
import { ApiError } from "../../server-requests.ts";
import { corrections, type ProjectEntry } from "./corrections-api.ts";

/**
 * Changes a project only if it is still as the user sees it; otherwise shows its current state and
 * asks again.
 */
export function useGuardedChange(entry: ProjectEntry) {
  /** `again` is true once another change came first. */
  const [asked, ask] = useState({ entry, again: false });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  /** @returns true if the change was made or the project is gone */
  async function attempt(change: (seen: ProjectEntry) => Promise<unknown>): Promise<boolean> {
    setBusy(true);
    setError(null);
    try {
      await change(asked.entry);
      return true;
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 412) {
        await corrections.page(asked.entry.name, 0, 1, "order").then((now) => ask({ entry: now, again: true }), setError);
      } else if (problem instanceof ApiError && problem.code === "CORRECTIONS_UNKNOWN") return true;
      else setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { asked, busy, error, attempt };
}
