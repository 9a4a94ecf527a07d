import { useState } from "preact/hooks";
import { ApiError } from "../../server-requests.ts";
import { corrections, type ProjectEntry } from "./corrections-api.ts";

/**
 * A change of a project as somebody sees it. Where others have changed it meanwhile, nothing is
 * done, and it is shown as it is now.
 */
export function useGuardedChange(entry: ProjectEntry) {
  /** `again` once somebody else was first. */
  const [asked, ask] = useState({ entry, again: false });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  /** @returns whether the change is made, or the project is gone */
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
