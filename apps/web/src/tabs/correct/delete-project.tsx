import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { corrections, type ProjectEntry } from "./corrections-api.ts";
import { useGuardedChange } from "./use-guarded-change.ts";

/**
 * Asks before deleting a project, and lists what is deleted. If the project has changed meanwhile,
 * asks again with the current state.
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
          <strong>Someone else has changed the project.</strong> Nothing was deleted; this is its current state.
        </p>
      ) : null}
      <p>
        This deletes {sentences === 1 ? "its sentence" : `its ${sentences.toLocaleString("en")} sentences`},{" "}
        {done === 0 ? "none of them done" : `${done.toLocaleString("en")} of them done`}: what people marked, accepted and
        rejected, and the data of trainings on this project. The trained models stay.
      </p>
      <p class="quiet">
        The files move to the folder <code>.trash</code> in the server's corrections folder. The server's administrator can
        restore them.
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
