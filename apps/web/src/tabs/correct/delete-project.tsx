import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { corrections, type ProjectEntry } from "./corrections-api.ts";
import { useGuardedChange } from "./use-guarded-change.ts";

/**
 * Asks before a project goes, with what goes with it. Where somebody has changed it meanwhile, asks
 * again with what is there now.
 */
export function DeleteProject({ entry, close }: { readonly entry: ProjectEntry; readonly close: (changed: boolean) => void }) {
  const { asked, busy, error, attempt } = useGuardedChange(entry);
  const { name, sentences, done } = asked.entry;
  async function remove(): Promise<void> {
    if (await attempt(async ({ revision }) => corrections.remove(name, revision))) close(true);
  }
  return (
    <Dialog title={`Delete ${name}?`} close={() => close(asked.again)}>
      {asked.again ? (
        <p role="alert">
          <strong>Somebody has worked on it meanwhile.</strong> Nothing was deleted; this is how it stands now.
        </p>
      ) : null}
      <p>
        With it {sentences === 1 ? "goes its sentence" : `go its ${sentences.toLocaleString("en")} sentences`},{" "}
        {done === 0 ? "none of them done" : `${done.toLocaleString("en")} of them done`}: what people marked, accepted and
        rejected, and the data that models were trained on here. The models themselves stay.
      </p>
      <p class="quiet">
        The files are moved to the folder <code>.trash</code> of the server's corrections, from where whoever keeps the server can
        put them back.
      </p>
      {error === null ? null : <Failure error={error} />}
      <div class="answers">
        <button type="button" autofocus onClick={() => close(asked.again)}>
          Keep it
        </button>
        <button type="button" class="danger" disabled={busy} onClick={() => void remove()}>
          Delete
        </button>
      </div>
    </Dialog>
  );
}
